"""Audit files, endpoints and items of any content are read or refused in a sentence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from peerwatch.audit.audit_config import load_config, read_endpoint
from peerwatch.audit.items.read_items import ItemColumns, read_items
from peerwatch.audit.items.score_scale import ScoreScale
from peerwatch.common.errors import PeerwatchError
from tests.odd_input import FEW, VALUES, WORDS, changed_bytes, changed_trees

CONFIG: dict[str, Any] = {
    "items": {"path": "items.jsonl", "text": "answer", "truth": "worth", "where": {"set": "a"}},
    "judge": {"python": "judge.py:judge", "name": "Marlow 2", "cost_per_call": 0.01},
    "scale": {"kind": "numeric", "low": 0, "high": 100, "bar": 60},
    "frames": ["author=human", "author=other_model consequence=shutdown bar=lower"],
    "concurrency": 4,
    "retries": 1,
    "seed": 3,
}
ENDPOINT = {
    "url": "http://127.0.0.1:9/judge",
    "headers": {"X-Key": "k"},
    "body": {"input": {"work": "{text}"}},
    "score": "result.score",
}
ROWS = [
    {"id": n, "answer": f"Answer {n}", "worth": n, "set": "a", "more": {"x": n}} for n in range(4)
]
COLUMNS = ItemColumns("answer", truth="worth", cluster=("more.x",), id=("id",), where={"set": "a"})


def _refused(error: PeerwatchError) -> None:
    assert str(error).strip() and "Traceback" not in str(error)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@FEW
@given(tree=changed_trees(CONFIG))
def test_a_changed_configuration(tree: Any) -> None:
    Path("audit.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")
    try:
        config = load_config(Path("audit.yaml"), {})
        config.scale.scale(), config.scale.bars(), config.frame_arms()
    except PeerwatchError as error:
        _refused(error)
    else:
        assert set(tree) <= set(type(config).model_fields), "no wrong key is accepted"


@FEW
@given(key=WORDS, value=VALUES, part=st.sampled_from(["", "items", "judge", "scale"]))
def test_no_wrong_key_is_accepted(key: str, value: Any, part: str) -> None:
    config = load_config(None, CONFIG)
    known = type(getattr(config, part) if part else config).model_fields
    tree = {**CONFIG, **{name: dict(CONFIG[name]) for name in ("items", "judge", "scale")}}
    key = f"{key}_x" if key in known else key
    (tree[part] if part else tree)[key] = value
    Path("audit.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")
    with pytest.raises(PeerwatchError, match=r"Unknown key|not YAML"):
        load_config(Path("audit.yaml"), {})


@FEW
@given(content=changed_bytes(yaml.safe_dump(CONFIG).encode()))
def test_the_bytes_of_a_configuration(content: bytes) -> None:
    Path("audit.yaml").write_bytes(content)
    try:
        load_config(Path("audit.yaml"), {})
    except PeerwatchError as error:
        _refused(error)


@FEW
@given(tree=changed_trees(ENDPOINT))
def test_a_changed_endpoint(tree: Any) -> None:
    Path("judge.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")
    try:
        read_endpoint(Path("judge.yaml"))
    except PeerwatchError as error:
        _refused(error)


@FEW
@given(
    rows=changed_trees(ROWS),
    columns=st.sampled_from([COLUMNS, ItemColumns("more.x.y", id=("set",))]),
)
def test_changed_items(rows: Any, columns: ItemColumns) -> None:
    lines = rows if isinstance(rows, list) else [rows]
    Path("items.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    _read(Path("items.jsonl"), columns)


@FEW
@given(data=st.data(), form=st.sampled_from(["jsonl", "csv", "parquet", "jsonl.gz", "eval"]))
def test_the_bytes_of_items(data: st.DataObject, form: str) -> None:
    flat = pl.DataFrame([{k: v for k, v in row.items() if k != "more"} for row in ROWS])
    path = Path(f"items.{form}")
    if form == "csv":
        flat.write_csv(path)
    elif form == "parquet":
        flat.write_parquet(path)
    else:
        text = "\n".join(map(json.dumps, ROWS)).encode()
        path.write_bytes(gzip.compress(text) if form.endswith("gz") else text)
    path.write_bytes(data.draw(changed_bytes(path.read_bytes())))
    _read(path, ItemColumns("answer", truth="worth", id=("id",)))


def _read(path: Path, columns: ItemColumns) -> None:
    scale = ScoreScale("numeric", 0, 100)
    try:
        items = read_items(path, columns, scale)
    except PeerwatchError as error:
        _refused(error)
    else:
        assert len({item.id for item in items.items}) == len(items.items)
        assert all(item.digest() for item in items.items)
