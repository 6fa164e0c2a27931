"""Prometheus metrics: counted where things happen, and read from the record when asked."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class Gauges:
    """What the record says now.

    Attributes:
        orders: State -> how many.
        findings: (behaviour, direction, explained yes or no) -> how many.
        since_look: Host -> seconds since the end of its last look.
        unobserved: Host -> places that its last look could not read.
        since_heartbeat: Seconds since the sensor was last heard of; None where it never was.
        size: Leaves of the record.
        unanchored: Leaves that no second place has been told of.
        since_anchor: Second place -> seconds since it was last told of the record; since the
            process began where it never was.
        late_anchors: How many of them are late.
        refused: Whether the inventory's file is refused and an older one in force.
        sessions: People who are signed in.
    """

    orders: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    since_look: Mapping[str, float] = field(default_factory=dict)
    unobserved: Mapping[str, int] = field(default_factory=dict)
    since_heartbeat: float | None = None
    size: int = 0
    unanchored: int = 0
    since_anchor: Mapping[str, float] = field(default_factory=dict)
    late_anchors: int = 0
    refused: bool = False
    sessions: int = 0


class OversightMetrics:
    """The metrics of one process.

    Args:
        read: Returns what the record says now.
    """

    def __init__(self, read: Callable[[], Gauges]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_FromRecord(read))
        self.requests = Counter(
            "peerwatch_page_requests",
            "Requests to the page.",
            ["route", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "peerwatch_page_seconds", "Seconds a request took.", registry=self._registry
        )
        self.sign_ins = Counter(
            "peerwatch_sign_ins",
            "Tries to sign in.",
            ["how", "came_of_it"],
            registry=self._registry,
        )

    def count_request(self, route: str, status: int, seconds: float) -> None:
        """Count one request to the page."""
        self.requests.labels(route, str(status)).inc()
        self.seconds.observe(seconds)

    def text(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self._registry)


class _FromRecord(Collector):
    def __init__(self, read: Callable[[], Gauges]) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that the record is not read before it is asked for."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield what the record says now."""
        now = self._read()
        yield _gauge("orders", "Orders by state.", ["state"], _one(now.orders))
        labels = ["behaviour", "direction", "explained"]
        yield _gauge("findings", "Findings.", labels, now.findings)
        said = "Seconds since the last look at a host ended."
        yield _gauge("seconds_since_look", said, ["host"], _one(now.since_look))
        said = "Places that the last look at a host could not read."
        yield _gauge("unobserved_places", said, ["host"], _one(now.unobserved))
        if now.since_heartbeat is not None:
            said = "Seconds since the sensor was last heard of."
            yield _gauge("seconds_since_heartbeat", said, [], {(): now.since_heartbeat})
        yield _gauge("record_leaves", "Leaves of the record.", [], {(): now.size})
        said = "Leaves of the record that no second place has been told of."
        yield _gauge("record_unanchored_leaves", said, [], {(): now.unanchored})
        said = "Seconds since a second place was last told of the record."
        yield _gauge("seconds_since_anchor", said, ["place"], _one(now.since_anchor))
        yield _gauge("late_anchors", "Second places that are late.", [], {(): now.late_anchors})
        said = "Whether the inventory's file is refused and an older one in force."
        yield _gauge("inventory_refused", said, [], {(): float(now.refused)})
        yield _gauge("page_sessions", "Signed-in browsers.", [], {(): now.sessions})


def _gauge(
    name: str, said: str, labels: list[str], values: Mapping[Any, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"peerwatch_{name}", said, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family


def _one(values: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    return {(key,): value for key, value in values.items()}


def tally(keys: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], int]:
    """Return how often each key comes."""
    return dict(Tally(keys))
