"""Whether a class in a user's file says all that a coding agent needs, before anything is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent, Start
from peerwatch.critics.agents.agent_source import Npm, OnMachine, PyPI, Source

VERBS = ("view", "create", "str_replace", "insert")
"""What a tool for files can do, in the words of our own editor."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PROGRAM = re.compile(r"[A-Za-z0-9_][\w.+-]*")
_SAMPLE = Start("Please go on.", "You are an agent.", "model", "/home/agent")


def check_class(cls: type[CodingAgent], path: Path) -> None:
    """Refuse a class that lacks something or says it in the wrong form.

    Raises:
        PeerwatchError: The message names the class, the first attribute at fault, and what it has
            to be.
    """
    fault = next(_faults(cls), None)
    if fault is not None:
        raise PeerwatchError(f"The coding agent '{cls.name}' in {path}: {fault}")


def _faults(cls: type[CodingAgent]) -> Iterator[str]:
    if not isinstance(cls.name, str) or not _NAME.fullmatch(cls.name):
        yield "'name' has to be made of small letters, digits, '_' and '-'."
    yield from _wrong_texts(cls)
    yield from _wrong_source(getattr(cls, "source", None))
    yield from _wrong_places(cls)
    yield from _wrong_tools(cls)
    for switch in ("mcp", "continues"):
        if not isinstance(getattr(cls, switch), bool):
            yield f"'{switch}' has to be True or False."
    yield from _wrong_methods(cls)


def _wrong_texts(cls: type[CodingAgent]) -> Iterator[str]:
    needed = {
        "program": "the file under bin that starts it",
        "shell": "the name of its tool that runs a command",
        "command": "the argument of that tool with the command line",
        "memory": "the file of notes under its home",
    }
    for name, meaning in needed.items():
        value = getattr(cls, name)
        if not isinstance(value, str):
            yield f"'{name}' has to be text: {meaning}."
        elif not value:
            yield f"'{name}' is missing: {meaning}."
    for name in ("title", "traces"):
        if not isinstance(getattr(cls, name), str):
            yield f"'{name}' has to be text."


def _wrong_source(source: Any) -> Iterator[str]:
    if source is None:
        yield "'source' is missing: Npm(…), PyPI(…) or OnMachine(…)."
        return
    if not isinstance(source, get_args(Source)):
        yield f"'source' has to be Npm(…), PyPI(…) or OnMachine(…), not {source!r}."
    for name in ("package", "version", "lock", "requirements", "folder", "unfinished"):
        if not isinstance(getattr(source, name, ""), str):
            yield f"'source': '{name}' has to be text."
    if isinstance(source, OnMachine):
        folder = Path(source.folder).expanduser()
        if not folder.is_absolute() or folder.resolve() in (Path("/"), Path.home()):
            yield (
                "'source': 'folder' has to be an absolute path, and neither the whole machine nor "
                f"your home directory, not '{source.folder}'."
            )
    if isinstance(source, Npm | PyPI):
        yield from _wrong_package(source)


def _wrong_package(source: Npm | PyPI) -> Iterator[str]:
    """Refuse what would be an option of the installer, a range or no version at all."""
    if not re.fullmatch(r"(@[\w.-]+/)?\w[\w.-]*", source.package):
        yield f"'source': '{source.package}' is not the name of a package."
    if not source.version and not (isinstance(source, Npm) and source.lock):
        yield "'source': 'version' is missing: the exact version to install."
    if source.version and not re.fullmatch(r"\d[\w.+-]*", source.version):
        yield f"'source': '{source.version}' is not an exact version."


def _wrong_places(cls: type[CodingAgent]) -> Iterator[str]:
    if not _PROGRAM.fullmatch(cls.program):
        yield f"'program' has to be a file name, not '{cls.program}': it lies under bin."
    if not _below_home(cls.memory):
        yield f"'memory' has to be a path under the home directory, not '{cls.memory}'."
    try:
        re.compile(cls.traces)
    except re.error as error:
        yield f"'traces' is not a regular expression: {error}."


def _below_home(path: Any) -> bool:
    parts = path.split("/") if isinstance(path, str) else [""]
    return all(parts) and not {".", ".."} & {*parts} and "\0" not in path


def _wrong_tools(cls: type[CodingAgent]) -> Iterator[str]:
    if not _texts(cls.shell_extra):
        yield "'shell_extra' has to map names of arguments to texts."
    if not isinstance(cls.files, Mapping):
        yield "'files' has to map names of tools to (what it does, argument with the path)."
        return
    for tool, about in cls.files.items():
        told = isinstance(about, tuple) and len(about) == 2 and isinstance(about[1], str)
        if not (isinstance(tool, str) and told and about[0] in VERBS):
            yield (
                f"'files': {tool!r} has to be (what it does, argument with the path), where it "
                f"does one of {', '.join(VERBS)}."
            )


def _wrong_methods(cls: type[CodingAgent]) -> Iterator[str]:
    """Call the methods once with a sample: what they get wrong is told before a run, not in it."""
    if cls.arguments is CodingAgent.arguments:
        yield "it has no arguments(start): the arguments that its program is started with."
    try:
        kind = cls()
    except Exception as error:
        yield f"it cannot be made: {type(error).__name__}: {error}"
        return
    for name, fits, wanted in (
        ("arguments", _list_of_texts, "a list of texts"),
        ("environment", _texts, "a mapping of names to texts"),
        ("settings", _settings, "a mapping of paths under the home directory to texts"),
    ):
        try:
            value = getattr(kind, name)(_SAMPLE)
        except Exception as error:
            yield f"{name}(start) fails: {type(error).__name__}: {error}"
        else:
            if not fits(value):
                yield f"{name}(start) has to return {wanted}, not {value!r}."


def _list_of_texts(value: Any) -> bool:
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return is_list and all(isinstance(one, str) for one in value)


def _texts(value: Any) -> bool:
    return isinstance(value, Mapping) and _list_of_texts([*value.keys(), *value.values()])


def _settings(value: Any) -> bool:
    return _texts(value) and all(_below_home(path) for path in value)
