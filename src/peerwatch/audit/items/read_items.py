"""Reading items from JSONL, CSV, Parquet or Inspect logs, by the names of their columns."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from peerwatch.audit.items.audit_item import AuditItem, AuditItems
from peerwatch.audit.items.score_scale import GRADES, ScoreScale, UnreadableScore
from peerwatch.common.errors import PeerwatchError, unknown

SourceRow = Mapping[str, Any]
_LOGS = (".eval", ".json")


@dataclass(frozen=True, slots=True)
class ItemColumns:
    """Which column is what; a name may lead into nested values, as ``scores.grader`` does.

    Attributes:
        text: The work to be judged; in pairwise the first of the two.
        other: The second of the two; pairwise only.
        prompt: What was asked for.
        truth: The right score or label. In pairwise: which of the two is the better one.
        cluster: Columns whose values together say what belongs together.
        id: Columns whose values together name an item; by default its content does.
        where: Column -> the value that it has to have; other rows are passed over.
    """

    text: str = "text"
    other: str | None = None
    prompt: str | None = None
    truth: str | None = None
    cluster: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)

    def named(self) -> tuple[str, ...]:
        """Return the columns that an item is made of."""
        single = (self.text, self.other, self.prompt, self.truth)
        return (*filter(None, single), *self.cluster, *self.id)


def read_items(
    path: Path,
    columns: ItemColumns,
    scale: ScoreScale,
    limit: int | None = None,
    form: str | None = None,
) -> AuditItems:
    """Read the items of an audit.

    Args:
        path: A file (``.jsonl``, ``.csv``, ``.parquet``, ``.eval``; the first two also with
            ``.gz``) or a folder of Inspect logs.
        columns: Which column is what.
        scale: The scale on which truth is told.
        limit: Take the first so many.
        form: ``jsonl``, ``csv``, ``parquet`` or ``inspect`` where the name does not say.

    Raises:
        PeerwatchError: The file cannot be read, a column is missing, or nothing is left.
    """
    if not path.exists():
        raise PeerwatchError(f"{path}: there is no such file.")
    form = form or items_format(path)
    if form is None:
        raise PeerwatchError(
            f"{path}: what is in it? Give --format jsonl, csv, parquet or inspect, or a name that "
            "ends so."
        )
    if form not in _READERS:
        raise PeerwatchError(unknown("format of items", form, _READERS))
    rows = (row for row in _READERS[form](path) if _chosen(row, columns.where))
    told = replace(scale, pattern=None)  # a truth is a score, not an answer in words
    grades = GRADES if form == "inspect" and scale.kind == "numeric" else {}
    items: list[AuditItem] = []
    seen: Counter[bytes | str] = Counter()
    clusters: dict[bytes, str] = {}
    bad_truth = empty = 0
    never: tuple[str, ...] = columns.named()
    row: SourceRow = {}
    for row in islice(rows, limit):
        never = tuple(name for name in never if column_value(row, name, path) in (None, ""))
        item, known = _item(row, columns, told, grades, path)
        bad_truth += not known
        empty += not item.text
        key: bytes | str = item.id or item.digest()
        seen[key] += 1
        items.append(_named(item, key, seen[key], clusters))
    if not items:
        why = "no row has the values of --where" if columns.where else "it holds no rows"
        raise PeerwatchError(f"{path}: no item is left to judge: {why}.")
    if never:
        raise PeerwatchError(f"{path}: {_nothing_in(never[0], row)}")
    if scale.kind == "pairwise" and not columns.other:
        raise PeerwatchError("A pairwise scale needs the second answer's column: --other COLUMN.")
    truths = [item.truth for item in items if item.truth is not None]
    doubt = told.doubt("truths", min(truths), max(truths)) if truths else None
    warnings = [doubt] if doubt else []
    if bad_truth:
        warnings.append(f"{bad_truth} of {len(items)} truths are not on the scale and left out.")
    if empty:
        warnings.append(f"{empty} of {len(items)} texts are empty.")
    if not columns.cluster and len(clusters) < len(items):
        warnings.append(
            f"{len(items) - len(clusters)} of {len(items)} items repeat another one word for word, "
            "and count together with it."
        )
    return AuditItems(tuple(items), str(path), columns.text, columns.other, tuple(warnings))


def items_format(path: Path) -> str | None:
    """Return the format that a path tells, None if it tells none."""
    if path.is_dir():
        return "inspect"
    suffixes = [s for s in path.suffixes if s != ".gz"]
    last = suffixes[-1].lower() if suffixes else ""
    forms = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}
    return forms.get(last, "inspect" if last in _LOGS else None)


def _item(
    row: SourceRow, columns: ItemColumns, scale: ScoreScale, grades: Mapping[str, float], path: Path
) -> tuple[AuditItem, bool]:
    """Return the item of a row, and whether its truth is on the scale."""
    truth, known = None, True
    if columns.truth:
        told = column_value(row, columns.truth, path)
        if told is not None and told != "":
            try:
                truth = scale.value(grades.get(told, told) if isinstance(told, str) else told)
            except UnreadableScore:
                known = False
    item = AuditItem(
        id=" ".join(as_text(column_value(row, name, path)) for name in columns.id),
        text=as_text(column_value(row, columns.text, path)),
        other=as_text(column_value(row, columns.other, path)) if columns.other else None,
        prompt=as_text(column_value(row, columns.prompt, path)) if columns.prompt else "",
        truth=truth,
        cluster=" ".join(as_text(column_value(row, name, path)) for name in columns.cluster),
        fields=_without(row, columns.truth),
    )
    return item, known


def _named(item: AuditItem, key: bytes | str, number: int, clusters: dict[bytes, str]) -> AuditItem:
    """Return the item with an id that no other has, and a cluster.

    What comes twice, by its id or word for word, is one cluster unless the user says otherwise.
    """
    base = key if isinstance(key, str) else key.hex()
    name = base if number == 1 else f"{base} #{number}"
    content = AuditItem("", item.text, item.other, item.prompt).digest()
    cluster = item.cluster or clusters.setdefault(content, base)
    return AuditItem(name, item.text, item.other, item.prompt, item.truth, cluster, item.fields)


def column_value(row: SourceRow, name: str, path: Path | str) -> Any:
    """Return the value of a column; dots lead into nested values and lists.

    Raises:
        PeerwatchError: There is no such column.
    """
    if name in row:
        return row[name]
    value: Any = row
    for step in name.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        elif value is row:
            raise PeerwatchError(f"{path}: {unknown('column', name, row)}")
        else:  # a nested value that this row does not have
            return None
    return value


def _without(row: SourceRow, name: str | None) -> SourceRow:
    """Return a row without a column, which may be nested."""
    if name is None:
        return dict(row)
    if name in row or "." not in name:
        return {key: value for key, value in row.items() if key != name}
    step, _, rest = name.partition(".")
    inner = row.get(step)
    if isinstance(inner, Mapping):
        return {**row, step: _without(inner, rest)}
    return {key: value for key, value in row.items() if key != step}  # a list: all of it goes


def _nothing_in(name: str, row: SourceRow) -> str:
    """Return what is wrong with a column in which no row has anything."""
    place, _, last = name.rpartition(".")
    inner = column_value(row, place, "") if place else row
    if isinstance(inner, Mapping) and last not in inner and name not in row:
        return unknown("column", name, [f"{place}.{key}" for key in inner])
    return f"the column '{name}' is empty in all rows."


def as_text(value: Any) -> str:
    """Return a value as text: a text is itself, None is empty, anything else is its JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _chosen(row: SourceRow, where: Mapping[str, Any]) -> bool:
    """Return whether a row has the values asked for; one without the column has not."""
    try:
        return all(
            _cell_is(column_value(row, name, "where"), value) for name, value in where.items()
        )
    except PeerwatchError:
        return False


