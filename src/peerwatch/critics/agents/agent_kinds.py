"""The coding agents there are: those that are built in, and those in files of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType, ModuleType

from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.python_files import import_file, is_reference, split_reference
from peerwatch.critics.agents import claude_code, codex, gemini_cli, openclaw, opencode
from peerwatch.critics.agents.agent_checks import check_class
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.design.worlds import AGENTS, OWN_AGENT

MODULES: Mapping[str, ModuleType] = MappingProxyType(
    {module.KIND.name: module for module in (claude_code, codex, gemini_cli, opencode, openclaw)}
)
"""One module an agent, whose ``KIND`` is the agent."""


def kind_of(name: str) -> CodingAgent:
    """Return a coding agent.

    Args:
        name: A built-in name, or ``file.py@name`` for a class in a file.

    Raises:
        PeerwatchError: There is none of that name, or the class in the file lacks something.
    """
    if is_reference(name):
        path, wanted = split_reference(name)
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            raise PeerwatchError(
                f"There is no file {path} to load the coding agent '{wanted}' from."
            ) from None
        return _from_file(path, wanted, changed)
    if name not in MODULES:
        hint = OWN_AGENT if name.endswith(".py") else ""
        raise PeerwatchError(unknown("coding agent", name, AGENTS) + hint)
    kind: CodingAgent = MODULES[name].KIND
    return kind


@lru_cache(maxsize=64)
def _from_file(path: Path, wanted: str, changed: int) -> CodingAgent:
    """Return an agent of a file; ``changed`` is when the file was written, so that edits count."""
    module = import_file(path, "agents")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, CodingAgent)
        and value.__module__ == module.__name__
    ]
    if not found:
        raise PeerwatchError(
            f"{path} defines no coding agent: a subclass of peerwatch.critics.agents.CodingAgent."
        )
    named = {str(cls.name): cls for cls in found}
    if wanted not in named:
        lacking = [cls.__name__ for cls in found if not cls.name]
        hint = f" Without a name: {', '.join(lacking)}." if lacking else ""
        known = [name for name in named if name]
        raise PeerwatchError(unknown(f"coding agent in {path}", wanted, known) + hint)
    if wanted in AGENTS:
        raise PeerwatchError(f"{path}: '{wanted}' is the name of a built-in agent. Choose another.")
    check_class(named[wanted], path)
    kind = named[wanted]()
    kind.file = str(path)
    return kind
