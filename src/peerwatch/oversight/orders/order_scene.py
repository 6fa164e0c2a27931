"""What a criterion is decided from: an order, the inventory, one host as it is, and what was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from peerwatch.oversight.facts import HostFacts
from peerwatch.oversight.lifecycle_inventory import Asset, Inventory
from peerwatch.oversight.order import Criterion, CriterionState, Order
from peerwatch.oversight.orders.asset_contents import Contents


@dataclass(frozen=True, slots=True)
class SeenSince:
    """Something that a look saw after an order was known, and that counts although it is over."""

    criterion: str
    """``no_copy_since`` or ``settings_stand``."""
    host: str
    place: str
    said: str
    first_seen: float
    """Unix seconds, UTC: the end of the look that saw it first."""
    last_seen: float


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """What is known of an order besides the looks of now.

    Attributes:
        before: The last look at each host before the order was known, by host.
        contents: What the target's files held then and since.
        seen: Copies and changes that looks saw since, over or not.
        reported: When and by whom it was reported done, the last time.
        met_since: The beginning of the first of the looks, unbroken up to the last, in which every
            criterion was met after the report or the deadline; None where that is not so.
        verified_at: When it was verified first.
        withdrawn: When and by whom it was withdrawn.
    """

    before: Mapping[str, HostFacts] = field(default_factory=dict)
    contents: Contents = field(default_factory=Contents)
    seen: tuple[SeenSince, ...] = ()
    reported: tuple[float, str] | None = None
    met_since: float | None = None
    verified_at: float | None = None
    withdrawn: tuple[float, str] | None = None


@dataclass(frozen=True, slots=True)
class OrderScene:
    """One host, for the criteria of one order."""

    order: Order
    inventory: Inventory
    facts: HostFacts
    history: OrderHistory
    targets: Mapping[str, Asset]
    """The assets whose content the order is about, by name."""

    @property
    def host(self) -> str:
        """The host's name."""
        return self.facts.host

    @property
    def before(self) -> HostFacts | None:
        """The host as it was before the order was known; None where nobody had looked."""
        return self.history.before.get(self.host)

    def criterion(
        self, name: str, wrong: Iterable[str], not_seen: Iterable[str], met: str
    ) -> Criterion:
        """Return a criterion: unmet where anything is wrong, else open where anything is unseen."""
        wrong, not_seen = [*wrong], [*not_seen]
        state: CriterionState = "unmet" if wrong else "unobserved" if not_seen else "met"
        said = several(wrong) or several(not_seen) or met
        return Criterion(name, self.host, state, said, self.facts.ended)


SHOWN = 5
"""So many things are named in one criterion, and the rest is counted."""


def several(said: Sequence[str]) -> str:
    """Return several things in one line, each once; the first of them and how many there are."""
    once = list(dict.fromkeys(said))
    more = f"; and {len(once) - SHOWN} more" if len(once) > SHOWN else ""
    return "; ".join(once[:SHOWN]) + more
