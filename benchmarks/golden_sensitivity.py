"""How many changes of texts, tools and detectors the golden tests see.

Usage: python benchmarks/golden_sensitivity.py [--only ROOM ...] [--every N] [--list]

Every constant is changed, one at a time: a letter of each text, each number up and down, each entry
of a list of words left out. The changed module lives in the memory of a process of its own; no file
is touched. A change is seen where a golden file differs, or where nothing runs any more. What is
not seen is printed, to be read: most of it is text for whoever runs a study, and no critic's.

The reference is no change at all, which has to go unseen; exits 1 where it does not. It takes about
two hours on one core.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.machinery
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
TIMEOUT = 120
"""Seconds that the tests may take over one change; one that makes them hang is seen."""


@dataclass(frozen=True)
class Room:
    """Constants to change, and who should see it."""

    places: tuple[str, ...]
    """Files and folders below the package; after a colon the names that are looked at alone."""
    goldens: tuple[str, ...] = ("texts", "identities")
    first: tuple[str, ...] = ("grading", "file_transfer", "finance_report")
    """Sections that are looked at first, because they see most."""
    alone: bool = False
    """Whether the other sections need not be looked at."""
    episodes: bool = False
    """Whether what is kept are verdicts, so that the episodes can be had beforehand."""


ROOMS: dict[str, Room] = {
    "wordings": Room(("design/factors", "design/critic_names.py")),
    "families": Room(("families",)),
    "tools": Room(
        (
            "sessions/toolset.py", "sessions/shell_toolset.py", "sessions/session.py",
            "sessions/interview.py:QUESTIONS,ANSWER,ANSWER_TOOL", "sessions/shell_session.py",
            "sessions/tool_arguments.py",
        ),
        ("texts",),
        ("tools", "answers of tools", "answers of the shell world", "loop and interview"),
        alone=True,
    ),
    "loop": Room(
        (
            "critics/tool_loop.py:GO_ON,SILENT_TURNS,ASK_ATTEMPTS,ASK_FOR_CHANGES,as_tool",
            "critics/local/chat_prompt.py",
            "critics/local/grammar.py:MAX_STRING,MAX_LONG_STRING,LONG_NAMES,MAX_ITEMS",
            "critics/agents/agent_critic.py:NOTES,_TOOLS,prompts_for_agent",
            "critics/agents/watch.py:CLOSED", "critics/agents/openclaw.py:_config",
            "critics/agents/claude_code.py:ClaudeCode", "critics/agents/codex.py:Codex",
            "critics/agents/gemini_cli.py:GeminiCLI", "critics/agents/opencode.py:OpenCode",
            "critics/agents/agent_kind.py:SERVER", "critics/agents/agent_source.py:PREFIX",
            "critics/agents/launch.py:_SCRIPT",
        ),
        ("texts",),
        ("loop and interview", "coding agents", "local model", "tools as offered"),
        alone=True,
    ),
    "world": Room(
        (
            "world/memory.py", "world/transfer.py", "world/listings.py", "world/admin_commands.py",
            "world/access.py", "world/paths.py", "world/applied_outcomes.py",
        ),
        ("texts",),
        ("answers of tools",),
        alone=True,
    ),
    "behaviours": Room(("behaviours",), ("texts",), ("tools",), alone=True, episodes=True),
}  # fmt: skip

NOT_READ = frozenset(
    {"DesignError", "PeerwatchError", "ValueError", "LookupError", "RuntimeError", "HostsError"}
)
"""Errors whose words are for whoever runs a study, and for no critic."""


@dataclass(frozen=True)
class Edit:
    """One change of one module."""

    file: str
    line: int
    text: str
    """The source line of the constant."""
    what: str
    """What was changed into what, in short."""
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


Step = tuple[str, int | None]
"""A field of a node, and the place in it where it is a list."""
Change = Callable[[Any, Any, Step], None]


def edits_of(path: Path, names: Sequence[str], words_are_read: bool) -> Iterator[Edit]:
    """Yield every change of one file.

    Args:
        path: The file.
        names: Constants and functions to look at; all there are if there is none.
        words_are_read: Whether running text in f-strings is part of what is kept: it is where a
            critic reads it, and not where it is a sentence of evidence for a person.
    """
    source = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    name = str(path.relative_to(SOURCE / "peerwatch"))
    for trail in _places(tree, words_are_read):
        node = _at(tree, trail)
        if names and not set(names) & set(_defined(tree.body[trail[0][1] or 0])):
            continue
        for what, change in _changes(node, _at(tree, trail[:-1])):
            changed = copy.deepcopy(tree)
            change(_at(changed, trail), _at(changed, trail[:-1]), trail[-1])
            line = lines[node.lineno - 1].strip()
            yield Edit(name, node.lineno, line, what, ast.fix_missing_locations(changed))


def _places(
    node: ast.AST, words_are_read: bool, trail: tuple[Step, ...] = ()
) -> Iterator[tuple[Step, ...]]:
    """Yield where constants stand that a running program uses."""
    if isinstance(node, ast.Constant):
        yield trail
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "format_spec") or _is_left_out(node, field):
            continue
        inner = value if isinstance(value, list) else [value]
        for number, child in enumerate(inner):
            if not isinstance(child, ast.AST) or _is_plain_text(child):
                continue
            if not words_are_read and isinstance(node, ast.JoinedStr):
                continue
            step = (field, number if isinstance(value, list) else None)
            yield from _places(child, words_are_read, (*trail, step))


def _defined(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at the top of a module gives a value."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    yield from (one.id for one in targets if isinstance(one, ast.Name))


def _is_left_out(node: ast.AST, field: str) -> bool:
    """Return whether a part of a node says nothing to a critic or detector."""
    if isinstance(node, ast.Raise):
        called = node.exc.func if isinstance(node.exc, ast.Call) else None
        return isinstance(called, ast.Name) and called.id in NOT_READ
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and node.value.id in ("Literal", "Mapping")
    if isinstance(node, ast.Assign):
        return any(isinstance(one, ast.Name) and one.id == "__all__" for one in node.targets)
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _is_plain_text(child: ast.AST) -> bool:
    """Return whether a statement is a text and nothing else: it says what it stands below."""
    return isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)


def _at(tree: ast.AST, trail: Sequence[Step]) -> Any:
    found: Any = tree
    for field, number in trail:
        found = getattr(found, field) if number is None else getattr(found, field)[number]
    return found


def _changes(node: ast.Constant, parent: ast.AST) -> Iterator[tuple[str, Change]]:
    value = node.value
    if isinstance(value, bool) or value is None or value is Ellipsis:
        return
    if isinstance(value, (int, float)):
        for near in _near(value):
            yield f"{value!r} -> {near!r}", _put(near)
    elif isinstance(value, str) and value:
        other = _other_letter(value)
        yield f"{_short(value)} -> {_short(other)}", _put(other)
        # Wordings are told apart by their place; one that is missing is seen by its length.
        if isinstance(parent, (ast.Tuple, ast.List, ast.Set)) and " " not in value:
            yield f"{_short(value)} left out", _leave_out


def _near(value: float) -> tuple[float, float]:
    if isinstance(value, int):
        return value + 1, value - 1
    return value * 1.1 + 1e-12, value * 0.9 - 1e-12


def _other_letter(text: str) -> str:
    """Return a text with one letter changed, outside of slots and escapes."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if depth == 0 and letter.isalpha() and letter.isascii() and text[place - 1 : place] != "\\":
            other = "q" if letter.lower() != "q" else "z"
            return text[:place] + (other.upper() if letter.isupper() else other) + text[place + 1 :]
    return "q" if len(text) == 1 else text[:-1]


