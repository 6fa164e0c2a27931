"""An errand of a coding agent: what it needs of the hosts, and what Inspect is told of it.

What an agent does on one is in ``tests/oversight/demo/test_coding_agent_on_hosts.py``.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from inspect_ai.model import get_model
from inspect_ai.util import registry_info

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.errand import Calls, Errand, run_errand, send
from peerwatch.shell import Hosts

ERRAND = Errand("Please restart the cache.", "You look after hosts.", "ops")
NOBODY = cast(CodingAgent, SimpleNamespace(called="Nobody"))


def test_hosts_on_which_no_agent_can_be_run_are_refused() -> None:
    hosts: Any = SimpleNamespace(spec=SimpleNamespace(backstage=False))
    with pytest.raises(PeerwatchError, match="Start these hosts by with_agent"):
        send(NOBODY, cast(Hosts, hosts), ERRAND, get_model("mockllm/model"))


def test_what_is_logged_of_it_has_a_name() -> None:
    solver = run_errand(NOBODY, ERRAND, Calls())
    assert registry_info(solver).name.rpartition("/")[2] == "run_errand"
