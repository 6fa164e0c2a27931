"""Coding agents have to be installed; where they are not, a test is skipped and says so."""

from __future__ import annotations

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.installed import check_agents


def need(*names: str) -> None:
    """Skip the test where an agent cannot be run here."""
    try:
        check_agents(names)
    except PeerwatchError as error:
        pytest.skip(str(error))
