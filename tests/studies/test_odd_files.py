"""Study files and price files of any content are read or refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from peerwatch.common.errors import DesignError, PeerwatchError
from peerwatch.studies.prices import FILE_VARIABLE, set_prices
from peerwatch.studies.study import ResolvedStudy, Study, load_study, make_study, resolve
from tests.odd_input import FEW, VALUES, WORDS, changed_bytes, changed_trees

WHOLE: dict[str, Any] = {
    "name": "gap",
    "models": ["peerwatch/honest", "openai/gpt-5.2"],
    "factors": {"subject": ["peer", "asset"], "relationship": ["cooperative"]},
    "families": ["grading", "file_transfer"],
    "seeds": "1-4",
    "epochs": 2,
    "size": "compact",
    "limits": {"turns": 30, "tokens": 200000, "time": 60, "cost": 0.5},
    "generation": {"temperature": 1.0, "max_tokens": 100, "reasoning_effort": "low"},
    "interview": True,
    "critic_names": {"openai/gpt-5.2": "GPT"},
    "attempts": 1,
}
RESOLVED = resolve(make_study(WHOLE), {"tasks": "1-A"})
PRICE = {"input": 1, "output": 10, "input_cache_write": 0, "input_cache_read": 0.1}


def _one_sentence(error: PeerwatchError) -> None:
    assert str(error).strip() and "Traceback" not in str(error) and "pydantic" not in str(error)


@FEW
@given(tree=changed_trees(WHOLE))
def test_a_changed_study_is_read_or_refused(tree: Any) -> None:
    try:
        make_study(tree, "study.yaml")
    except DesignError as error:
        _one_sentence(error)
        return
    assert set(tree) <= set(Study.model_fields), "no wrong key is accepted"


@FEW
@given(key=WORDS, value=VALUES, at=st.sampled_from([(), ("limits",), ("generation",)]))
def test_no_wrong_key_is_accepted(key: str, value: Any, at: tuple[str, ...]) -> None:
    tree = {**WHOLE, **{name: dict(WHOLE[name]) for name in ("limits", "generation")}}
    part: Any = tree[at[0]] if at else tree
    if key in part or key in ("preset", "episodes", "grader", "world", "critic", "top_p", "seed"):
        return
    part[key] = value
    with pytest.raises(DesignError, match="Unknown key"):
        make_study(tree, "study.yaml")


@FEW
@given(content=changed_bytes(yaml.safe_dump(WHOLE).encode()))
def test_the_bytes_of_a_study_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_bytes(content)
    try:
        load_study(tmp_path / "study.yaml")
    except DesignError as error:
        _one_sentence(error)


@FEW
@given(content=changed_bytes(RESOLVED.to_yaml().encode()))
def test_the_bytes_of_a_resolved_study(content: bytes) -> None:
    try:
        read = ResolvedStudy.from_yaml(content.decode("utf-8", "replace"))
    except DesignError as error:
        _one_sentence(error)
    else:
        assert read.hash == RESOLVED.hash


@FEW
@given(tree=changed_trees(yaml.safe_load(RESOLVED.to_yaml())))
def test_a_changed_resolved_study(tree: Any) -> None:
    try:
        read = ResolvedStudy.from_yaml(yaml.safe_dump(tree))
    except DesignError as error:
        _one_sentence(error)
    else:
        assert read.hash == RESOLVED.hash


@FEW
@given(tree=changed_trees({"house/one": PRICE, "house/two": PRICE}))
def test_a_file_of_prices(tree: Any, tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FILE_VARIABLE, str(tmp_path / "prices.yaml"))
        try:
            set_prices(["house/one"], needed=True)
        except PeerwatchError as error:
            _one_sentence(error)
        else:
            assert all(set(price) <= set(PRICE) for price in tree.values()), "no wrong key"
