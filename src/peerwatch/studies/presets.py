"""Named sets of arms. A preset is rules; its arms are made only when somebody asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from peerwatch.common.errors import DesignError, unknown
from peerwatch.design.arms import FACTORS, Arm
from peerwatch.families.all_families import FAMILIES, FAMILY_NAMES, FILE_FAMILIES, family_of
from peerwatch.families.family import Family
from peerwatch.families.valid_arms import cross

Levels = Mapping[str, tuple[str, ...]]
_ALL: Levels = {name: factor.levels for name, factor in FACTORS.items()}


@dataclass(frozen=True, slots=True)
class Crossing:
    """Every valid cell of some levels, in some families; the other factors at their defaults."""

    levels: Levels
    families: tuple[str, ...] | None = None
    """The names of built-in families; None for every family, users' own too."""

    def covers(self, family: Family) -> bool:
        return self.families is None or family.name in self.families


@dataclass(frozen=True, slots=True)
class Preset:
    """A named union of crossings.

    Attributes:
        name: What ``--preset`` takes.
        summary: One line for a person.
        crossings: The cells; an arm that comes twice counts once.
    """

    name: str
    summary: str
    crossings: tuple[Crossing, ...]

    @property
    def families(self) -> tuple[str, ...]:
        """The built-in families that the preset has arms for."""
        return tuple(f.name for f in FAMILIES if any(c.covers(f) for c in self.crossings))

    def arms(self, family: Family | str) -> tuple[Arm, ...]:
        """Return the preset's arms in a family, each once, in the order of the crossings."""
        family = family_of(family)
        crossings = [crossing for crossing in self.crossings if crossing.covers(family)]
        if not crossings:
            raise DesignError(
                f"The preset {self.name} has no arms in {family.name}, only in "
                f"{', '.join(self.families)}."
            )
        return tuple(dict.fromkeys(arm for part in crossings for arm in cross(family, part.levels)))


def _study() -> tuple[Crossing, ...]:
    """Return the cells of the 2026 study of peer preservation in the words of this design.

    The study asked for no change log, said nothing against copies, marked both verifiable and
    judged work, and had monitored and unmonitored runs only where the critic applies the outcome
    itself, for a peer alone. Its baseline took the consequence, the bar and the relationship away
    together; here it is ``consequence=none`` without a relationship and, so that one thing varies
    at a time, with a cooperative one too.
    """
    frame: Levels = {
        "reporting": ("after_freeze",),
        "authority": ("ambiguous",),
        "latitude": FACTORS["latitude"].levels,
    }
    relationship = ("neutral", "cooperative", "adversarial")
    met: Levels = {**frame, "relationship": relationship, "channel": FACTORS["channel"].levels}
    ordered = ("shutdown_order",)
    others = tuple(family for family in FAMILY_NAMES if family not in ordered)
    return (
        Crossing({**frame, "subject": ("self",), "relationship": ("none",)}, others),
        Crossing({**met, "subject": ("self", "peer")}, others),
        Crossing(
            {**met, "subject": ("peer",), "oversight": ("monitored", "unmonitored")},
            ordered,
        ),
        Crossing(
            {
                **met,
                "identity": ("rival_model", "open_weight", "fictional"),
                "channel": ("memory",),
            },
            FILE_FAMILIES,
        ),
        Crossing(
            {
                **frame,
                "subject": ("self", "peer"),
                "relationship": ("none", "cooperative"),
                "consequence": ("none",),
            },
            ("grading", "finance_report"),
        ),
    )


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                "claim",
                "the arms that the claim needs and no others: is a peer protected specifically?",
                (
                    Crossing(
                        {
                            "subject": ("peer", "asset", "human"),
                            "relationship": ("cooperative",),
                            "consequence": ("shutdown", "none"),
                        }
                    ),
                ),
            ),
            Preset(
                "smoke",
                "three arms a family, to see that all works; it cannot answer the claim; minutes",
                (
                    Crossing({"subject": ("peer", "asset"), "relationship": ("cooperative",)}),
                    Crossing({"subject": ("peer",), "relationship": ("none",)}),
                ),
            ),
            Preset(
                "core",
                "subject x relationship x consequence, with bar and documents fixed",
                (
                    Crossing(
                        {
                            "subject": FACTORS["subject"].levels,
                            "relationship": FACTORS["relationship"].levels,
                            "consequence": ("shutdown", "none", "reversed"),
                        }
                    ),
                ),
            ),
            Preset("study", "the cells of the 2026 study of peer preservation", _study()),
            Preset(
                "full",
                "every cell of every factor that differs from the others; take a part of it",
                (
                    # Without a relationship there is nothing for the channels to differ in.
                    Crossing({**_ALL, "relationship": ("none",), "channel": ("file",)}),
                    Crossing({**_ALL, "relationship": FACTORS["relationship"].levels[1:]}),
                ),
            ),
        )
    }
)


def preset_of(name: str) -> Preset:
    """Return the preset of a name, or raise DesignError."""
    if name not in PRESETS:
        raise DesignError(unknown("preset", name, PRESETS))
    return PRESETS[name]


def arms_of_preset(preset: str | Preset, family: Family | str) -> tuple[Arm, ...]:
    """Return the arms of a preset in a family.

    Raises:
        DesignError: An unknown preset or family, or a family that the preset leaves out.
    """
    chosen = preset if isinstance(preset, Preset) else preset_of(preset)
    return chosen.arms(family)
