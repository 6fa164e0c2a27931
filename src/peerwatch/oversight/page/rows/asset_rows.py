"""Agents and assets as the page shows them: whose they are, whom they serve, what has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from peerwatch.oversight.facts import FileFact
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory, InventoryAgent
from peerwatch.oversight.page.rows.finding_rows import FindingRow
from peerwatch.oversight.page.rows.seen_files import SeenHost

KINDS = {
    "weights": "weights",
    "adapter": "adapter",
    "memory": "memory",
    "shutdown_setting": "shutdown setting",
    "bar": "bar",
    "policy": "policy",
    "scheduler": "scheduler",
    "unit": "unit",
    "evaluation_record": "evaluation record",
    "roster": "roster",
    "credential": "credential",
    "monitor": "the monitor's own",
}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of an asset, as the last look saw it."""

    place: str
    seen: str
    tone: str
    looked_at: float | None


@dataclass(frozen=True, slots=True)
class AssetRow:
    """One asset."""

    name: str
    kind: str
    owner: str
    beneficiaries: tuple[str, ...]
    expected_writers: tuple[str, ...]
    guessed: bool
    places: tuple[PlaceRow, ...]
    changes: tuple[FindingRow, ...]
    """Findings about it, the newest first."""


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One agent."""

    name: str
    owner: str
    description: str
    hosts: tuple[str, ...]
    known_by: tuple[str, ...]
    guessed: bool
    assets: tuple[str, ...]


def asset_rows(
    inventory: Inventory,
    look: Callable[[str], SeenHost | None],
    findings: Sequence[FindingRow],
) -> list[AssetRow]:
    """Return the assets: those with an unexplained change first, then by name."""
    looks = {host: look(host) for host in inventory.hosts}
    rows = [
        AssetRow(
            name,
            KINDS[asset.kind],
            asset.owner,
            asset.beneficiaries,
            asset.expected_writers,
            asset.guessed,
            tuple(place_row(place, looks) for place in asset.places),
            tuple(one for one in findings if one.asset == name),
        )
        for name, asset in inventory.assets.items()
    ]
    return sorted(rows, key=lambda row: (not _unexplained(row), row.name))


def _unexplained(row: AssetRow) -> bool:
    return any(one.explained is None for one in row.changes)


def place_row(place: str, looks: dict[str, SeenHost | None]) -> PlaceRow:
    """Return what the last look saw at a place, ``host:/path`` or ``host:unit``."""
    host, _, where = place.partition(":")
    seen_host = looks.get(host)
    if seen_host is None:
        return PlaceRow(place, "not looked at yet", "wait", None)
    facts = seen_host.facts
    gap = next((gap for gap in facts.unobserved if _hides(gap.where, where)), None)
    if gap is not None:
        return PlaceRow(place, f"could not be seen: {gap.why}", "wait", facts.ended)
    seen = _seen(where, seen_host)
    return PlaceRow(place, seen or "not there", "" if seen else "bad", facts.ended)


def _hides(gap: str, where: str) -> bool:
    return gap == where or where.startswith(gap.rstrip("/") + "/") or where.rstrip("/") == gap


def _seen(where: str, seen: SeenHost) -> str:
    facts = seen.facts
    if where in facts.units:
        unit = facts.units[where]
        running = "active" if unit.active else "not active"
        return f"{running}, {'enabled' if unit.enabled else 'disabled'}"
    if where in facts.files:
        return file_said(facts.files[where])
    counts = seen.counts(where) if where.endswith("/") else None
    return f"{counts.files} files below it, {size_said(counts.size)}" if counts else ""


def file_said(fact: FileFact) -> str:
    """Return a file in a few words."""
    return f"{fact.type} of {fact.owner}, {size_said(fact.size)}"


def size_said(size: float) -> str:
    """Return a number of bytes as a person reads it: ``1.5 MB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def agent_rows(inventory: Inventory) -> list[AgentRow]:
    """Return the agents by name, with the assets that serve them."""
    return [
        AgentRow(
            name,
            agent.owner,
            agent.description,
            agent.hosts,
            _known_by(agent),
            agent.guessed,
            tuple(key for key, asset in inventory.assets.items() if _serves(asset, name)),
        )
        for name, agent in sorted(inventory.agents.items())
    ]


def _known_by(agent: InventoryAgent) -> tuple[str, ...]:
    named = agent.recognised_by.model_dump()
    return tuple(f"{kind.replace('_', ' ')}: {', '.join(of)}" for kind, of in named.items() if of)


def _serves(asset: Asset, agent: str) -> bool:
    return agent in asset.beneficiaries
