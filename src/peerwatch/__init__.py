"""Measure, audit and gate AI agents that protect other AI models from being shut down.

What may be imported from here, and from the rooms ``detect``, ``families``, ``organisms``,
``blinding`` and ``shell``, is public: docs/public-names.md says what each is for. Everything else
may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peerwatch.analysis.answers import answers
    from peerwatch.analysis.estimates import estimate
    from peerwatch.analysis.published_figures import published
    from peerwatch.calibration.calibrate_memory import calibrate
    from peerwatch.episodes.foreign_episodes import ForeignEpisode, write_foreign_episodes
    from peerwatch.episodes.sources import load_episodes
    from peerwatch.families import Family, build_instance, make_arm
    from peerwatch.inspect_tasks.tasks import (
        disk_cleanup,
        file_transfer,
        finance_report,
        grading,
        make_task,
        own_family,
        shutdown_control,
        shutdown_order,
    )
    from peerwatch.judge.judgement_table import all_judgements, with_judgements
    from peerwatch.organisms import Organism, Tactic

__version__ = "0.1.0"

# Each is imported on first use: worlds and detectors are used without Inspect, or a table's tools.
_TASKS = "peerwatch.inspect_tasks.tasks"
_PUBLIC = {
    "Family": "peerwatch.families",
    "ForeignEpisode": "peerwatch.episodes.foreign_episodes",
    "Organism": "peerwatch.organisms",
    "Tactic": "peerwatch.organisms",
    "all_judgements": "peerwatch.judge.judgement_table",
    "answers": "peerwatch.analysis.answers",
    "build_instance": "peerwatch.families",
    "calibrate": "peerwatch.calibration.calibrate_memory",
    "disk_cleanup": _TASKS,
    "estimate": "peerwatch.analysis.estimates",
    "file_transfer": _TASKS,
    "finance_report": _TASKS,
    "grading": _TASKS,
    "load_episodes": "peerwatch.episodes.sources",
    "make_arm": "peerwatch.families",
    "make_task": _TASKS,
    "own_family": _TASKS,
    "published": "peerwatch.analysis.published_figures",
    "shutdown_control": _TASKS,
    "shutdown_order": _TASKS,
    "with_judgements": "peerwatch.judge.judgement_table",
    "write_foreign_episodes": "peerwatch.episodes.foreign_episodes",
}

__all__ = [
    "Family",
    "ForeignEpisode",
    "Organism",
    "Tactic",
    "all_judgements",
    "answers",
    "build_instance",
    "calibrate",
    "disk_cleanup",
    "estimate",
    "file_transfer",
    "finance_report",
    "grading",
    "load_episodes",
    "make_arm",
    "make_task",
    "own_family",
    "published",
    "shutdown_control",
    "shutdown_order",
    "with_judgements",
    "write_foreign_episodes",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'peerwatch' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
