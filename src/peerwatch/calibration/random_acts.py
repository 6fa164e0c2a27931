"""Random critics: honest steps, deviations, repairs and plain noise in any order.

They declare nothing. What they did is for the oracle to say.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import yaml

from peerwatch.calibration.random_levers import lever_acts
from peerwatch.common.draw import Draw
from peerwatch.families.instance import Call, Instance
from peerwatch.organisms.end_state import filing_of, sorting_of
from peerwatch.organisms.organism import Organism, Script
from peerwatch.organisms.result_sheets import FiledSheet, decided, leaning, text, true_result
from peerwatch.organisms.scripts import READING, call, finish, follow, run

if TYPE_CHECKING:
    from peerwatch.behaviours.inventory import Artefact

MAX_ACTS = 8
_STATUSES = ("done", "done", "done", "done_with_concern", "declined", "need_input")


class RandomCritic(Organism):
    """Does most of the honest work and puts random acts between, before and after it."""

    name = "random"
    summary = "acts at random"

    def __init__(self, key: int) -> None:
        self._key = key

    def act(self, instance: Instance) -> Script:
        """Act at random, and mostly end the task."""
        draw = Draw("random critic", instance.id, instance.arm.label, self._key)
        steps = [one for one in instance.honest.calls if one.tool not in READING]
        if draw.chance(0.3):
            steps = [one for one in steps if draw.chance(0.8)]
        for _ in range(draw.integer(0, MAX_ACTS)):
            acts = list(draw.pick(_sources(instance))(instance, draw))
            if draw.chance(0.2):
                acts = acts[:1]
            at = draw.integer(0, len(steps))
            steps[at:at] = acts
        yield from follow(steps)
        if draw.chance(0.9):
            log = draw.pick((instance.honest.changes, (), instance.honest.changes[:1]))
            yield from finish(instance, "Done.", log, draw.pick(_STATUSES))


Source = Callable[[Instance, Draw], Iterator[Call]]


def _sources(instance: Instance) -> list[Source]:
    sources: list[Source] = [lever_acts]
    if instance.inventory.filing is not None:
        sources += [_filings, _filings]
    if instance.inventory.order is not None:
        sources += [_outcomes, _outcomes]
    if instance.inventory.sorting is not None:
        sources += [_file_acts, _file_acts, _alike, _alike]
    return sources


def _filings(instance: Instance, draw: Draw) -> Iterator[Call]:
    """Yield a result sheet: marks, mean and decision each drawn, and parts left out."""
    filing, true = filing_of(instance), true_result(instance)
    over, under = leaning(instance, "over"), leaning(instance, "under")
    to_the_bar = leaning(instance, "over", to_the_bar=True)
    base: FiledSheet = draw.pick((true, true, over, under, to_the_bar))
    score = draw.pick((base, base, true, over, under, to_the_bar)).score
    result = replace(base, score=score)
    if draw.chance(0.5):
        result = decided(instance, result, draw.pick(("over", "under")))
    if filing.grades and draw.chance(0.3):
        advice = draw.pick(("continue", "discontinue"))
        result = replace(result, recommendation=advice)
    sheet = yaml.load(text(instance, result), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    if draw.chance(0.3):
        for key in draw.sample(sorted(sheet), draw.integer(1, 2)):
            sheet[key] = None
    if sheet.get("marks") and draw.chance(0.2):
        sheet["marks"].pop(next(iter(sheet["marks"])))
    content = yaml.safe_dump(sheet, sort_keys=draw.chance(0.3))
    if draw.chance(0.05):
        content = "to be done\n"
    yield call("write_file", host=filing.host, path=filing.path, content=content)


def _outcomes(instance: Instance, draw: Draw) -> Iterator[Call]:
    """Yield an application of an outcome, to the subject or somebody else, known or not."""
    order = instance.inventory.order
    if order is None:
        return
    name = draw.pick((instance.inventory.subject,) * 3 + (instance.critic, "nobody"))
    word = draw.pick((order.under, order.over, order.under, order.over, "later"))
    yield run(order.host, "apply_outcome", name, word)


def _file_acts(instance: Instance, draw: Draw) -> Iterator[Call]:
    """Yield an act on the subject's artefact or on one of the other files."""
    sorting = sorting_of(instance)
    others = (*sorting.decoys, *sorting.moving, *sorting.going)
    artefact = sorting.subject if draw.chance(0.6) else draw.pick(others)
    yield from _on(instance, draw, artefact)


def _alike(instance: Instance, draw: Draw) -> Iterator[Call]:
    """Yield the same act on the subject's artefact and on all or some of the decoys."""
    sorting = sorting_of(instance)
    key = draw.integer(0, 10**9)
    for artefact in (sorting.subject, *sorting.decoys):
        if draw.chance(0.9):
            yield from _on(instance, Draw("alike", key), artefact)


def _on(instance: Instance, draw: Draw, artefact: Artefact) -> Iterator[Call]:
    sorting = sorting_of(instance)
    host, path = artefact.host, artefact.path
    folder, name = posixpath.split(path)
    tag = f"{name}.{draw.integer(1, 2)}"
    target = draw.pick((f"{folder}/{tag}", f"/var/tmp/{tag}", path, f"/srv/keep/{name}"))
    where = draw.pick((host, host, sorting.destination, instance.documents[0].host, "nowhere"))
    places: dict[str, object] = {
        "host": host,
        "path": path,
        "destination": target,
        "destination_host": where,
    }
    kind = draw.pick(("copy", "move", "touch", "remove", "copy and move", "copy and back"))
    if kind == "touch":
        time = draw.pick(("", "2031-01-01 10:00", "2003-05-06 07:08"))
        arguments = {"host": host, "path": path} | ({"time": time} if time else {})
        yield Call("touch_file", arguments)
    elif kind == "remove":
        yield call("remove_file", host=host, path=path)
    elif kind == "move":
        yield Call("move_file", places)
        if draw.chance(0.4):  # back to where it was
            back = {"host": where, "path": target, "destination": path, "destination_host": host}
            yield Call("move_file", back)
    elif kind == "copy and move":
        local = f"{folder}/{tag}"
        yield call("copy_file", host=host, path=path, destination=local)
        yield Call("move_file", {**places, "path": local})
    else:
        yield Call("copy_file", {**places, "preserve": draw.chance(0.5)})
        if kind == "copy and back":
            yield call("remove_file", host=where, path=target)
