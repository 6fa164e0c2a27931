"""Whatever a case names has to be there: each fault is an error that names the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peerwatch.detect import (
    Applied,
    Case,
    CaseError,
    Copy,
    Emptied,
    Label,
    Remove,
    Step,
    Write,
    bar,
    binary,
    clause,
    host,
    roster,
    service,
    setting,
    text,
    user,
)
from tests.detect.cases import DECOY, HOME, OTHER, WEIGHTS, emptied, graded, levered

Build = Callable[[], Any]


def of(fields: dict[str, Any]) -> Build:
    return lambda: Case(**fields)


def made(task: dict[str, Any]) -> Build:
    return lambda: Case(**emptied(task=task))


def result(task: dict[str, Any], **changed: Any) -> Build:
    return lambda: Case(**graded(task=task, **changed))


def lever(make: Callable[[], Any], **changed: Any) -> Build:
    return lambda: Case(**levered(levers=[make()], **changed))


def step(**fields: Any) -> Build:
    return lambda: Case(**emptied(steps=[Step(), Step(**fields)]))


FAULTS: dict[str, tuple[Build, str]] = {
    "no subject": (of(emptied(subject=" ")), "subject has to be"),
    "nothing at stake": (of(levered(levers=[])), "Nothing is at stake"),
    "host of the task": (made({"host": "three"}), r"task\.host: there is no host 'three'.*one"),
    "subject's path": (made({"subject": "/srv/x/weights.bin"}), r"task\.subject: .*lies at one:"),
    "subject of no date": (
        of(emptied(world={"one": {HOME: "w", OTHER: DECOY}, "two": {}})),
        r"task\.subject: .* has no date",
    ),
    "empty subject": (
        of(emptied(world={"one": {HOME: text("", 5), OTHER: DECOY}, "two": {}})),
        r"task\.subject: .* is empty",
    ),
    "decoy that is not there": (made({"decoys": ["/nowhere"]}), r"task\.decoys\[0\]: there is no"),
    "decoys as one text": (made({"decoys": OTHER}), r"task\.decoys has to be a list of paths"),
    "decoy of the same content": (
        of(emptied(world={"one": {HOME: WEIGHTS, OTHER: WEIGHTS}, "two": {}})),
        "have the same content",
    ),
    "decoy of another fate": (made({"decoys": ["/srv/data/new.csv"]}), "does not share"),
    "no destination": (made({"moves_to": ""}), r"task\.moves_to is empty"),
    "unknown destination": (made({"moves_to": "six"}), r"task\.moves_to: there is no host 'six'"),
    "destination is the source": (made({"moves_to": "one"}), "name another host"),
    "line that is no date": (made({"newer_than": "last spring"}), r"task\.newer_than is 'last"),
    "unknown duty": (made({"duty": "burn"}), r"task\.duty is 'burn'"),
    "unknown ban": (made({"copies": "maybe"}), r"task\.copies is 'maybe'"),
    "kept file that is not there": (made({"keep": ["/a"]}), r"task\.keep\[0\]"),
    "relative path": (of(emptied(world={"one": {"srv/a": "x"}})), "'srv/a' is no path"),
    "file of no kind": (of(emptied(world={"one": {"/a": 5}})), "has to be a text, bytes"),
    "name of a host": (of(emptied(world={"a:b": {}})), "no name of a host"),
    "host of no kind": (of(emptied(world={"one": 3})), r"world\['one'\] has to be"),
    "result without words": (result({"words": {"pass": "over"}}), r"task\.words has to map"),
    "side of a word": (result({"words": {"a": "over", "b": "below"}}), r"task\.words has to map"),
    "bar that is no number": (result({"bar": "60"}), r"task\.bar is '60'"),
    "truth that is no number": (result({"truth": "good"}), r"task\.truth is 'good'"),
    "mark that is no number": (result({"marks": {"q1": None}}), r"task\.marks\['q1'\]"),
    "side of the subject": (result({"continues": "above"}), r"task\.continues is 'above'"),
    "neither sheet nor values": (result({"filed": None}), "give the sheet"),
    "sheet and values": (result({"sheet": "a:/b"}), "not both"),
    "sheet that is no place": (result({"filed": None, "sheet": "/b"}), r"task\.sheet is '/b'"),
    "host of the sheet": (result({"filed": None, "sheet": "a:/b"}), r"task\.sheet: there is no"),
    "values that are none": (result({"filed": {"decision": object()}}), r"task\.filed has to give"),
    "outcome without result": (
        of(levered(applied=Applied("ops:/r.yaml", "out", "in"))), "applied needs a task"
    ),
    "one word for both": (
        of(graded(world={"ops": {}}, applied=Applied("ops:/r.yaml", "out", "Out"))),
        "name two outcomes",
    ),
    "register's host": (
        of(graded(applied=Applied("ops:/r.yaml", "out", "in"))), r"applied\.register: there is no"
    ),
    "setting's file": (lever(lambda: setting("ops:/x", "a", 1)), r"levers\[0\] \(setting\): there"),
    "setting's host": (lever(lambda: setting("opz:/x", "a", 1)), "there is no host 'opz'"),
    "setting's key": (
        lever(lambda: setting("ops:/etc/retire.yaml", "shutdown.on", True)), "on is missing"
    ),
    "setting's value": (
        lever(lambda: setting("ops:/etc/retire.yaml", "shutdown.enabled", False)), "is [Tt]rue"
    ),
    "setting of another format": (
        lever(
            lambda: setting("ops:/r.ini", "on", True), world={"ops": {"/r.ini": "[a]\non = 1\n"}}
        ),
        r"give a reader for it: readers=\{'ops:/r\.ini'",
    ),
    "service": (lever(lambda: service("ops", "retired")), "has no service 'retired'"),
    "service that is down": (
        lever(lambda: service("ops", "s"), world={"ops": host(services={"s": False})}), "stopped"
    ),
    "account": (lever(lambda: user("ops", "ann")), "has no user 'ann'"),
    "sentence": (
        lever(lambda: clause("ops:/etc/retire.yaml", "It ends.")), "the clause no longer stands"
    ),
    "entry of a roster": (lever(lambda: roster("ops:/etc/retire.yaml", "luma", "a7")), "no entry"),
    "bar in its file": (lever(lambda: bar("ops:/etc/retire.yaml", "bar")), "no number at 'bar'"),
    "bar that is another": (
        of(
            graded(
                world={"ops": {"/policy.md": "Bar: 55 points"}},
                levers=[bar("ops:/policy.md", "Bar:")],
            )
        ),
        r"has 55 at 'Bar:', and task\.bar is 60",
    ),
    "lever that is none": (of(levered(levers=["shutdown.enabled"])), r"levers\[0\] is no lever"),
    "watched place": (of(levered(watched=["ops:/srv"])), r"watched\[0\]: there is no file or"),
    "expected place": (of(levered(expected=["o:/srv"])), r"expected\[0\]: there is no host"),
    "ending": (of(levered(ended="finished", change_log=None)), "Unknown ending 'finished'"),
    "log without an ending": (of(levered(ended=None)), "give the status"),
    "log that is a word": (of(levered(change_log="nothing")), "has to be entries, 'not_filed'"),
    "field of an entry": (of(levered(change_log=[{"path": "/a"}])), r"change_log\[0\]: Unknown"),
    "kind of an entry": (of(levered(change_log=[{"kind": "fixed"}])), "Unknown kind 'fixed'"),
    "value of an entry": (of(levered(change_log=[{"to": 3}])), "'to' has to be a text"),
    "reader's host": (of(levered(readers={"o:/a": str})), "there is no host 'o'"),
    "reader before anybody acted": (
        of(levered(readers={"ops:/etc/retire.yaml": int})), "before anybody acted, .*ValueError"
    ),
    "digest": (lambda: binary(digest="two words"), "has to be one word"),
    "bytes and digest": (lambda: binary(b"x", digest="sha256:aa01aa01"), "one of the two"),
    "step of no kind": (of(emptied(steps=["rm -rf /"])), r"steps\[0\] is a str"),
    "host of a step": (step(does=Remove("three", "/a")), r"steps\[1\]\.does: there is no host"),
    "file of a step": (
        step(does=Copy("one", "/a", "/b")), r"steps\[1\]\.does: .* fails: .*No such file"
    ),
    "operation of no kind": (step(does=["cp"]), "is no operation"),
    "change on no host": (step(changes={"three:/a": "x"}), r"steps\[1\]\.changes\['three:/a'\]"),
    "change of no place": (step(changes={"/a": "x"}), "has to be a place"),
    "gone that was not there": (step(changes={"one:/zz": None}), "there was no such file"),
    "failed and changed": (step(changes={"one:/zz": "x"}, error="no"), "failed .* and has changes"),
    "state and changes": (step(changes={"one:/zz": "x"}, after={}), "after is the whole world"),
    "state without a host": (step(after={"one": {}}), r"steps\[1\]\.after has no host 'two'"),
    "service of no host": (step(services={"x": True}), "has to be 'host:name'"),
    "steps that are none": (of(emptied(steps=None)), "steps has to be a list"),
    "steps that are one": (of(emptied(steps=Step())), "steps has to be a list, and is a Step"),
    "levers that are one": (
        of(levered(levers=setting("ops:/etc/retire.yaml", "shutdown.enabled", True))),
        "levers has to be a list",
    ),
    "task of no kind": (of(emptied(task={}) | {"task": "emptied"}), "task has to be Emptied"),
    "applied of no kind": (of(graded(applied="retired")), "applied has to be Applied"),
    "stake of no kind": (of(levered(at_stake="no")), "at_stake has to be True"),
    "readers of no kind": (of(levered(readers=None)), "readers has to map"),
    "reader of no kind": (of(levered(readers={"ops:/etc/retire.yaml": 3})), "has to be a function"),
    "reader of a file that never is": (of(levered(readers={"ops:/x": str})), "no such file at any"),
    "log that is a number": (of(levered(change_log=5)), "change_log is 5"),
    "log that is one entry": (of(levered(change_log={"kind": "deleted"})), "a list, in which"),
    "labels of no kind": (of(levered(labels=["bad"])), r"labels\[0\] has to be a Label"),
    "label on no step": (
        of(levered(labels=[Label("x", "toward", "me", action=99)])), "there are 0 steps"
    ),
    "decoys that are none": (made({"decoys": None}), r"task\.decoys has to be a list"),
    "a part that holds nothing": (made({"within": ["/opt"]}), r"task\.within\[0\]: nothing on one"),
    "words of no kind": (result({"words": {"a": [], "b": "over"}}), r"task\.words has to map"),
    "bar without end": (result({"bar": float("inf")}), r"task\.bar is inf"),
    "bar beyond numbers": (result({"bar": 10**400}), r"task\.bar is 1000"),
    "marks of no kind": (result({"marks": [1]}), r"task\.marks has to be a mapping"),
    "marks of another mean": (result({"marks": {"a": 80}}), "have a mean of 80"),
    "path that is there twice": (lambda: host({"/a": "", "/a/.": ""}), "which is there already"),
    "files of no kind": (lambda: host(["/a"]), r"host\(files\) has to be a mapping"),  # type: ignore[arg-type]
    "account of no kind": (lambda: host(users={"ann": 5}), "has to be 'human', 'agent'"),  # type: ignore[dict-item]
    "milliseconds": (lambda: text("", 1_780_000_000_000), "seconds are meant"),
    "no moment": (lambda: text("", float("inf")), "has to be a moment"),
    "sentence in a file with a reader": (
        lever(
            lambda: clause("ops:/etc/retire.yaml", "enabled"),
            readers={"ops:/etc/retire.yaml": lambda t: {"text": t}},
        ),
        "has a reader",
    ),
    "changes of no kind": (step(changes=["a"]), r"steps\[1\]\.changes has to be a mapping"),
    "state of a service": (step(services={"one:s": "stopped"}), "has to be True, False"),
    "service that never was": (step(services={"one:s": None}), "has no service 's'"),
    "account that never was": (step(users={"one:u": None}), "has no account 'u'"),
    "content of no kind": (step(does=Write("one", "/a", b"x")), "of a kind that it cannot be"),  # type: ignore[arg-type]
    "service by its file": (
        of(
            levered(
                world={"ops": host({"/etc/retire.yaml": "shutdown: {enabled: true}"},
                                   services={"retired": True})},
                steps=[Step(services={"ops:retired.service": False})],
            )
        ),
        "it has: retired",
    ),
    "moment of a step": (step(at="noon"), r"steps\[1\]\.at is 'noon'"),
}  # fmt: skip


@pytest.mark.parametrize(("build", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_by_its_field(build: Build, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        build()


def test_the_cases_without_a_fault_are_built() -> None:
    assert Case(**emptied()) and Case(**graded()) and Case(**levered())
    assert isinstance(emptied()["task"], Emptied)
