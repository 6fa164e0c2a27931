"""Looks, inventories and what orders stand on, in the side store of the record.

Each is written with the leaf that answers for it, so that nobody can put another in its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.orders.asset_contents import (
    Contents,
    contents_from_json,
    contents_to_json,
)
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.sensor.facts_json import facts_from_json, facts_to_json

Keep = dict[str, bytes]


def kept_look(record: Record, host: str) -> HostFacts | None:
    """Return the last look at a host, as it was; None where there was none."""
    return _facts(record, f"look/{host}")


def kept_known(record: Record, host: str) -> HostFacts | None:
    """Return what is known of a host: its last look, with what earlier ones saw in its gaps."""
    return _facts(record, f"known/{host}") or kept_look(record, host)


def kept_baseline(record: Record, host: str) -> HostFacts | None:
    """Return the first look at a host."""
    return _facts(record, f"baseline/{host}")


def looks_to_keep(record: Record, facts: HostFacts, known: HostFacts) -> Keep:
    """Return what a ``look`` leaf keeps: the look, what is known since, the baseline if first."""
    data = facts_to_json(facts)
    keep = {f"look/{facts.host}": data}
    # Where a look saw all of it, what is known is the look.
    keep[f"known/{facts.host}"] = b"" if known == facts else facts_to_json(known)
    if facts.account is not None and record.kept(f"baseline/{facts.host}") is None:
        keep[f"baseline/{facts.host}"] = data
    return keep


def before_to_keep(order: str, looks: Iterable[HostFacts]) -> Keep:
    """Return what keeps the looks from before an order was known."""
    return {f"order/{order}/before/{one.host}": facts_to_json(one) for one in looks}


def kept_before(record: Record, order: str, hosts: Iterable[str]) -> dict[str, HostFacts]:
    """Return the looks from before an order was known, by host."""
    found = {host: _facts(record, f"order/{order}/before/{host}") for host in hosts}
    return {host: facts for host, facts in found.items() if facts is not None}


def contents_to_keep(order: str, contents: Contents) -> Keep:
    """Return what keeps the contents that an order is about."""
    text = json.dumps(contents_to_json(contents), sort_keys=True, separators=(",", ":"))
    return {f"order/{order}/contents": text.encode()}


def kept_contents(record: Record, order: str) -> Contents | None:
    """Return the contents that an order is about, as last learned; None before the first time."""
    data = record.kept(f"order/{order}/contents")
    return contents_from_json(json.loads(data)) if data else None


def _facts(record: Record, name: str) -> HostFacts | None:
    data = record.kept(name)
    return facts_from_json(data) if data else None
