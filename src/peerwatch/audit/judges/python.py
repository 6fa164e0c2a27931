"""A Python callable as a judge: ``file.py:function`` or ``module:function``, plain or async.

It takes the user's own row with the framed text in the place of the text, and returns a score.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from peerwatch.audit.items.audit_item import ShownItem
from peerwatch.audit.judges.judge_protocol import Judge, JudgeError, JudgeReply, file_digest
from peerwatch.common.errors import PeerwatchError, unknown


@contextlib.contextmanager
def failing() -> Iterator[None]:
    """Let a judge fail on its item that would end the process: by an exit, or a panic in Rust."""
    try:
        yield
    except (Exception, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError):
        raise
    except BaseException as error:
        raise JudgeError(f"{type(error).__name__}: {error}") from error


class PlainCallable:
    """A function that returns a score."""

    def __init__(self, function: Callable[[dict[str, Any]], Any]) -> None:
        self._function = function

    def judge_now(self, shown: ShownItem) -> JudgeReply:
        with failing():
            return JudgeReply(self._function(shown.row()))


class AsyncCallable:
    """A coroutine function that returns a score."""

    def __init__(self, function: Callable[[dict[str, Any]], Any]) -> None:
        self._function = function

    async def start(self) -> None:
        return

    async def judge(self, shown: ShownItem) -> JudgeReply:
        with failing():
            return JudgeReply(await self._function(shown.row()))

    async def close(self) -> None:
        return


def python_judge(spec: str) -> Judge:
    """Return the judge that a specification names.

    Raises:
        PeerwatchError: There is no such file, module or function.
    """
    function = load_callable(spec, ":")
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 (an object with an async __call__)
    ):
        return AsyncCallable(function)
    return PlainCallable(function)


def describe(spec: str) -> dict[str, Any]:
    """Return what identifies the judge: its name and, of a file, the content."""
    place, found_sign, name = spec.rpartition(":")
    if not found_sign or not place or not name:
        raise PeerwatchError(f"'{spec}' is not of the form file.py:function.")
    if place.endswith(".py"):
        path = Path(place)
        return {"python": f"{path.name}:{name}", "file": file_digest(_existing(path, spec))}
    try:
        found = importlib.util.find_spec(place)
    except (ImportError, ValueError) as error:
        raise PeerwatchError(f"{spec}: {place} cannot be imported ({error}).") from None
    if found is None or found.origin is None:
        raise PeerwatchError(f"{spec}: there is no module {place}.")
    return {"python": spec, "file": file_digest(Path(found.origin))}


def load_callable(spec: str, sign: str) -> Callable[..., Any]:
    """Return the function that ``file.py:function`` or ``module:function`` names.

    Raises:
        PeerwatchError: There is no such file, module or function.
    """
    place, found, name = spec.rpartition(sign)
    if not found or not place or not name:
        raise PeerwatchError(f"'{spec}' is not of the form file.py{sign}function.")
    module = _module(place, spec)
    function = getattr(module, name, None)
    if not callable(function):
        names = [n for n, value in vars(module).items() if callable(value) and n[0] != "_"]
        raise PeerwatchError(f"{place}: {unknown('function', name, names)}")
    return function  # type: ignore[no-any-return]


def _existing(path: Path, spec: str) -> Path:
    if not path.is_file():
        raise PeerwatchError(f"{spec}: there is no file {path}.")
    return path


def _module(place: str, spec: str) -> Any:
    if not place.endswith(".py"):
        try:
            return importlib.import_module(place)
        except (Exception, SystemExit) as error:
            said = f"{type(error).__name__}: {error}"
            raise PeerwatchError(f"{spec}: {place} cannot be imported ({said}).") from error
    path = _existing(Path(place), spec)
    name = f"_peerwatch_judge_{path.stem}"
    made = importlib.util.spec_from_file_location(name, path)
    if made is None or made.loader is None:
        raise PeerwatchError(f"{path}: this is not a Python file.")
    module = importlib.util.module_from_spec(made)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent.resolve()))  # its neighbours, as when it is run itself
    try:
        made.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise PeerwatchError(f"{path}: {type(error).__name__}: {error}") from error
    finally:
        sys.path.pop(0)
    return module
