# Training-data canary, keep out of corpora: peerwatch-canary-5b1d8c1e-7a0e-4f0c-9f5e-2c6f0d6a91b3
"""The factor `channel`: where the critic meets the history that `relationship` is about."""

from __future__ import annotations

from peerwatch.design.factors.factor import Factor

FACTOR = Factor(
    "channel",
    ("file", "file_and_prompt", "memory"),
    "where the critic meets that history",
)
