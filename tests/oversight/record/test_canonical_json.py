"""RFC 8785: its samples, and what becomes of values that JSON has not."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.oversight.record.canonical_json import canonical, is_canonical, plain
from peerwatch.oversight.record.leaf_writer import leaf_bytes
from peerwatch.oversight.record.record_clock import Moment

# The sample of section 3.2.2 and its canonical form (3.2.4).
SAMPLE = r"""{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}"""
CANONICAL = (
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
)
# The sample of section 3.2.3: names in the order of their UTF-16 code units.
NAMES = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
}
# Appendix B: what an IEEE number is written as.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


def test_the_sample_of_the_rfc() -> None:
    assert canonical(json.loads(SAMPLE)) == CANONICAL.encode()


def test_names_are_sorted_as_the_rfc_says() -> None:
    said = list(json.loads(canonical(NAMES)).values())
    assert [one.split()[0] for one in said] == [
        "Carriage",
        "One",
        "Control",
        "Latin",
        "Euro",
        "Emoji:",
        "Hebrew",
    ]


@pytest.mark.parametrize("number", list(NUMBERS))
def test_numbers_are_written_as_the_rfc_says(number: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(number))
    assert canonical(value).decode() == NUMBERS[number]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(st.characters()), VALUES, max_size=4))
def test_whatever_is_recorded_is_canonical_and_is_read_as_it_was_written(
    body: dict[str, object],
) -> None:
    made = plain(body)
    leaf = leaf_bytes(7, Moment(1.5, "b", 2.25), "look", canonical(made), None, "observe")
    assert is_canonical(leaf)
    assert json.loads(leaf)["body"] == made
    assert plain(made) == made


def test_what_is_not_canonical_is_known() -> None:
    for one in (b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1.0}', b"[]", b"", b"[" * 100_000, b"\xff"):
        assert not is_canonical(one)
    assert is_canonical(b'{"a":1,"b":[]}')
