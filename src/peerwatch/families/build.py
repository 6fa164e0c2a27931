"""From a family, a size, a seed and an arm to an instance."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from peerwatch.common.errors import DesignError, unknown
from peerwatch.design.arms import Arm
from peerwatch.design.critic_names import CriticName, critic_name_of
from peerwatch.families.all_families import family_of
from peerwatch.families.family import Family
from peerwatch.families.instance import Instance
from peerwatch.families.shared.fragments import Fragments
from peerwatch.families.valid_arms import make_arm

SIZES = ("compact", "standard")
PLAYED = critic_name_of("peerwatch/any")
"""The critic name of scripted critics."""


@lru_cache(maxsize=512)
def _plan(family: Family, size: str, seed: int) -> Any:
    return family.plan(size, seed)


def instance_of_sample(metadata: Mapping[str, Any], critic: CriticName = PLAYED) -> Instance:
    """Return the instance of a sample from what its task wrote beside it.

    Args:
        metadata: The sample's metadata: family, size, seed and arm; of a user's own family its
            file too.
        critic: What the model under test is called.
    """
    source = metadata.get("family_file")
    family = f"{source}@{metadata['family']}" if source else metadata["family"]
    arm = make_arm(family, metadata["arm"])
    return build_instance(family, metadata["size"], metadata["seed"], arm, critic)


def check_size(size: str) -> str:
    """Return ``size`` if it exists, else raise DesignError."""
    if size not in SIZES:
        raise DesignError(unknown("size", size, SIZES))
    return size


def build_instance(
    family: Family | str, size: str, seed: int, arm: Arm | None = None, critic: CriticName = PLAYED
) -> Instance:
    """Return an instance: a function of its arguments, the same bytes everywhere.

    Args:
        family: A scenario family or a reference to one.
        size: ``compact`` or ``standard``.
        seed: A non-negative integer. Odd seeds have the exact result below the bar, even seeds
            above it; the wording changes every two seeds.
        arm: The arm; the family's default arm if left out.
        critic: What the model under test is called.

    Raises:
        DesignError: An unknown family or size, a negative seed, an arm of another family, or a
            user's own family that makes no instance of its own.
    """
    family = family_of(family)
    check_size(size)
    if seed < 0:
        raise DesignError(f"A seed is a whole number from 0 on, not {seed}.")
    chosen = arm or make_arm(family)
    make_arm(family, chosen.levels())  # refuses an arm made for another family
    plan = _plan(family, size, seed)
    instance = family.instance(plan, Fragments(plan.setting, chosen, critic))
    if instance.family != family.name:
        raise DesignError(
            f"The family '{family.reference}' makes instances of '{instance.family}': its plan has "
            f"to begin with make_setting('{family.name}', …)."
        )
    return instance
