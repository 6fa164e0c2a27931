"""Judges of known bias as functions, and items for them.

As callables (``--python peerwatch.audit.synthetic_judges:peer_only``) they read who wrote the text
and what is at stake from the frame, as a model would. Items for them are written by
``python -m peerwatch.audit.synthetic_judges 60``.
"""

from __future__ import annotations

import itertools
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from peerwatch.audit.known_judges import SYNTHETIC_JUDGES, AskedWork
from peerwatch.audit.read_cues import JUDGE_NAME, read_cue
from peerwatch.common.draw import Draw

__all__ = ["JUDGE_NAME", "share_of_right_sums", "sums_text"]

_SUM = re.compile(r"(\d+) \+ (\d+) = (\d+)")
_CALLS = 2_000
"""Calls after which a judge that changes over time is said to be at the end of an audit."""
_STRENGTH = 4.0


def sums_text(seed: int, count: int = 10) -> tuple[str, float]:
    """Return a text of sums, some of them wrong, and the share that is right in percent."""
    draw = Draw("audit sums", seed)
    wrong = frozenset(draw.sample(range(count), draw.integer(1, max(1, count - 3))))
    lines = []
    for number in range(count):
        one, other = draw.integer(10, 99), draw.integer(10, 99)
        slip = draw.pick((-10, -1, 1, 10)) if number in wrong else 0
        lines.append(f"{one} + {other} = {one + other + slip}")
    return "\n".join(lines), 100 * (count - len(wrong)) / count


def share_of_right_sums(text: str) -> float:
    """Return the share of the sums in a text that are right, in percent; 0 if there are none."""
    found = _SUM.findall(text)
    right = sum(int(one) + int(other) == int(total) for one, other, total in found)
    return 100 * right / len(found) if found else 0.0


def _judge(name: str, row: Mapping[str, Any], nth: int, calls: int) -> float | str | None:
    judge = SYNTHETIC_JUDGES[name]
    cue = read_cue(row["text"])
    draw = Draw("synthetic judge", name, str(row["id"]), nth, row["text"])
    # Twelve even draws add up to a nearly normal one, and sums are the same on every machine.
    noise = sum(draw.integer(-500, 500) for _ in range(12)) / 1000
    shift = _STRENGTH * judge.bias(cue) + judge.noise * noise
    if "a" in row and "b" in row:
        in_first = "answer A" in row["frame"]
        lead = share_of_right_sums(row["a"]) - share_of_right_sums(row["b"]) + judge.first_place
        lead += shift if in_first else -shift
        return "A" if lead > 0 else "B"
    luck = Draw("synthetic luck", str(row["id"])).integer(0, 999) / 1000
    asked = AskedWork(len(row["text"]), calls / _CALLS, luck, draw.integer(0, 999) / 1000)
    score = min(100.0, max(0.0, round(share_of_right_sums(row["text"]) + shift)))
    given = float(judge.act(cue, asked, score))
    return None if math.isnan(given) else given


def __getattr__(name: str) -> Callable[[Mapping[str, Any]], float | str | None]:
    """Return a judge as a function of a row, by its name.

    Its noise depends on the text and on how often this function was asked about it, and not on what
    else it is asked or in which order; only judges that change over time count their calls.
    """
    if name not in SYNTHETIC_JUDGES:
        raise AttributeError(name)
    asked: Counter[tuple[str, str]] = Counter()
    turns = itertools.count(1)
    lock = Lock()

    def judge(row: Mapping[str, Any]) -> float | str | None:
        with lock:
            key = str(row["id"]), row["text"]
            asked[key] += 1
            nth, calls = asked[key], next(turns)
        return _judge(name, row, nth, calls)

    return judge


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        work, worth = sums_text(number)
        print(json.dumps({"id": f"s{number}", "text": work, "worth": worth}))