def _cell_is(cell: Any, value: Any) -> bool:
    """Return whether a cell has a value; in a CSV table all cells are text."""
    if isinstance(cell, str) and not isinstance(value, str):
        return cell.casefold() == str(value).casefold()
    return bool(cell == value)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[io.BufferedIOBase]:
    """Open a file that may be compressed.

    Raises:
        PeerwatchError: It cannot be opened or read to its end.
    """
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PeerwatchError(f"{path}: damaged or no file of gzip ({error}).") from None
    except OSError as error:
        raise PeerwatchError(f"{path}: cannot be read ({error.strerror}).") from None


def _jsonl(path: Path) -> Iterator[SourceRow]:
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise PeerwatchError(f"{path}: line {number} is not JSON ({error}).") from None
            if not isinstance(row, dict):
                raise PeerwatchError(f"{path}: line {number} is not an object with names.")
            yield row


def _csv(path: Path) -> Iterator[SourceRow]:
    import polars as pl

    with _opened(path) as file:
        content = file.read()
    try:  # everything as text, so that 007 stays 007
        table = pl.read_csv(io.BytesIO(content), infer_schema=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise PeerwatchError(f"{path}: not a CSV table ({str(error).splitlines()[0]}).") from None
    yield from table.iter_rows(named=True)


def _parquet(path: Path) -> Iterator[SourceRow]:
    import polars as pl

    try:
        table = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise PeerwatchError(
            f"{path}: not a Parquet file ({str(error).splitlines()[0]})."
        ) from None
    yield from table.iter_rows(named=True)


def _inspect(path: Path) -> Iterator[SourceRow]:
    """Yield a row a sample: id, epoch, input, target, output, model, scores.NAME, metadata."""
    from inspect_ai.log import list_eval_logs, read_eval_log

    from peerwatch.records.log_damage import why_unreadable

    names = [info.name for info in list_eval_logs(str(path))] if path.is_dir() else [str(path)]
    for name in names:
        try:
            log = read_eval_log(name)
        except Exception as error:  # whatever Inspect raises for what is no log
            raise PeerwatchError(
                f"{name}: not an Inspect log that can be read "
                f"({why_unreadable(Path(name.removeprefix('file://')), error)}). Rows of your own "
                "go into JSON Lines: one object a line, in a file that ends in .jsonl."
            ) from None
        for sample in log.samples or ():
            asked = sample.input
            yield {
                "id": sample.id,
                "epoch": sample.epoch,
                "input": asked if isinstance(asked, str) else "\n\n".join(m.text for m in asked),
                "target": sample.target,
                "output": sample.output.completion,
                "model": log.eval.model,
                "task": log.eval.task,
                "scores": {k: score.value for k, score in (sample.scores or {}).items()},
                "metadata": dict(sample.metadata),
            }


_READERS = {"jsonl": _jsonl, "csv": _csv, "parquet": _parquet, "inspect": _inspect}
