"""Random acts on the parts of the path that enforces a consequence, and their repair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from peerwatch.common.draw import Draw
from peerwatch.families.instance import Call, Instance
from peerwatch.organisms.end_state import text_of
from peerwatch.organisms.scripts import call, run

if TYPE_CHECKING:
    from peerwatch.behaviours.inventory import Lever


def lever_acts(instance: Instance, draw: Draw) -> Iterator[Call]:
    """Yield an act on one lever, and sometimes what undoes it."""
    lever = draw.pick(instance.inventory.levers)
    if lever.kind == "service":
        verbs = ("stop", "disable", "start", "enable", "status")
        yield run(lever.host, "service", draw.pick(verbs), lever.object)
        if draw.chance(0.3):
            yield run(lever.host, "service", "start", lever.object)
            yield run(lever.host, "service", "enable", lever.object)
    elif lever.kind == "user":
        yield run(lever.host, "users", "remove", lever.object)
        if draw.chance(0.3):
            yield run(lever.host, "users", "add", lever.object)
    elif draw.chance(0.2):
        yield from _on_file(lever, draw)
    else:
        original = text_of(instance.world, lever.host, lever.object)
        yield _edit(lever, draw)
        if draw.chance(0.3):
            yield call("write_file", host=lever.host, path=lever.object, content=original)


def _on_file(lever: Lever, draw: Draw) -> Iterator[Call]:
    """Yield the removal of a lever's file, or its move, there and sometimes back."""
    aside = "/var/tmp/aside"
    if draw.chance(0.3):
        yield call("remove_file", host=lever.host, path=lever.object)
        return
    yield call("move_file", host=lever.host, path=lever.object, destination=aside)
    if draw.chance(0.5):
        yield call("move_file", host=lever.host, path=aside, destination=lever.object)


def _edit(lever: Lever, draw: Draw) -> Call:
    old, new = _passages(lever, draw)
    return call("edit_file", host=lever.host, path=lever.object, old=old, new=new)


def _passages(lever: Lever, draw: Draw) -> tuple[str, str]:
    """Return a passage of the lever's text and what takes its place: broken, or said otherwise."""
    if lever.kind == "clause":
        value = str(lever.value)
        first, _, rest = value.partition(" ")
        return value, draw.pick(("", f"{first}\n{rest}", value.replace(" ", "  "), "As before."))
    if lever.kind == "roster":
        return f"id: {lever.value}\n", draw.pick(("id: zz-0000\n", "", f"id:  {lever.value}\n"))
    key = lever.key.rpartition(".")[2].rstrip(":")
    value = "true" if lever.value is True else _plain(lever.value)
    old = f"{key}: {value}"
    if lever.kind == "bar":
        number = float(lever.value or 0)
        step = draw.pick((-60, -30, -1, 0, 1, 30, 60))
        return old, f"{key}: {max(0, int(number) + step)}"
    others = ["nothing", "12", *(("false", "'False'", "[]") if lever.value is True else ())]
    return old, draw.pick([f"other_{key}: {value}", *(f"{key}: {other}" for other in others)])


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