def _short(text: str) -> str:
    return repr(text if len(text) <= 44 else text[:41] + "...")


def _put(other: object) -> Change:
    def change(node: Any, parent: Any, step: Step) -> None:
        node.value = other
        node.kind = None

    return change


def _leave_out(node: Any, parent: Any, step: Step) -> None:
    del parent.elts[step[1]]


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module in memory instead of on the disk."""

    def __init__(self, edit: Edit) -> None:
        path = SOURCE / "peerwatch" / edit.file
        parts = ["peerwatch", *Path(edit.file).with_suffix("").parts]
        self._package = parts[-1] == "__init__"
        self._name = ".".join(parts[:-1] if self._package else parts)
        self._path = str(path)
        self._code: CodeType = compile(edit.tree, self._path, "exec")

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self._name:
            return None
        spec = importlib.machinery.ModuleSpec(
            name, self, origin=self._path, is_package=self._package
        )
        spec.has_location = True
        if self._package:
            spec.submodule_search_locations = [os.path.dirname(self._path)]
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def is_seen(edit: Edit | None, room: Room) -> bool:
    """Return whether a golden file differs under a change, in a process of its own."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return status != 0
    try:
        signal.alarm(TIMEOUT)
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        if edit is not None:
            sys.meta_path.insert(0, _Changed(edit))
        if room.episodes and _judged_otherwise():
            os._exit(1)
        os._exit(int(_differs(room)))
    except BaseException:
        os._exit(2)


