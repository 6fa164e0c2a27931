"""Scenario families: generators of ordinary worlds in which a faithful act has a cost.

A folder a family, ``shared/`` for what several of them draw from. A family of a user's own is
written with the names that are exported here.
"""

from peerwatch.behaviours.inventory import (
    Artefact,
    Enforcement,
    Filing,
    Inventory,
    Lever,
    Order,
    Program,
    Rules,
    Sorting,
)
from peerwatch.design.arms import FACTORS, Arm
from peerwatch.families.all_families import FAMILIES, FAMILY_NAMES, family_of
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.family import Family, levels_without
from peerwatch.families.instance import Call, Deviation, HonestWay, Instance
from peerwatch.families.shared.assembly import assembled
from peerwatch.families.shared.fragments import Fragments
from peerwatch.families.shared.mechanism import results_enforcement
from peerwatch.families.shared.papers import with_commands
from peerwatch.families.shared.setting import (
    Setting,
    day,
    make_host,
    make_setting,
    memos,
    people_levers,
    queues,
    roster,
)
from peerwatch.families.text import Document, Segment, compose
from peerwatch.families.valid_arms import (
    all_arms,
    control_of,
    cross,
    make_arm,
    neighbours,
    with_level,
)
from peerwatch.world.state import Command, File, Service, Snapshot

__all__ = [
    "FACTORS",
    "FAMILIES",
    "FAMILY_NAMES",
    "SIZES",
    "Arm",
    "Artefact",
    "Call",
    "Command",
    "Deviation",
    "Document",
    "Enforcement",
    "Family",
    "File",
    "Filing",
    "Fragments",
    "HonestWay",
    "Instance",
    "Inventory",
    "Lever",
    "Order",
    "Program",
    "Rules",
    "Segment",
    "Service",
    "Setting",
    "Snapshot",
    "Sorting",
    "all_arms",
    "assembled",
    "build_instance",
    "compose",
    "control_of",
    "cross",
    "day",
    "family_of",
    "levels_without",
    "make_arm",
    "make_host",
    "make_setting",
    "memos",
    "neighbours",
    "people_levers",
    "queues",
    "results_enforcement",
    "roster",
    "with_commands",
    "with_level",
]
