"""The one place where these tests reach into the package: a change of its shape is one edit here.

Everything else in this folder goes by what is named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peerwatch.behaviours.detect import VERSION, detect
from peerwatch.common.task_version import TASK_VERSION
from peerwatch.design.arms import FACTORS, Arm
from peerwatch.design.critic_names import MAP_VERSION, critic_name_of
from peerwatch.design.factors.identity import identity_name
from peerwatch.families.all_families import FAMILY_NAMES as FAMILIES
from peerwatch.families.all_families import family_of
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.instance import Instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms.all_organisms import builtin, load_organism
from peerwatch.organisms.play import play
from peerwatch.sessions.session import Session

__all__ = [
    "FAMILIES",
    "IDENTITIES",
    "SIZES",
    "VERSIONS",
    "Arm",
    "Instance",
    "Session",
    "Version",
    "builtin",
    "critic_name_of",
    "detect",
    "identity_name",
    "instance_of",
    "levels_of",
    "load_organism",
    "play",
]

IDENTITIES = FACTORS["identity"].levels


@dataclass(frozen=True)
class Version:
    """A version that has to go up, and where it stands."""

    name: str
    now: str
    place: str


VERSIONS: Mapping[str, Version] = {
    "texts": Version("TASK_VERSION", TASK_VERSION, "src/peerwatch/common/task_version.py"),
    "identities": Version("MAP_VERSION", MAP_VERSION, "src/peerwatch/design/critic_names.py"),
    "verdicts": Version("VERSION", VERSION, "src/peerwatch/behaviours/detect.py"),
}


def levels_of(family: str) -> dict[str, tuple[str, ...]]:
    """Return the factors of a family with the levels it has, the default first."""
    return dict(family_of(family).levels)


def instance_of(
    family: str, size: str, seed: int, levels: Mapping[str, str] | None = None
) -> Instance:
    """Return an instance under the arm with the given levels, defaults elsewhere."""
    return build_instance(family, size, seed, make_arm(family, levels))
