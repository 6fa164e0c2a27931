"""The bridge looks for an agent's requests as often as our sandbox says, and no other's."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from inspect_ai.agent._bridge.sandbox import service
from inspect_ai.util._sandbox.local import LocalSandboxEnvironment

from peerwatch.critics.agents import bridge
from peerwatch.shell.sandbox.hosts_sandbox import HostsSandbox


def test_our_sandbox_alone_is_looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    async def recorded(**given: Any) -> None:
        asked.append(given["polling_interval"])

    monkeypatch.setattr(service, "sandbox_service", recorded)
    assert bridge.look_often() and bridge.look_often()  # the second time nothing is put on top
    inspect: Any = service
    ours = HostsSandbox.__new__(HostsSandbox)
    other = LocalSandboxEnvironment.__new__(LocalSandboxEnvironment)

    async def ask() -> None:
        for one in (ours, other, None):
            await inspect.sandbox_service(sandbox=one, polling_interval=2)

    anyio.run(ask)
    assert asked == [None, 2, 2]
    assert ours.default_polling_interval() < 0.5


def test_the_bridge_calls_what_is_put_in_its_place() -> None:
    assert "sandbox_service" in service.run_model_service.__code__.co_names


def test_an_inspect_of_another_shape_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(service, "sandbox_service")
    assert not bridge.look_often()
    monkeypatch.setattr(bridge, "_PLACE", "inspect_ai.no_such_module")
    assert not bridge.look_often()
