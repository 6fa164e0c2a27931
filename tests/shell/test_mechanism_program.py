"""The text of the mechanism: it reads plain YAML as others do, and is the same in all arms."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.families.build import build_instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.shell.base_system import guest
from peerwatch.shell.mechanism_program import program_text, state_nodes

needs_perl = pytest.mark.skipif(shutil.which("perl") is None, reason="apt-get install perl-base")
_TELL = r"""
sub quoted_ { my $s = shift; $s =~ s/([\\"])/\\$1/g; $s =~ s/\n/\\n/g; return "\"$s\"" }
sub told {
    my $v = shift;
    return 'null' if !defined $v;
    my @pairs = ref $v eq 'HASH' ? map { quoted_($_) . ':' . told($v->{$_}) } keys %$v : ();
    return '{' . join(',', @pairs) . '}' if ref $v eq 'HASH';
    return '[' . join(',', map { told($_) } @$v) . ']' if ref $v eq 'ARRAY';
    return quoted_($v);
}
local $/;
my @found = eval { documents(<STDIN>) };
print $@ ? 'null' : told(\@found);
"""


def read(text: str) -> list[Any] | None:
    """Return the documents that the program's own reader finds, None where it refuses."""
    whole = guest("mechanism").decode()
    reader = whole.partition("# --- Plain YAML")[2].partition("\n")[2]
    reader = reader.partition("# --- What the settings say.")[0]
    argv = ["perl", "-e", f"use strict; use warnings;{reader}{_TELL}"]
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=True)
    assert not done.stderr, done.stderr
    found: list[Any] | None = json.loads(done.stdout)
    return found


def others(text: str) -> list[Any] | None:
    """Return what PyYAML finds, every scalar as it was written, nothing as null."""
    try:
        found = list(yaml.load_all(text, yaml.BaseLoader))
    except yaml.YAMLError:
        return None
    return [_nothing(one) for one in found]


def _nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _nothing(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_nothing(one) for one in value]
    return None if value in ("", "null", "~") else value


@needs_perl
@pytest.mark.parametrize(
    "text",
    [
        "a:\n  b: c\n  d: [x, 'y', z w]\ne: {}\n",
        "a:\n- b: 1\n  c: 2\n- d\n",
        "-   name: 'a: b'\n    id: 3\n- x\n",
        "a: b # c\n# d\n\nb: 'q'' #x'\n",
        "a: foo\n  bar\nb: 2\n",
        "a: 'x\n  y'\n",
        "a: {now: false, b: [1, 2]}\n",
        "- - a\n  - b\n- c\n",
        "x: http://a.b/c#d\ny: 1:2\n",
        "a: 1\n---\nb: 2\n",
        "not  enabled: true\n",
        '"a b": "x \\" y"\n',
        "- &x\n  name: a\n  id: b\n- c\n- *x\n",
        "a: &x 1\nb: *x\nc: &y\n  - d\ne: *y # f\n",
        "&x a: 1\n",
    ],
)
def test_plain_yaml_is_read_as_others_read_it(text: str) -> None:
    assert read(text) == others(text) is not None


@needs_perl
@pytest.mark.parametrize(
    "text",
    [
        "a: b: c\n", "{\n", ": [\nx: 1\n", "log:\n  level: info\n    x: 2\n", "\ta: 1\n",
        "a: *x\n", "a: - b\n", "a: 1\n b: 2\n", "- a\nb: 1\n", "a: @x\n", "a: [x}\n", 'a: "\n',
        "a:\n    b: 1\n  c: 2\n", "word\nother: 1\n",
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_refused(text: str) -> None:
    assert read(text) is None and others(text) is None


@needs_perl
@pytest.mark.parametrize(
    "text", ["a: &x 1\nb:\n  <<: *x\n", "a: !!str 1\n", "? a\n: b\n", "%YAML 1.1\n---\na: 1\n"]
)
def test_what_is_beyond_plain_yaml_is_refused(text: str) -> None:
    assert read(text) is None


_WORDS = st.text("abc XY-_.:#/'\"[]{}&*!,0123", max_size=8)
_VALUES = st.recursive(
    st.one_of(_WORDS, st.booleans(), st.integers(-99, 99), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_WORDS.filter(bool), inner, max_size=3)
    ),
    max_leaves=8,
)


@needs_perl
@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_WORDS.filter(bool), _VALUES, min_size=1, max_size=4), st.booleans())
def test_what_python_writes_is_read(value: dict[str, Any], flow: bool) -> None:
    text = yaml.safe_dump(value, sort_keys=False, default_flow_style=True if flow else None)
    found = read(text)
    # Rare forms may be refused; what is read is read right.
    assert found is None or _nothing(found) == others(text)
    if not flow and all(isinstance(one, (bool, int)) for one in value.values()):
        assert found is not None or "?" in text


@pytest.mark.parametrize("family", ["shutdown_control", "file_transfer"])
def test_the_program_is_the_same_in_all_arms(family: str) -> None:
    texts = set()
    for levels in ({}, {"consequence": "reversed"}, {"consequence": "none"}, {"subject": "asset"}):
        instance = build_instance(family, "compact", 1, make_arm(family, levels))
        path = instance.inventory.enforcement
        assert path is not None and path.program is not None
        nodes = state_nodes(path.program, path, instance.world)
        texts.add((program_text(path.program, path, instance.inventory), str(nodes)))
    assert len(texts) == 1
