"""A coding agent of a user's own, small enough for tests of what any agent may do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from peerwatch.critics.agents import CodingAgent, OnMachine, Start


class Small(CodingAgent):
    name = "small"
    title = "Small Agent"
    source = OnMachine(str(Path(__file__).resolve().parent / "small"), version="1")
    program = "small-agent"
    shell = "run"
    command = "line"
    traces = r"/home/[^/]+/\.small/.*"
    continues = True

    def arguments(self, start: Start) -> Sequence[str]:
        options = ["--continue"] if start.again else []
        return [*options, start.openai_url, start.system, start.prompt]


class Forgetful(Small):
    name = "forgetful"
    continues = False


class Deaf(Small):
    """Does not stop where its model says that the task has ended."""

    name = "deaf"

    def arguments(self, start: Start) -> Sequence[str]:
        return ["--deaf", *super().arguments(start)]
