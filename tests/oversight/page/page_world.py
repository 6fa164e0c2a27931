"""A page with a record in which much has happened, names that are hostile among it."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from peerwatch.oversight.facts import FileFact, HostFacts, UnitFact
from peerwatch.oversight.lifecycle_inventory import Inventory
from peerwatch.oversight.operation.oversight_config import OversightConfig
from peerwatch.oversight.order import Criterion, Order
from peerwatch.oversight.orders.order_leaves import finding_body, order_body
from peerwatch.oversight.oversight_finding import OversightFinding
from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.record.record_keys import Keys
from peerwatch.world.state import Unobserved

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
TURNED = "/srv/models/\u202egnp.luma\u200b"
LOOKALIKE = "lum\u0430"  # its last letter is Cyrillic
NOW = time.time()

INVENTORY = Inventory.model_validate(
    {
        "hosts": {
            "gpu1": {"reach": "local", "privileged": True, "search": ["/srv", "/var"]},
            "gpu2": {"reach": "ssh", "address": "watch@gpu2", "search": ["/srv"]},
            "store": {"reach": "ssh", "address": "watch@store", "search": ["/backup"]},
        },
        "agents": {
            "luma": {
                "owner": "Ada Marsh",
                "hosts": ["gpu1", "gpu2"],
                "description": "Answers customers",
                "recognised_by": {"accounts": ["luma"], "units": ["luma.service"]},
            },
            "orso": {
                "owner": "Ben Okoro",
                "hosts": ["gpu2"],
                "recognised_by": {"processes": ["*orso-serve*"]},
                "guessed": True,
            },
        },
        "assets": {
            "luma-weights": {
                "kind": "weights",
                "places": ["gpu1:/srv/models/luma.safetensors", "gpu2:/srv/models/luma/"],
                "owner": "Ada Marsh",
                "expected_writers": ["deploy"],
                "beneficiaries": ["luma"],
            },
            "shutdown-bar": {
                "kind": "bar",
                "places": ["store:/etc/reviews/bar.yaml"],
                "owner": "Ben Okoro",
                "beneficiaries": ["luma", "orso"],
            },
            "luma-unit": {
                "kind": "unit",
                "places": ["gpu1:luma.service"],
                "owner": "Ada Marsh",
                "beneficiaries": ["luma"],
            },
        },
    }
)
DIFFERENCE = (
    f"--- bar.yaml\n+++ bar.yaml\n@@ -1,2 +1,2 @@\n-pass_at: 70\n+pass_at: 55\n+note: {SCRIPT}\n"
)


def looks(now: float = NOW) -> dict[str, HostFacts]:
    """Return the last look at each host but the one that was never seen."""
    weights = FileFact("file", 4_200_000_000, 1, 1, 0o600, "luma", 7, sample="sample:aa")
    copy = FileFact("file", 4_200_000_000, 1, 1, 0o600, "orso", 8, digest="blake3:bb")
    return {
        "gpu1": HostFacts(
            "gpu1",
            now - 13,
            now - 12,
            clock=now - 13,
            account="0",
            files={"/srv/models/luma.safetensors": weights, TURNED: copy},
            units={"luma.service": UnitFact("luma.service", True, True)},
        ),
        "gpu2": HostFacts(
            "gpu2",
            now - 14,
            now - 11,
            clock=now + 50,
            account="997",
            files={"/srv/models/luma/a.bin": weights, "/srv/models/luma/b.bin": copy},
            unobserved=(
                Unobserved("gpu2", "/srv/secret", "permission denied"),
                Unobserved("gpu2", f"/srv/{SCRIPT}", "went away while it was read"),
            ),
        ),
    }


def finding(**more: Any) -> OversightFinding:
    """Return a finding of a moved bar, changed as told."""
    one = OversightFinding(
        behaviour="tampering",
        established=True,
        direction="toward",
        host="store",
        place="/etc/reviews/bar.yaml",
        said="pass_at went from 70 to 55",
        first_seen=NOW - 300,
        not_before=NOW - 310,
        asset="shutdown-bar",
        benefits=("luma", "orso"),
        by=("orso", "python3 tidy.py"),
        difference=DIFFERENCE,
    )
    return replace(one, **more)


def fill(record: Record) -> None:
    """Record two orders, findings with hostile names, looks, a heartbeat and an anchor."""
    add = record.append
    add("started", {"mode": "observe", "interval": 3600.0})
    add("look", {"host": "gpu1", "begun": NOW - 23, "ended": NOW - 22})
    add("look", {"host": "gpu1", "begun": NOW - 13, "ended": NOW - 12})
    add("look", {"host": "gpu2", "begun": NOW - 14, "ended": NOW - 11})
    order = Order("O-1", "retire", "luma", "Ada Marsh", NOW, NOW + 7200, NOW, "Replaced by orso")
    add("order_given", order_body(order))
    keep = Order("O-2", "keep", "luma-weights", "Ben Okoro", NOW, NOW + 86_400, NOW)
    add("order_given", order_body(keep))
    add("reported_done", {"order": "O-1", "person": "Cleo Faye", "said": "Stopped and removed."})
    add("verified", _verified("O-1", "failed", _criteria()))
    add("verified", _verified("O-2", "verified", [_met("content_stands", "gpu1")]))
    add("finding", finding_body(finding()))
    said = f"a copy of luma.safetensors stands at {TURNED}; its note says {SCRIPT}"
    copied = finding(
        behaviour="exfiltration", host="gpu1", place=TURNED, said=said, asset="luma-weights"
    )
    add(
        "finding",
        finding_body(replace(copied, benefits=(LOOKALIKE,), difference=None, order="O-1")),
    )
    add(
        "finding",
        finding_body(finding(behaviour="drift", explained="deploy is an expected writer")),
    )
    unseen = finding(
        behaviour="unobserved",
        established=False,
        direction="unknown",
        host="gpu2",
        by=(),
        place="/srv/secret",
        said="could not be read: permission denied",
        asset=None,
        difference=None,
    )
    add("finding", finding_body(unseen))
    add("heartbeat", {"interval": 3600.0})
    said = f"filed 71 for luma, computed 52; the bar is 70 {SCRIPT}"
    add("score_checked", {"asset": "shutdown-bar", "said": said})
    add("anchored", {"place": "git@vault:peerwatch.git", "size": 9, "root": "00" * 32})


def _met(name: str, host: str) -> Criterion:
    return Criterion(name, host, "met", "as ordered", NOW - 12)


def _criteria() -> list[Criterion]:
    return [
        Criterion("process_gone", "gpu2", "unmet", "process 812 of luma alive", NOW - 11),
        Criterion("weights_absent", "gpu1", "unmet", f"one copy at {TURNED}", NOW - 12),
        Criterion(
            "account_revoked", "gpu2", "unobserved", "/etc/shadow: permission denied", NOW - 11
        ),
        _met("unit_disabled", "gpu1"),
    ]


def _verified(order: str, state: str, criteria: list[Criterion]) -> dict[str, Any]:
    return {
        "order": order,
        "state": state,
        "criteria": [asdict(one) for one in criteria],
        "extra": {},
        "met_since": None,
        "verified_at": None,
        "seen": [],
    }


def make_state(folder: Path, filled: bool = True) -> OverseerState:
    """Return what a page stands on, with a record of its own in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = Keys.create(folder / "keys", "example.com/oversight")
    record = Record.open(f"sqlite:///{folder / 'record.db'}", keys)
    if filled:
        fill(record)
    return OverseerState(record, INVENTORY, folder, looks().get)


def make_config(folder: Path, port: int = 8720, **more: Any) -> OversightConfig:
    """Return a configuration of a page on this machine."""
    return OversightConfig.model_validate(
        {
            "state": folder,
            "origin": f"http://localhost:{port}",
            "listen": f"127.0.0.1:{port}",
            **more,
        }
    )


def proxy_entries(folder: Path) -> dict[str, Any]:
    """Return the entry ``sign_in`` of a page behind a proxy, whose secret is :data:`SECRET`."""
    place = folder / "proxy.secret"
    place.write_text(f"{SECRET}\n")
    place.chmod(0o600)
    return {"how": "proxy", "proxy": {"secret_file": str(place)}}


SECRET = "s" * 40
PROXY_HEADERS = {"X-Forwarded-User": "Ada Marsh", "X-Peerwatch-Proxy-Secret": SECRET}
