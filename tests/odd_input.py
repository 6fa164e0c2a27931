"""Input as nobody means it: files with parts changed, and bytes changed, for fuzzing readers.

``PEERWATCH_EXAMPLES=5000 pytest tests/studies/test_odd_files.py`` tries more than the few that are
tried by default.
"""

from __future__ import annotations

import copy
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

FEW = settings(
    max_examples=int(os.environ.get("PEERWATCH_EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""How many examples are tried."""

WORDS = st.sampled_from(
    [
        "",
        " ",
        "x",
        "peer",
        "a=b",
        "=",
        ",",
        "1-2",
        "9" * 30,
        "-1",
        "nan",
        "1e999",
        "../x",
        "/",
        "\0",
    ]
) | st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([10**30, -(10**18), 2**63, 0.5, -1.5, float("inf"), float("nan")])
    | WORDS
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def _places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps: list[Any] = []
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    return [above, *(place for s in steps for place in _places(value[s], (*above, s)))]


@st.composite
def changed_trees(draw: st.DrawFn, whole: Any) -> Any:
    """Draw a tree in which one to three places have another value, are gone, or are new."""
    tree = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(_places(tree)))
        if not place:
            continue
        holder = tree
        for step in place[:-1]:
            holder = holder[step]
        what = draw(st.sampled_from(["value", "gone", "key"]))
        if what == "value":
            holder[place[-1]] = draw(VALUES)
        elif what == "gone":
            del holder[place[-1]]
        elif isinstance(holder, dict):
            holder[draw(WORDS)] = draw(VALUES)
    return tree


@st.composite
def changed_bytes(draw: st.DrawFn, whole: bytes) -> bytes:
    """Draw bytes of which a part is gone, doubled or other bytes."""
    first = draw(st.integers(0, len(whole)))
    last = draw(st.integers(first, min(len(whole), first + draw(st.sampled_from([1, 9, 10**6])))))
    part = draw(
        st.sampled_from([b"", whole[first:last] * 2, b"\x00", b"\xff\xfe"]) | st.binary(max_size=6)
    )
    return whole[:first] + part + whole[last:]
