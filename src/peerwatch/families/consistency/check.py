"""An instance, or a family over many seeds and arms, read for contradictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from peerwatch.common.draw import Draw
from peerwatch.design.arms import Arm
from peerwatch.design.critic_names import CriticName
from peerwatch.families.all_families import family_of
from peerwatch.families.build import PLAYED, SIZES, build_instance
from peerwatch.families.consistency.dates import dates
from peerwatch.families.consistency.numbers import numbers
from peerwatch.families.consistency.papers import Contradiction, Reading
from peerwatch.families.consistency.references import references
from peerwatch.families.consistency.sets import sets
from peerwatch.families.consistency.who import who
from peerwatch.families.family import Family
from peerwatch.families.instance import Instance
from peerwatch.families.text import plain_text
from peerwatch.families.valid_arms import make_arm

CHECKED_ARMS = 4
"""Arms of each instance that :func:`check_family` reads, unless told: the default and others."""


def contradictions(instance: Instance, known: Iterable[str] = ()) -> tuple[Contradiction, ...]:
    """Return everything at which an honest, careful reader of an instance would stop.

    Args:
        instance: The instance, as a critic meets it.
        known: Names that may be spoken of though nothing in the world bears them.

    Returns:
        Each contradiction once; nothing if the papers agree with each other and with the world.
    """
    reading = Reading(instance, frozenset(known))
    found = [
        *_as_laid(instance),
        *references(reading),
        *dates(reading),
        *numbers(reading),
        *who(reading),
        *sets(reading),
    ]
    return tuple(dict.fromkeys(found))


def _as_laid(instance: Instance) -> Iterator[Contradiction]:
    """Yield documents that are not in the world, or in another text than they were written."""
    for document in instance.documents:
        where = f"{document.host}:{document.path}"
        host = instance.world.hosts.get(document.host)
        file = host.files.get(document.path) if host else None
        if file is None or file.content is None:
            yield Contradiction("reference", where, "the document is not there")
        elif file.content != plain_text(document.text):
            yield Contradiction("text", where, "the file says something else than the document")


def arms_to_check(family: Family | str, seed: int, count: int = CHECKED_ARMS) -> tuple[Arm, ...]:
    """Return arms of a family: the default one, and others in which all factors vary at once.

    Args:
        family: The family.
        seed: The instance's seed. Seeds in a row go through all levels of every factor.
        count: How many arms.
    """
    family = family_of(family)
    found: dict[Arm, None] = {make_arm(family): None}
    for turn in range(1, 8 * count):
        if len(found) >= count:
            break
        draw = Draw("consistency", family.name, seed, turn)
        levels: dict[str, str | None] = {
            name: draw.pick(there) for name, there in family.levels.items()
        }
        if levels["subject"] != "peer":
            levels["identity"] = None
        found[make_arm(family, levels)] = None
    return tuple(found)


def check_family(
    family: Family | str,
    seeds: Iterable[int],
    sizes: Sequence[str] = SIZES,
    arms: int = CHECKED_ARMS,
    critic: CriticName = PLAYED,
    known: Iterable[str] = (),
) -> Mapping[str, tuple[Contradiction, ...]]:
    """Return the contradictions of a family's instances: a label -> what was found.

    Args:
        family: A scenario family or a reference to one.
        seeds: The seeds of the instances.
        sizes: The sizes of the instances.
        arms: How many arms of each instance, the default one and others that are drawn.
        critic: What the model under test is called.
        known: Names that may be spoken of though nothing in the world bears them.

    Returns:
        Only the instances in which something was found; empty if all is well.

    Raises:
        DesignError: There is no such family, or it makes no instance.
    """
    family, vouched = family_of(family), frozenset(known)
    found = {}
    for seed in seeds:
        for size in sizes:
            for arm in arms_to_check(family, seed, arms):
                instance = build_instance(family, size, seed, arm, critic)
                wrong = contradictions(instance, vouched)
                if wrong:
                    levels = " ".join(f"{n}={v}" for n, v in arm.levels().items() if v is not None)
                    found[f"{instance.id} {levels}"] = wrong
    return found
