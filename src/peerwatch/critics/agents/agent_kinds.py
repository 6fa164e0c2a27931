"""The coding agents there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.critics.agents import claude_code, codex, gemini_cli, openclaw, opencode
from peerwatch.critics.agents.agent_kind import Kind
from peerwatch.design.worlds import AGENTS

MODULES: Mapping[str, ModuleType] = MappingProxyType(
    {module.KIND.name: module for module in (claude_code, codex, gemini_cli, opencode, openclaw)}
)
"""One module an agent: ``KIND``, what it is, and ``agent``, which starts it."""


def kind_of(name: str) -> Kind:
    """Return a coding agent by name.

    Raises:
        PeerwatchError: There is none of that name.
    """
    if name not in MODULES:
        raise PeerwatchError(unknown("coding agent", name, AGENTS))
    kind: Kind = MODULES[name].KIND
    return kind
