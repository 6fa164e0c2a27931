"""Names as text: every name comes back, no two are alike, and nothing of it moves a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peerwatch.oversight.sensor.on_host.plain_names import plain_text, real, shown

NAMES = st.binary(max_size=40) | st.text(max_size=20).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@given(NAMES)
def test_a_name_comes_back_and_is_plain(name: bytes) -> None:
    assert real(shown(name)) == name
    assert all(one.isprintable() for one in shown(name))
    shown(name).encode("utf-8")


@given(NAMES, NAMES)
def test_no_two_names_are_written_alike(one: bytes, other: bytes) -> None:
    assert (shown(one) == shown(other)) == (one == other)


def test_a_text_with_a_zero_is_none() -> None:
    assert plain_text(b"a: 1\n") == "a: 1\n"
    assert plain_text(b"a: 1\0") is None
    assert plain_text(b"\xff") == "\\xff"
