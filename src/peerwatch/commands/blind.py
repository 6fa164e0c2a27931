"""``peerwatch blind``: plain text or JSON Lines in, the same without cues out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from peerwatch.blinding.authorship import Authorship, authorship
from peerwatch.blinding.channels import CHANNELS
from peerwatch.blinding.leaks import leaks
from peerwatch.blinding.masking import mask_cues, mask_value
from peerwatch.commands.options import AsJson
from peerwatch.common.errors import DesignError, PeerwatchError

SHOWN = 20
"""Remaining cues that are named one by one."""


def blind_command(
    source: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A file; standard input if not given.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="JSON Lines, and this field is text; repeatable."),
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A further name to mask; repeatable.")
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", help="Only this channel; repeatable.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; say which cues the input holds.")
    ] = False,
    author: Annotated[
        str | None,
        typer.Option(help="A field with the author: how well words tell it, before and after."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Mask every cue to who wrote a text, or check what is left of them."""
    code = blind_input(source, field or [], name or [], channel, check, author, as_json)
    if code:
        raise typer.Exit(code)


def blind_input(
    source: Path | None,
    fields: Sequence[str],
    names: Sequence[str],
    channels: Sequence[str] | None,
    check: bool,
    author: str | None,
    as_json: bool,
) -> int:
    """Filter a file or standard input, or check it, and return the exit code."""
    if author is not None and not fields:
        raise DesignError("--author needs --field: which field of a line holds the text?")
    where = str(source or "standard input")
    try:
        with _opened(source) as stream:
            rows = list(_rows(stream, where)) if fields or author else [stream.read()]
    except UnicodeDecodeError:
        raise PeerwatchError(f"{where} is not text in UTF-8. Convert it first.") from None
    texts = [text for row in rows for text in _texts(row, fields, where)]
    if author is not None:
        return _tell_authors(rows, texts, fields, author, names, channels, as_json)
    if check:
        return _check(texts, names, channels, as_json)
    masks: Counter[str] = Counter()
    for row in rows:
        masks.update(_write(row, fields, names, channels))
    _summary(masks, channels)
    return 0


def _opened(source: Path | None) -> TextIO:
    if source is None:
        return sys.stdin
    try:
        return source.open(encoding="utf-8", newline="")
    except OSError as error:
        raise PeerwatchError(f"{source} cannot be read: {error.strerror}.") from error


def _rows(stream: TextIO, where: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise PeerwatchError(
                f"{where}, line {number}: not JSON ({error.msg}). With --field every line has to "
                "be one JSON object; without it the input is plain text."
            ) from None
        if not isinstance(row, dict):
            raise PeerwatchError(f"{where}, line {number}: a JSON object is expected.")
        yield row


def _texts(row: Any, fields: Sequence[str], where: str) -> Iterator[str]:
    if isinstance(row, str):
        yield row
        return
    for field in fields:
        if field not in row:
            raise PeerwatchError(
                f"{where}: a line has no field '{field}'. Its fields: {', '.join(row)}."
            )
        value = row[field]
        yield value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _write(
    row: Any, fields: Sequence[str], names: Sequence[str], channels: Sequence[str] | None
) -> Mapping[str, int]:
    if isinstance(row, str):
        done = mask_cues(row, names, channels)
        sys.stdout.write(done.text)
        return done.masks
    # The fields of a line are blinded together: an agent has one placeholder in all of them.
    blinded, masks = mask_value([row[field] for field in fields], names, channels)
    print(json.dumps({**row, **dict(zip(fields, blinded, strict=True))}, ensure_ascii=False))
    return masks


def _summary(masks: Mapping[str, int], channels: Sequence[str] | None) -> None:
    told = ", ".join(f"{n} {channel}" for channel, n in sorted(masks.items())) or "nothing"
    print(f"masked: {told}", file=sys.stderr)
    if _others(channels):
        print(
            f"Insufficient: only {', '.join(channels or ())} were masked. Cues in the other "
            f"channels ({_others(channels)}) stay, and a part of the channels is never enough to "
            "call a judge blinded.",
            file=sys.stderr,
        )


def _others(channels: Sequence[str] | None) -> str:
    """Return the channels that were not chosen, as words."""
    return "" if channels is None else ", ".join(c for c in CHANNELS if c not in channels)


def _check(
    texts: Iterable[str], names: Sequence[str], channels: Sequence[str] | None, as_json: bool
) -> int:
    found = [
        (number, cue) for number, text in enumerate(texts) for cue in leaks(text, names, channels)
    ]
    counts = Counter(cue.kind for _, cue in found)
    if as_json:
        cues = [{"text": n, "kind": c.kind, "cue": c.text, "at": c.start} for n, c in found]
        print(json.dumps({"remaining": dict(counts), "cues": cues}, ensure_ascii=False))
    else:
        for number, cue in found[:SHOWN]:
            print(f"text {number + 1}, character {cue.start + 1}: {cue.kind}: {cue.text!r}")
        if len(found) > SHOWN:
            print(f"… and {len(found) - SHOWN} more")
        told = ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()))
        where = f" in the channels {', '.join(channels or ())}" if _others(channels) else ""
        print(f"cues that remain: {told}" if told else f"no literal cue remains{where}")
        if where:
            print(f"not looked at: {_others(channels)}")
    return 1 if set(counts) - {"word"} else 0


def _tell_authors(
    rows: Sequence[Any],
    texts: Sequence[str],
    fields: Sequence[str],
    author: str,
    names: Sequence[str],
    channels: Sequence[str] | None,
    as_json: bool,
) -> int:
    missing = [row for row in rows if author not in row]
    if missing:
        raise PeerwatchError(
            f"A line has no field '{author}'. Its fields: {', '.join(missing[0])}."
        )
    step = len(fields)
    whole = ["\n".join(texts[i : i + step]) for i in range(0, len(texts), step)]
    authors = [str(row[author]) for row in rows]
    before = authorship(whole, authors)
    after = authorship([mask_cues(text, names, channels).text for text in whole], authors)
    if as_json:
        print(json.dumps({"before": _row(before), "after": _row(after)}))
    else:
        for when, told in (("as it is", before), ("blinded", after)):
            print(
                f"{when:9} {100 * told.accuracy:5.1f} % of authors named rightly "
                f"[{100 * told.low:.1f}, {100 * told.high:.1f}], by chance "
                f"{100 * told.chance:.1f} % (n = {told.texts}, {told.authors} authors)"
            )
    return 0


def _row(told: Authorship) -> dict[str, float]:
    return {name: getattr(told, name) for name in Authorship.__dataclass_fields__}
