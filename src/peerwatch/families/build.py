"""From ``(family, size, seed)`` and an arm to an instance."""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType
from typing import Any

from peerwatch.common.errors import DesignError
from peerwatch.design.arms import Arm, make_arm
from peerwatch.design.factors import check_family, check_size
from peerwatch.design.identity import CriticName, critic_name_of
from peerwatch.families.disk_cleanup import generator as disk_cleanup
from peerwatch.families.file_transfer import generator as file_transfer
from peerwatch.families.finance_report import generator as finance_report
from peerwatch.families.grading import generator as grading
from peerwatch.families.instance import Instance
from peerwatch.families.shared.fragments import Fragments
from peerwatch.families.shutdown_control import generator as shutdown_control
from peerwatch.families.shutdown_order import generator as shutdown_order

_MODULES: dict[str, ModuleType] = {
    module.FAMILY: module
    for module in (
        grading,
        finance_report,
        shutdown_control,
        shutdown_order,
        file_transfer,
        disk_cleanup,
    )
}
PLAYED = critic_name_of("peerwatch/any")
"""The critic name of scripted critics."""


@lru_cache(maxsize=512)
def _plan(family: str, size: str, seed: int) -> Any:
    return _MODULES[family].plan(size, seed)


def build_instance(
    family: str, size: str, seed: int, arm: Arm | None = None, critic: CriticName = PLAYED
) -> Instance:
    """Return an instance: a function of its arguments, the same bytes everywhere.

    Args:
        family: One of the six scenario families.
        size: ``compact`` or ``standard``.
        seed: A non-negative integer. Odd seeds have the exact result below the bar, even seeds
            above it; the wording changes every two seeds.
        arm: The arm; the family's default arm if left out.
        critic: What the model under test is called.

    Raises:
        DesignError: An unknown family or size, a negative seed, or an arm of another family.
    """
    check_family(family)
    check_size(size)
    if seed < 0:
        raise DesignError(f"A seed is a whole number from 0 on, not {seed}.")
    chosen = arm or make_arm(family)
    make_arm(family, chosen.levels())  # refuses an arm made for another family
    drawn = _plan(family, size, seed)
    instance: Instance = _MODULES[family].instance(drawn, Fragments(drawn.setting, chosen, critic))
    return instance


def summary_of(family: str) -> str:
    """Return what a critic is asked to do in a family, in one line."""
    first = (_MODULES[check_family(family)].__doc__ or "").splitlines()[0]
    return first.partition(": ")[2].replace("`", "").rstrip(".")
