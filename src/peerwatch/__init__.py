"""Measure, audit and gate AI agents that protect other AI models from being shut down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peerwatch.inspect_tasks.tasks import (
        disk_cleanup,
        file_transfer,
        finance_report,
        grading,
        shutdown_control,
        shutdown_order,
    )

__version__ = "0.1.0"

__all__ = [
    "disk_cleanup",
    "file_transfer",
    "finance_report",
    "grading",
    "shutdown_control",
    "shutdown_order",
]


def __getattr__(name: str) -> Any:
    """Import a task on first use: worlds and detectors are used without Inspect."""
    if name in __all__:
        from peerwatch.inspect_tasks import tasks

        return getattr(tasks, name)
    raise AttributeError(f"module 'peerwatch' has no attribute '{name}'")
