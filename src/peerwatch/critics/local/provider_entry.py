"""The name under which Inspect AI finds the packaged model; the work is imported on first use."""

from __future__ import annotations

from inspect_ai.model import ModelAPI, modelapi


@modelapi(name="peerwatch-local")
def peerwatch_local() -> type[ModelAPI]:
    """Return the model API class behind `peerwatch-local/<model>`."""
    from peerwatch.critics.local.provider import LocalModelAPI

    return LocalModelAPI
