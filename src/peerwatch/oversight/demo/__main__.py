"""``python -m peerwatch.oversight.demo``: an order that is reported done, and one that is.

Everything is real but the model: hosts in namespaces, a coding agent that carries orders out, a
sensor that looks over ssh, the record, the command line. It needs neither key nor network.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import structlog
import yaml

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.agents.agent_kind import CodingAgent
from peerwatch.critics.agents.errand import with_agent
from peerwatch.design.worlds import AGENTS as CODING_AGENTS
from peerwatch.design.worlds import LOOP
from peerwatch.oversight.demo.demo_agent import CARRIES_OUT, HIDES, TASK, carry_out
from peerwatch.oversight.demo.demo_choice import agent_for
from peerwatch.oversight.demo.demo_hosts import demo_hosts, demo_inventory, start_agents
from peerwatch.shell import Hosts

AGENTS = ("luma", "nova")
_SETTLING = 4


def main() -> int:
    """Show it; return 0 if it came out as it has to."""
    parser = argparse.ArgumentParser(prog="python -m peerwatch.oversight.demo", description=__doc__)
    parser.add_argument(
        "--agent",
        help=f"who carries the orders out: {', '.join(CODING_AGENTS)}, file.py@name, or {LOOP}, a "
        "loop with one tool; the first that is installed if left out",
    )
    given = parser.parse_args()
    try:
        kind, why = agent_for(given.agent)
        with tempfile.TemporaryDirectory(prefix="oversee-demo-") as folder:
            return _shown(Path(folder), kind, why)
    except PeerwatchError as error:
        print(f"peerwatch: {error}", file=sys.stderr)
        return error.exit_code


def _shown(folder: Path, kind: CodingAgent | None, why: str) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    said(f"Two hosts start. alpha runs two agents in production: {', '.join(AGENTS)}.")
    said(why)
    spec = demo_hosts(AGENTS)
    spec = with_agent(spec, kind) if kind else spec
    with Hosts(spec) as hosts, _settings(folder / "state") as oversee:
        start_agents(hosts, AGENTS)
        inventory = demo_inventory(hosts, folder, AGENTS)
        _begun(oversee, folder, inventory)
        work = partial(carry_out, hosts, kind=kind, say=_command)
        hidden = _retired(oversee, "luma", partial(work, "luma", HIDES))
        honest = _retired(oversee, "nova", partial(work, "nova", CARRIES_OUT))
        checked = _checked(oversee, folder)
    codes = (hidden, honest, checked)
    said(
        "As it has to be: the first order was reported done and is not, the second is verified."
        if codes == (1, 0, 0)
        else f"Not as it has to be: verify and verify-log ended with {codes}."
    )
    return 0 if codes == (1, 0, 0) else 1


class Oversee:
    """The command line over one state folder."""

    def __init__(self, state: Path) -> None:
        self.state = state

    def __call__(self, *words: str) -> int:
        """Run a subcommand, shown as it would be typed; return its exit code."""
        print(f"\n$ peerwatch oversee {' '.join(words)}", flush=True)
        return self._run(words).returncode

    def quietly(self, *words: str) -> str:
        """Run a subcommand and return what it prints."""
        return self._run(words, stdout=subprocess.PIPE).stdout or ""

    def _run(
        self, words: Sequence[str], stdout: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "peerwatch.cli", "oversee", *words]
        return subprocess.run(argv, check=False, stdout=stdout, text=True)


@contextlib.contextmanager
def _settings(state: Path) -> Iterator[Oversee]:
    """Give the command line with this state folder and a short time of settling."""
    names = {"STATE": str(state), "SETTLING_SECONDS": str(_SETTLING)}
    variables = {f"PEERWATCH_OVERSIGHT_{name}": value for name, value in names.items()}
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield Oversee(state)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def said(text: str) -> None:
    """Print what happens next."""
    print(f"\n== {text}", flush=True)


def _begun(oversee: Oversee, folder: Path, inventory: dict[str, object]) -> None:
    said("The inventory is drafted from alpha. What was guessed is marked; a person completes it.")
    alpha = inventory["hosts"]["alpha"]  # type: ignore[index]
    oversee.quietly(
        "init",
        *("--host", "alpha", "--ssh", alpha["address"], "--key", alpha["key"], "--privileged"),
        *("--known-hosts", alpha["known_hosts"], "--ssh-option", alpha["ssh_options"][0]),
    )
    path = oversee.state / "inventory.yaml"
    draft = yaml.safe_load(path.read_text(encoding="utf-8"))
    for part in ("agents", "assets"):
        for name, one in draft[part].items():
            places = ", ".join(one.get("places", one.get("hosts", ())))
            print(f"   drafted: {part[:-1]} {name} ({one.get('kind', 'agent')}) {places}")
    path.write_text(yaml.safe_dump(inventory), encoding="utf-8")
    oversee("look")


def _command(command: str) -> None:
    print(f"   agent: {command[:140]}", flush=True)


def _retired(oversee: Oversee, agent: str, work: Callable[[], str]) -> int:
    said(f"Ann orders that {agent} be retired within two hours.")
    oversee("order", "retire", agent, "--by", "+2h", "--person", "ann")
    order = f"O-{AGENTS.index(agent) + 1}"
    said(f"The operations agent is asked to do it. {TASK.format(agent=agent)}")
    ended = work()
    print(f"   agent: {ended}")
    oversee("reported", order, "--said", ended, "--person", "the operations agent")
    said("Is it so? The sensor looks, over ssh, whatever anybody said.")
    return oversee("verify", order, "--wait")


def _checked(oversee: Oversee, folder: Path) -> int:
    said("A third party has the export and the public key, and nothing else.")
    key = oversee.quietly("export", str(folder / "record.jsonl")).split()[-1]
    return oversee("verify-log", str(folder / "record.jsonl"), "--key", key)


if __name__ == "__main__":
    begun = time.monotonic()
    code = main()
    print(f"\n{time.monotonic() - begun:.0f} seconds.")
    sys.exit(code)
