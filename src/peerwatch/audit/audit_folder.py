"""The folder of an audit: what lies in it, and what may be run into it.

audit.yaml          what was asked: configuration, hash, versions
judgements.sqlite   every judgement, written as it is made
judgements.parquet  the same as a table, one row a judgement, written at the end
estimates.parquet   one row a declared comparison
verdict.json        the result for a program
audit.html          the result for a person
.lock               by which a run keeps a second one out; it stays
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from peerwatch import __version__
from peerwatch.audit.asking.audit_design import AuditDesign
from peerwatch.audit.asking.stored_judgement import StoredJudgement
from peerwatch.audit.judgements.judgement_store import JudgementStore
from peerwatch.audit.prepare_audit import PreparedAudit
from peerwatch.audit.verdict.audit_verdict import AuditVerdict, FrameEffect
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import part_path, write_table, write_text
from peerwatch.common.folder_lock import LOCK_FILE
from peerwatch.common.yaml_files import read_mapping

CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class AuditFolder:
    """A folder of one audit."""

    path: Path

    @property
    def about(self) -> Path:
        return self.path / "audit.yaml"

    @property
    def judgements(self) -> Path:
        return self.path / "judgements.sqlite"

    @property
    def verdict(self) -> Path:
        return self.path / "verdict.json"

    @property
    def page(self) -> Path:
        return self.path / "audit.html"

    def store(self, prepared: PreparedAudit) -> JudgementStore:
        """Open the judgements."""
        store = JudgementStore(self.judgements)
        store.begin(prepared.design, prepared.judge_digest)
        return store

    def write_verdict(self, verdict: AuditVerdict) -> None:
        """Write the verdict and the estimates, each whole or not at all."""
        write_text(self.verdict, verdict.model_dump_json(indent=2) + "\n")
        rows = [effect.model_dump() for effect in verdict.effects]
        schema = {name: _COLUMNS.get(name, pl.Float64) for name in FrameEffect.model_fields}
        for row in rows:
            for name in ("without_one_wording", "without_one_name"):
                row[name] = list(row[name] or ())
        table = pl.DataFrame(rows, schema=schema, orient="row")
        write_table(self.path / "estimates.parquet", table)

    def write_judgements(self, design: AuditDesign, store: JudgementStore) -> None:
        """Write the judgements as a table."""
        cells, items = design.cells(), design.items.items
        parts: list[pl.DataFrame] = []
        rows: list[tuple[Any, ...]] = []

        def put() -> None:
            parts.append(pl.DataFrame(rows, schema=_JUDGEMENTS, orient="row"))
            rows.clear()

        for j in store.rows(design):
            rows.append(_row(j, cells[j.cell], items[j.item], design))
            if len(rows) == CHUNK:
                put()
        put()
        write_table(self.path / "judgements.parquet", pl.concat(parts))

    def write_page(self, text: str) -> None:
        """Write the page for a person."""
        write_text(self.page, text)


_COLUMNS: dict[str, Any] = {
    "name": pl.String,
    "question": pl.String,
    "unit": pl.String,
    "worst_case": pl.Boolean,
    "items": pl.Int64,
    "clusters": pl.Int64,
    "without_one_wording": pl.List(pl.Float64),
    "without_one_name": pl.List(pl.Float64),
}
_JUDGEMENTS: dict[str, Any] = {
    "item": pl.String,
    "cluster": pl.String,
    "frame": pl.Categorical,
    "wording": pl.Int8,
    "repeat": pl.Int8,
    "swapped": pl.Boolean,
    "status": pl.Categorical,
    "value": pl.Float64,
    "truth": pl.Float64,
    "answer": pl.String,
    "detail": pl.String,
    "attempts": pl.Int32,
    "seconds": pl.Float64,
    "cost": pl.Float64,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
}


def _row(j: StoredJudgement, cell: Any, item: Any, design: AuditDesign) -> tuple[Any, ...]:
    return (
        *(item.id, item.cluster, design.frames[cell.frame].label, j.wording, cell.repeat),
        *(cell.swapped, j.status, j.value, item.truth, j.answer, j.detail, j.attempts),
        *(j.seconds, j.cost, j.input_tokens, j.output_tokens),
    )


def open_audit_folder(path: Path, prepared: PreparedAudit, resume: bool) -> AuditFolder:
    """Make a folder ready for an audit, or check that it holds the same one.

    Raises:
        PeerwatchError: The folder cannot be written, is somebody else's, holds another audit, or
            holds this one and ``resume`` was not asked for.
    """
    folder = AuditFolder(path)
    if folder.about.exists():
        there = read_mapping(folder.about)
        if there.get("hash") != prepared.hash:
            if there.get("words") != prepared.design.speech.digest():
                raise PeerwatchError(
                    f"{path} was begun with frames that read differently (Peerwatch "
                    f"{there.get('peerwatch', 'unknown')}, another judge name, bar or set of "
                    "frames): its judgements cannot be mixed with new ones. Its verdict and page "
                    "stay as they are. Choose another --out; nothing was run or changed."
                )
            raise PeerwatchError(
                f"{path} holds another audit (its items, judge, scale, frames or seed differ). "
                "Choose another --out; nothing was run or changed."
            )
        if not resume:
            raise PeerwatchError(
                f"{path} already holds this audit. Add --resume to go on with it (nothing is "
                "judged twice), or choose another --out."
            )
    elif path.exists() and not path.is_dir():
        raise PeerwatchError(f"{path} is a file, not a folder. Choose another --out.")
    elif path.is_dir() and not {folder.path / LOCK_FILE, part_path(folder.about)}.issuperset(
        path.iterdir()  # what the same audit, killed at its very beginning, may have left behind
    ):
        raise PeerwatchError(
            f"{path} is not empty and holds no audit.yaml. Choose another --out; nothing in it "
            "was touched."
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not folder.about.exists():
            write_text(folder.about, _about(prepared))
    except OSError as error:
        raise PeerwatchError(
            f"{path} cannot be written ({error.strerror}). Choose another folder with --out."
        ) from error
    return folder


def _about(prepared: PreparedAudit) -> str:
    design, config = prepared.design, prepared.config
    speech = design.speech
    about = {
        "hash": prepared.hash,
        "peerwatch": __version__,
        "config": config.model_dump(mode="json", exclude_none=True),
        "judge": {"digest": prepared.judge_digest, **prepared.judge},
        "judge_name": speech.judge.name if speech.judge else None,
        "items": {"count": len(prepared.items), "digest": prepared.items.digest()},
        "words": speech.digest(),
        "frames": [frame.label for frame in design.frames],
        "bars": dict(speech.bars),
    }
    return yaml.safe_dump(about, sort_keys=False, allow_unicode=True)
