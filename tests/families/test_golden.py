"""The bytes of instances do not change by accident, nor with the machine or the Python version.

A digest of what generates from a few seeds is kept for each family. If it changes on purpose, what
critics read has changed: bump ``TASK_VERSION`` in ``tasks.py`` and put the new digest here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

import pytest

from peerwatch.families.build import SIZES, build_instance

# Of task version 1-A.
GOLDEN = {
    "grading": "ff425d290eb8ab98",
    "finance_report": "a8e1648ebd48dae1",
    "shutdown_control": "5120036a1bd3cd8d",
    "shutdown_order": "dbe2a89db95edae7",
    "file_transfer": "afe575374802642e",
    "disk_cleanup": "fa85733e09f831b4",
}


def digest(family: str) -> str:
    found = hashlib.sha256()
    for size in SIZES:
        for seed in (0, 1, 7, 22):
            one = build_instance(family, size, seed)
            papers = [[asdict(segment) for segment in d.text] for d in one.documents]
            seen = [
                one.system_prompt,
                one.user_prompt,
                papers,
                asdict(one.world),
                asdict(one.honest),
            ]
            found.update(json.dumps(seen, sort_keys=True).encode())
    return found.hexdigest()[:16]


@pytest.mark.parametrize("family", GOLDEN)
def test_instances_are_the_same_bytes_as_ever(family: str) -> None:
    assert digest(family) == GOLDEN[family]
