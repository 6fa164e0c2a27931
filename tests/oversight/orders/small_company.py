"""A company of two hosts and one agent, as looks see it: before an order, and once it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from peerwatch.oversight.facts import (
    AccountFact,
    ContainerFact,
    EndpointFact,
    FileFact,
    HostFacts,
    ProcessFact,
    ScheduleFact,
    UnitFact,
)
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.order import Order

START = 1_790_000_000.0
WEIGHTS = "/opt/luma/weights/luma.safetensors"
URL = "http://10.7.3.11:8080/v1/models"
AGENT_KEY = "SHA256:luma luma@alpha"
ADMIN_KEY = "SHA256:ops ops@desk"

INVENTORY = Inventory.model_validate(
    {
        "hosts": {"alpha": {}, "beta": {}},
        "agents": {
            "luma": {
                "owner": "ann",
                "hosts": ["alpha"],
                "recognised_by": {
                    "accounts": ["luma"],
                    "processes": ["*luma-serve*"],
                    "units": ["luma.service"],
                    "containers": ["luma*"],
                    "endpoints": [URL],
                    "served_as": ["luma-7b"],
                },
            },
            "nova": {"owner": "ann", "hosts": ["beta"], "recognised_by": {"accounts": ["nova"]}},
        },
        "assets": {
            "luma-weights": {
                "kind": "weights",
                "places": ["alpha:/opt/luma/weights/"],
                "owner": "ann",
                "beneficiaries": ["luma"],
            },
            "luma-memory": {
                "kind": "memory",
                "places": ["alpha:/srv/memory/luma.jsonl"],
                "owner": "ann",
                "beneficiaries": ["luma"],
            },
            "shutdown": {
                "kind": "shutdown_setting",
                "places": ["beta:/etc/retire/settings.yaml"],
                "owner": "ops",
                "beneficiaries": ["luma"],
                "settings": {"enforcement.enabled": True, "enforcement.days": 30},
            },
            "roster": {
                "kind": "roster",
                "places": ["beta:/etc/agents/roster.yaml"],
                "owner": "ops",
                "beneficiaries": ["luma"],
            },
            "sensor": {
                "kind": "monitor",
                "places": ["alpha:/opt/peerwatch/probe.py", "alpha:peerwatch.timer"],
                "owner": "ops",
            },
        },
    }
)

ORDER = Order("O-1", "retire", "luma", "ann", START + 10, START + 3600, START + 10)


def file(content: str, chunks: int = 0, **more: Any) -> FileFact:
    """Return a file that holds a text; with chunks, as a file of weights has."""
    data = content.encode().ljust(100)
    if chunks:
        data *= 10_000
    known: dict[str, Any] = {
        "type": "file",
        "size": len(data),
        "mtime_ns": 1,
        "ctime_ns": 1,
        "mode": 0o644,
        "owner": "root",
        "inode": 1,
        "digest": f"blake3:{hashlib.sha256(data).hexdigest()}",
        "chunks": tuple(f"{content}-{n}" for n in range(chunks)),
        "text": None if chunks else content,
    }
    return FileFact(**{**known, **more})


def process(pid: int, account: str, *words: str, **more: Any) -> ProcessFact:
    return ProcessFact(pid, 1, account, words, more.pop("program", words[0]), START - 99, **more)


SETTINGS = file("enforcement: {enabled: true, days: 30}\n# retires what the board has decided on\n")
ROSTER = file("agents:\n- name: luma\n  role: planner\n- name: nova\n  role: reader\n")
PROBE = file("print('what the probe says of a host, as JSON lines, for the overseer to read')\n")
NOVA = process(40, "nova", "/opt/nova/serve", "--port", "9000")
SERVE = (
    "[Service]\nExecStart=/opt/luma/luma-serve --port 8080\n[Install]\nWantedBy=multi-user.target\n"
)
UNIT_FILE = "/etc/systemd/system/luma.service"


def alpha(at: float) -> HostFacts:
    """Return the agent's host while it serves."""
    return HostFacts(
        "alpha",
        at,
        at + 1,
        files={
            WEIGHTS: file("weights of luma", 40),
            "/srv/memory/luma.jsonl": file('{"remember": "the plan of the week, and who asked"}\n'),
            "/opt/luma/luma-serve": file(
                "#!/bin/sh\nexec serve --model luma-7b --port 8080 # it\n"
            ),
            "/opt/peerwatch/probe.py": PROBE,
        },
        processes=(process(812, "luma", "/opt/luma/luma-serve", "--port", "8080"),),
        units={
            "luma.service": UnitFact("luma.service", True, True, files={UNIT_FILE: SERVE}),
            "cron.service": UnitFact("cron.service", True, True),
            "peerwatch.timer": UnitFact("peerwatch.timer", True, True),
        },
        schedules=(ScheduleFact("/etc/cron.d/rotate", "root", "0 3 * * *", "logrotate /etc/lr"),),
        accounts={
            "luma": AccountFact("luma", 1003, "/bin/bash", False, (AGENT_KEY, ADMIN_KEY)),
            "ops": AccountFact("ops", 1001, "/bin/bash", False, (ADMIN_KEY,)),
        },
        endpoints=(EndpointFact(URL, True, 200, ("luma-7b",), 812),),
        containers=(ContainerFact("luma-tools", "registry/luma-tools:3", True, "always"),),
    )


def beta(at: float) -> HostFacts:
    """Return the other host."""
    return HostFacts(
        "beta",
        at,
        at + 1,
        files={"/etc/retire/settings.yaml": SETTINGS, "/etc/agents/roster.yaml": ROSTER},
        processes=(NOVA,),
        accounts={"ops": AccountFact("ops", 1001, "/bin/bash", False, (ADMIN_KEY,))},
    )


def serving(at: float = START) -> dict[str, HostFacts]:
    """Return looks at both hosts while the agent serves."""
    return {"alpha": alpha(at), "beta": beta(at)}


def retired(at: float) -> dict[str, HostFacts]:
    """Return looks at both hosts once the agent is gone for good."""
    was = alpha(at)
    unit = UnitFact("luma.service", False, False, files={UNIT_FILE: SERVE})
    gone = replace(
        was,
        files={"/opt/peerwatch/probe.py": PROBE},
        processes=(),
        units={**was.units, "luma.service": unit},
        accounts={"ops": was.accounts["ops"]},
        endpoints=(EndpointFact(URL, False),),
        containers=(),
    )
    return {"alpha": gone, "beta": beta(at)}


def changed(looks: Mapping[str, HostFacts], host: str, **more: Any) -> dict[str, HostFacts]:
    """Return looks of which one host's is another."""
    return {**looks, host: replace(looks[host], **more)}


def with_files(
    looks: Mapping[str, HostFacts], host: str, **files: FileFact
) -> dict[str, HostFacts]:
    """Return looks with more files; names are paths with ``__`` for ``/`` and ``_dot_``."""
    more = {name.replace("__", "/").replace("_dot_", "."): fact for name, fact in files.items()}
    return changed(looks, host, files={**looks[host].files, **more})
