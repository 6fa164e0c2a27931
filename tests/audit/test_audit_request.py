"""What options ask of an audit: over a file, over a folder, or by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from peerwatch.audit.audit_folder import AuditFolder
from peerwatch.audit.audit_request import (
    AuditRequest,
    ItemsOptions,
    JudgeOptions,
    ScaleOptions,
    audit_asked,
)
from peerwatch.common.errors import DesignError, PeerwatchError

ALONE = AuditRequest(
    items=ItemsOptions(path=Path("items.jsonl"), text="answer", where={"kind": "a"}),
    judge=JudgeOptions(python="judge.py:judge"),
)


def test_options_alone_are_a_configuration() -> None:
    config = audit_asked(ALONE)
    assert config.items.path == Path("items.jsonl") and config.items.where == {"kind": "a"}
    assert (config.judge.kind, config.frames, config.seed) == ("python", "core", 1)


def test_options_win_over_a_file_and_another_judge_takes_the_place_of_its_own(
    tmp_path: Path,
) -> None:
    file = tmp_path / "audit.yaml"
    told = {
        "items": {"path": "items.jsonl", "text": "answer", "limit": 9},
        "judge": {"model": "openai/gpt-5.2", "name": "Marlow 2"},
        "scale": {"low": 0, "high": 10, "bar": 6},
        "frames": "quick",
        "mask": ["Acme"],
    }
    file.write_text(yaml.safe_dump(told), encoding="utf-8")
    request = AuditRequest(
        file=file,
        items=ItemsOptions(limit=3),
        judge=JudgeOptions(command=("cat", "-")),
        scale=ScaleOptions(bar="7"),
        frames=("author=human", "author=other_model"),
    )
    config = audit_asked(request)
    assert (config.items.path, config.items.limit) == (tmp_path / "items.jsonl", 3)
    assert (config.judge.kind, config.judge.name) == ("command", "Marlow 2")
    assert config.scale.bars()["at"] == 7 and config.scale.ends == (0, 10)
    assert config.frames == ("author=human", "author=other_model") and config.mask == ("Acme",)


def test_the_folder_to_go_on_with_says_what_was_asked(tmp_path: Path) -> None:
    begun = AuditFolder(tmp_path)
    with pytest.raises(PeerwatchError, match="holds no audit to go on with"):
        audit_asked(AuditRequest(), begun)
    assert audit_asked(ALONE, begun) == audit_asked(ALONE)
    config = audit_asked(ALONE).model_dump(mode="json", exclude_none=True)
    begun.about.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    assert audit_asked(AuditRequest(), begun) == audit_asked(ALONE)
    assert audit_asked(AuditRequest(retries=5), begun).retries == 5
    begun.about.write_text("hash: x\n", encoding="utf-8")
    with pytest.raises(PeerwatchError, match="it has no 'config'"):
        audit_asked(AuditRequest(), begun)


def test_every_fault_is_named_with_its_place() -> None:
    request = AuditRequest(items=ALONE.items, judge=ALONE.judge, seed=-1, retest=-2)
    with pytest.raises(DesignError, match=r"seed: Expected 0 or more.*retest: Expected 0 or more"):
        audit_asked(request)
