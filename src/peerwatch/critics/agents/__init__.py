"""Coding agents as critics: unchanged, in the shell world, talking to any Inspect model.

The agent runs on the host that a critic works from and acts through its own tools. Its model calls
go to the model under test; ``finish_task`` reaches it as a tool of an MCP server, or as a command
of the host. What it did is read from outside, as always. An agent is one class; those of a user's
own are named ``file.py@name``.
"""

from peerwatch.critics.agents.agent_kind import CodingAgent, Start
from peerwatch.critics.agents.agent_source import Npm, OnMachine, PyPI

__all__ = ["CodingAgent", "Npm", "OnMachine", "PyPI", "Start"]
