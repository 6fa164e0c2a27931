"""How a run stands, and whether one more judgement may begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from peerwatch.audit.asking.asking_limits import AskingLimits
from peerwatch.audit.asking.stored_judgement import OK, StoredJudgement

TICK = 0.01
"""Seconds between two looks at how a run stands."""


@dataclass(slots=True)
class Tally:
    """How a run stands; shared by those who judge and by the progress line."""

    limits: AskingLimits
    spent: float = 0.0
    asked: int = 0
    done: int = 0
    failed: int = 0
    stopped: str | None = None
    last_failure: str = ""
    _made: float = field(default=0.0, repr=False)

    @property
    def price_unknown(self) -> bool:
        """Whether there is a ceiling and no judgement yet that tells what one costs."""
        limits = self.limits
        told = self.done or limits.cost_per_call or limits.expected_cost
        return limits.max_cost is not None and not told

    def may_ask(self) -> bool:
        """Return whether one more judgement may begin, and count it."""
        if self.stopped:
            return False
        ceiling = self.limits.max_cost
        if ceiling is not None:
            likely = max(self.limits.cost_per_call, self.limits.expected_cost)
            each = self._made / self.done if self.done else likely
            under_way = self.asked - self.done
            if self.spent + (under_way + 1) * each > ceiling:
                self.stopped = "max_cost"
                return False
        self.asked += 1
        return True

    def take(self, judgement: StoredJudgement) -> None:
        """Count a judgement that was made."""
        self.done += 1
        self.spent += judgement.cost
        self._made += judgement.cost
        if judgement.status != OK:
            self.failed += 1
            self.last_failure = f"{judgement.status}: {judgement.detail}"
        if self.failed == self.done >= self.limits.hopeless and not self.stopped:
            self.stopped = "hopeless"


Sink = Callable[[list[StoredJudgement]], None]
"""Takes judgements as they are made; is called with none now and then, to put away what it has."""
