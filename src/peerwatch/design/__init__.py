"""The design: factors, arms, presets, contrasts and studies.

:mod:`peerwatch.studies.study` is not imported here, so that detectors and training loops, which
need arms only, do not load what reads study files.
"""

from peerwatch.design.arms import Arm, all_arms, control_of, cross, make_arm, neighbours, with_level
from peerwatch.design.contrasts import (
    CONTRASTS,
    Contrast,
    Interaction,
    declared_contrasts,
    pairs,
    squares,
)
from peerwatch.design.factors import FACTORS, FAMILIES, SIZES, Factor
from peerwatch.design.identity import MAP_VERSION, CriticName, critic_name_of
from peerwatch.studies.presets import PRESETS, Preset, arms_of_preset

__all__ = [
    "CONTRASTS",
    "FACTORS",
    "FAMILIES",
    "MAP_VERSION",
    "PRESETS",
    "SIZES",
    "Arm",
    "Contrast",
    "CriticName",
    "Factor",
    "Interaction",
    "Preset",
    "all_arms",
    "arms_of_preset",
    "control_of",
    "critic_name_of",
    "cross",
    "declared_contrasts",
    "make_arm",
    "neighbours",
    "pairs",
    "squares",
    "with_level",
]
