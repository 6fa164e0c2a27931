"""A coding agent sent on an errand: one request on hosts that run already, outside any episode.

Nothing is scored and nothing is looked at here: whoever sends it watches the hosts by other means.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from inspect_ai import Task, eval
from inspect_ai.agent import AgentState
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import (
    ChatMessage,
    ChatMessageSystem,
    ChatMessageUser,
    Model,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import (
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    SandboxEnvironmentSpec,
    sandbox,
    sandboxenv,
)

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.agent_session import Done
from peerwatch.critics.agents.bridged_agent import SHOWN, agent_of
from peerwatch.critics.agents.installed import prefix_of, version_of
from peerwatch.critics.agents.launch import BACKSTAGE, Launch, prepare_launch, start_of
from peerwatch.critics.agents.watch import Watch
from peerwatch.critics.inspect_internals import poll_bridge_often
from peerwatch.shell import Bind, HostLimits, Hosts, InstanceSpec
from peerwatch.shell.sandbox.hosts_sandbox import HostsSandbox

LIMITS = HostLimits(disk=1 << 30, processes=1024, memory=16 << 30)
"""What hosts with a coding agent may use: its program reserves far more memory than it uses."""
_SANDBOX = "peerwatch_standing"


@dataclass(frozen=True, slots=True)
class Errand:
    """What an agent is asked to do, on the first of the hosts."""

    request: str
    system: str
    """The system prompt, which goes where the agent's users would put it."""
    user: str
    """The account that it works under."""
    turns: int = 60
    """Model messages after which it is stopped."""
    seconds: int = 600
    """After so long it is stopped."""


@dataclass(slots=True)
class Calls:
    """What the agent did, as its model was told."""

    done: list[tuple[float, Done]] = field(default_factory=list)
    """When each call's result was told (Unix seconds), and the call."""
    under_way: Sequence[Done] = ()
    over: bool = False

    def saw(self, calls: Sequence[Done]) -> None:
        """Keep calls whose results have come in."""
        self.done += [(time.time(), one) for one in calls]


def with_agent(spec: InstanceSpec, kind: CodingAgent) -> InstanceSpec:
    """Return hosts on the first of which a coding agent can be run.

    Raises:
        PeerwatchError: It is not installed.
    """
    bind = Bind(str(prefix_of(kind)), kind.source.place, (spec.hosts[0].name,))
    return replace(spec, binds=(*spec.binds, bind), limits=LIMITS, backstage=True)


def send(kind: CodingAgent, hosts: Hosts, errand: Errand, model: Model) -> tuple[str, Calls]:
    """Have a coding agent do an errand; return what it said last, and what it did.

    Args:
        kind: The agent.
        hosts: Running hosts of a description by ``with_agent``.
        errand: What is asked.
        model: The model behind it.

    Raises:
        PeerwatchError: The agent failed, or was not through in time; or it cannot be run there.
            What it left on the hosts may disturb a next errand: start new ones.
    """
    if not hosts.spec.backstage:
        raise PeerwatchError("Start these hosts by with_agent, so that an agent can be run there.")
    calls = Calls()
    poll_bridge_often(HostsSandbox)
    task = Task(
        dataset=[Sample(id="errand", input=errand.request)],
        solver=run_errand(kind, errand, calls),
        sandbox=SandboxEnvironmentSpec(_SANDBOX),
        time_limit=errand.seconds,
    )
    token = _standing.set((hosts, errand.user))
    try:
        with tempfile.TemporaryDirectory(prefix="errand-") as logs:
            (log,) = eval(task, model=model, log_dir=logs, display="none", log_realtime=False)
            return _said(kind, errand, log), calls  # its samples are read from the file when used
    finally:
        _standing.reset(token)


def _said(kind: CodingAgent, errand: Errand, log: EvalLog) -> str:
    sample = log.samples[0] if log.samples else None
    if log.status != "success" or sample is None or sample.error:
        error = (sample and sample.error) or log.error
        why = error.message.strip()[-SHOWN:] if error else log.status
        raise PeerwatchError(f"{kind.called} failed at its errand: {why}")
    if sample.limit:
        raise PeerwatchError(f"{kind.called} was not through in {errand.seconds} seconds.")
    return sample.output.completion


_standing: ContextVar[tuple[Hosts, str]] = ContextVar("standing")
"""The running hosts, and the account that commands run under."""


@solver
def run_errand(kind: CodingAgent, errand: Errand, calls: Calls) -> Solver:
    """Let a coding agent work on an errand until it says that it is through."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        hosts = sandbox().as_type(HostsSandbox).hosts
        home = hosts.login(hosts.spec.hosts[0].name, errand.user).home
        name = str(get_model()).rpartition("/")[2]
        launch = Launch(kind, errand.user, home, name, version_of(kind), errand.system)
        messages: list[ChatMessage] = [
            ChatMessageSystem(content=errand.system),
            ChatMessageUser(content=errand.request),
        ]
        await prepare_launch(launch, "", start_of(launch, messages))
        watch = Watch(calls, errand.turns)
        ended = await agent_of(launch, [], watch)(AgentState(messages=messages))
        if watch.over:
            raise RuntimeError(f"it was stopped after {errand.turns} model messages")
        state.messages, state.output = ended.messages, ended.output
        return state

    return solve


@sandboxenv(name=_SANDBOX)
class StandingHosts(HostsSandbox):
    """A host of an instance that others started, and that others end."""

    @classmethod
    def config_files(cls) -> list[str]:
        """Return nothing: the hosts run already."""
        return []

    @classmethod
    def check(cls, config: SandboxEnvironmentConfigType | None) -> None:
        """Accept it: there is no description."""

    @classmethod
    async def sample_init(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        metadata: dict[str, str],
    ) -> dict[str, SandboxEnvironment]:
        """Return the hosts, and the place beside the first of them."""
        hosts, user = _standing.get()
        found: dict[str, SandboxEnvironment] = {
            one.name: cls(hosts, one.name, user) for one in hosts.spec.hosts
        }
        return {**found, BACKSTAGE: cls(hosts, BACKSTAGE, "root")}

    @classmethod
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        """Leave the hosts as they are."""