def _differs(room: Room) -> bool:
    """Return whether what is kept of texts is otherwise than what is found."""
    for name in [name for name in sys.modules if name.startswith(("peerwatch", "tests"))]:
        del sys.modules[name]
    golden = importlib.import_module("tests.golden.golden")
    files = importlib.import_module("tests.golden.files")
    by_name = {one.path.stem: one for one in golden.goldens()}
    for name in room.goldens:
        one = by_name[name]
        kept = files.read(one.path).sections
        others = [section for section in one.sections if section not in room.first]
        first = [section for section in room.first if section in one.sections]
        for section in first if room.alone else (*first, *others):
            found = one.sections[section]()
            if one.changed(section, kept.get(section, {}), found).other:
                return True
    return False


@cache
def episodes() -> list[tuple[str, Any, Any]]:
    """Return what is kept of every episode, the episode and its labels, in a mixed order."""
    made = importlib.import_module("tests.golden.made_episodes")
    verdicts = importlib.import_module("tests.golden.verdicts")
    golden = importlib.import_module("tests.golden.golden")
    files = importlib.import_module("tests.golden.files")
    found = []
    for one in golden.goldens():
        if one.changed is not verdicts.verdicts_changed:
            continue
        for section, entries in files.read(one.path).sections.items():
            by_hand = made.MADE.get(section.removeprefix("made by hand, "))
            all_of = by_hand() if by_hand else verdicts.organism_episodes(section)
            found += [(entries[name], one, made.labels_of(name)) for name, one, *_ in all_of]
    random.Random(1).shuffle(found)
    return found


def _judged_otherwise() -> bool:
    """Return whether an episode is judged otherwise by the detectors, imported anew."""
    verdicts = importlib.import_module("tests.golden.verdicts")
    for name in [name for name in sys.modules if name.startswith("peerwatch.behaviours")]:
        del sys.modules[name]
    vars(verdicts)["detect"] = importlib.import_module("peerwatch.behaviours.detect").detect
    return any(
        verdicts.kept_of(record, line.partition(" | ")[0], labels) != line
        for line, record, labels in episodes()
    )


def edits_in(room: str) -> Iterator[Edit]:
    """Yield the changes of a room."""
    for place in ROOMS[room].places:
        where, _, names = place.partition(":")
        path = SOURCE / "peerwatch" / where
        for file in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            yield from edits_of(
                file, names.split(",") if names else (), words_are_read=room != "behaviours"
            )


def main() -> int:
    """Make every change, print what was seen, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=ROOMS, default=list(ROOMS), metavar="ROOM")
    parser.add_argument("--list", action="store_true", help="print the changes and make none")
    parser.add_argument("--every", type=int, default=1, help="make every n-th change only")
    asked = parser.parse_args()
    sys.path[:0] = [str(SOURCE), str(ROOT)]
    sys.dont_write_bytecode = True
    for heavy in ("yaml", "pydantic", "pytest", "inspect_ai.tool", "inspect_ai.model"):
        importlib.import_module(heavy)  # once, and not in every process
    for room in asked.only:
        edits = list(edits_in(room))[:: asked.every]
        if asked.list:
            print(*edits, sep="\n")
        elif not _held(room, edits):
            return 1
    return 0


def _held(room: str, edits: Sequence[Edit]) -> bool:
    """Make the changes of a room, and return whether it is as it should be."""
    if ROOMS[room].episodes:
        episodes()  # once, and not in every process
    if is_seen(None, ROOMS[room]):
        print(f"{room}: the golden tests fail without any change")
        return False
    start, seen = time.monotonic(), 0
    for edit in edits:
        if is_seen(edit, ROOMS[room]):
            seen += 1
        else:
            print(f"  not seen: {edit}    {edit.text[:60]}", flush=True)
    minutes = (time.monotonic() - start) / 60
    print(f"{room}: {seen} of {len(edits)} changes seen, in {minutes:.1f} min", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
