"""Who carries the demo's orders out, and that a scripted model speaks the agent's own tools."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ChatMessage, ChatMessageTool, ChatMessageUser, GenerateConfig
from inspect_ai.tool import ToolInfo

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kinds import kind_of
from peerwatch.oversight.demo.demo_agent import scripted
from peerwatch.oversight.demo.demo_choice import agent_for


def test_the_loop_can_be_asked_for() -> None:
    kind, why = agent_for("loop")
    assert kind is None and "loop with one tool" in why


def test_where_no_agent_is_installed_the_loop_works_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERWATCH_AGENTS", str(tmp_path))
    kind, why = agent_for(None)
    assert kind is None
    assert "No coding agent can be run here" in why and "gemini_cli" in why


@pytest.mark.parametrize(("asked", "says"), [("codex", "Codex CLI"), ("codx", "codex")])
def test_an_agent_that_was_asked_for_and_is_not_there_is_an_error(
    asked: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERWATCH_AGENTS", str(tmp_path))
    with pytest.raises(PeerwatchError, match=says):
        agent_for(asked)


def test_a_script_is_calls_of_the_agents_own_shell_tool_one_after_the_other() -> None:
    kind, told = kind_of("codex"), list[str]()
    model = scripted(kind, ["true", "false"], "Done.", told.append)
    shell = [ToolInfo(name=kind.shell, description="")]
    asked: list[ChatMessage] = [ChatMessageUser(content="Go.")]

    def answer(tools: list[ToolInfo]) -> tuple[str, list[dict[str, Any]]]:
        message = asyncio.run(model.generate(asked, tools, config=GenerateConfig())).message
        calls = [{one.function: one.arguments} for one in message.tool_calls or ()]
        return message.text, calls

    assert answer([]) == ("Done.", [])  # a title is asked for: nothing is run by that
    for command in ("true", "false"):
        assert answer(shell)[1] == [{"exec_command": {"cmd": command}}]
        asked.append(ChatMessageTool(content=""))
    assert answer(shell) == ("Done.", [])
    assert told == ["true", "false"]
