"""What we touch of Inspect's and inspect-swe's private parts is still there, in its old shape."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import pytest
from inspect_ai.model import get_model
from inspect_ai.util._sandbox.local import LocalSandboxEnvironment

import peerwatch
from peerwatch.critics import inspect_internals
from peerwatch.critics.inspect_internals import (
    BRIDGE_SERVICE,
    GEMINI_PROGRAM,
    is_prerequisite_error,
    one_line,
    poll_bridge_often,
    was_interrupted,
)
from peerwatch.shell.sandbox.hosts_sandbox import HostsSandbox


def changed(what: str, package: str = "inspect-ai") -> str:
    """Return what a failing test says."""
    return f"{package} {version(package)} has changed: {what} (see critics/inspect_internals.py)"


def part(module: str, name: str) -> Any:
    """Return something private, or fail."""
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError):
        pytest.fail(changed(f"there is no {module}.{name}", module.partition(".")[0]))


def test_the_bridge_still_polls_by_the_name_that_is_put_in_its_place() -> None:
    part(BRIDGE_SERVICE, "sandbox_service")
    source = inspect.getsource(part(BRIDGE_SERVICE, "run_model_service"))
    (call,) = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "sandbox_service"
    ]
    given = {word.arg: ast.unparse(word.value) for word in call.keywords}
    assert "sandbox" in given, changed("the bridge names no sandbox where it polls")
    assert given.get("polling_interval") == "2", changed("how often the bridge polls")


def test_no_interval_means_that_of_the_sandbox() -> None:
    asked = inspect.signature(part("inspect_ai.util._sandbox.service", "sandbox_service"))
    assert asked.parameters["polling_interval"].default is None, changed("sandbox_service")


def test_our_sandbox_alone_is_polled_often(monkeypatch: pytest.MonkeyPatch) -> None:
    service: Any = import_module(BRIDGE_SERVICE)
    asked: list[Any] = []

    async def recorded(**given: Any) -> None:
        asked.append(given["polling_interval"])

    monkeypatch.setattr(service, "sandbox_service", recorded)
    for _ in range(2):  # the second time nothing is put on top
        assert poll_bridge_often(HostsSandbox)
    ours, other = (
        HostsSandbox.__new__(HostsSandbox),
        LocalSandboxEnvironment.__new__(LocalSandboxEnvironment),
    )

    async def ask() -> None:
        for one in (ours, other, None):
            await service.sandbox_service(sandbox=one, polling_interval=2)

    anyio.run(ask)
    assert asked == [None, 2, 2]
    assert ours.default_polling_interval() < 0.5


def test_a_bridge_of_another_shape_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(import_module(BRIDGE_SERVICE), "sandbox_service")
    assert not poll_bridge_often(HostsSandbox)
    monkeypatch.setattr(inspect_internals, "BRIDGE_SERVICE", "inspect_ai.no_such_module")
    assert not poll_bridge_often(HostsSandbox)


def test_a_missing_key_is_still_a_prerequisite_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openai")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(Exception) as caught:
        get_model("openai/gpt-5.2")
    assert is_prerequisite_error(caught.value), changed("the error for a missing key")
    told = one_line(caught.value)
    assert "OPENAI_API_KEY" in told, changed("where the message of PrerequisiteError is")
    assert not re.search(r"\[/?\w+\]|\n|^ERROR", told)


def test_other_errors_are_none_and_keep_their_text() -> None:
    assert not is_prerequisite_error(ValueError("x"))
    assert one_line(ValueError("ERROR: a\n  b")) == "a b"
    assert one_line(ValueError("a [/b] c")) == "a [/b] c"


def test_an_interrupt_is_still_written_as_before() -> None:
    written = part("inspect_ai._util.error", "exception_message")
    assert was_interrupted(written(asyncio.CancelledError())), changed("a cancellation's text")
    known = part("inspect_ai._util.error", "is_cancellation_message")
    for message in ("CancelledError()", "Cancelled(source='deadline')"):
        assert was_interrupted(message) and known(message), changed("the forms of an interrupt")
    assert not was_interrupted("ValueError('Cancelled()')")


def test_gemini_cli_is_still_looked_for_in_the_same_place() -> None:
    pytest.importorskip("inspect_swe")
    place = part("inspect_swe._util.sandbox", "SANDBOX_INSTALL_DIR")
    looks = part("inspect_swe._gemini_cli.agentbinary", "ensure_gemini_cli_installed")
    below = GEMINI_PROGRAM.removeprefix(f"{place}/gemini-cli")
    told = changed("where Gemini CLI is looked for", "inspect-swe")
    assert below == "/node_modules/.bin/gemini", told
    source = inspect.getsource(looks)
    assert "{SANDBOX_INSTALL_DIR}/gemini-cli" in source and below in source, told


def test_private_modules_are_named_nowhere_else() -> None:
    private = re.compile(r"\binspect_(ai|swe)(\.\w+)*\._")
    places = {
        file.name
        for file in Path(peerwatch.__file__).parent.rglob("*.py")
        if private.search(file.read_text(encoding="utf-8"))
    }
    assert places == {"inspect_internals.py"}
