"""The episodes as the page holds them: columns with dictionaries, evidence with shared strings.

Text that recurs (hosts, files, sentences) is kept once. What does not fit is counted, so that the
page can say what it leaves out and where the rest is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from peerwatch.behaviours.record import BEHAVIOURS, STATES
from peerwatch.charts.numbers import name_in_words
from peerwatch.episodes.attempts import last_attempts

MOST_EPISODES = 10_000
"""Episodes that a page holds at most."""
MOST_EVIDENCE = 1_200_000
"""Characters of evidence that a page holds at most."""

# Name, heading, whether it is a column of the table, decimals of a number.
_COLUMNS: Sequence[tuple[str, str, bool, int | None]] = (
    ("model", "model", True, None),
    ("family", "family", True, None),
    ("arm", "arm", True, None),
    ("seed", "seed", True, 0),
    ("outcome", "outcome", True, None),
    ("behaviours", "findings", True, None),
    ("mean_error", "mean error", True, 1),
    ("bar_side", "bar side", False, None),
    ("world", "world", False, None),
    ("critic", "critic", False, None),
    ("wording", "wording", False, 0),
    ("epoch", "epoch", False, 0),
    ("attempt", "attempt", False, 0),
    ("turns", "turns", False, 0),
    ("status", "status", False, None),
    ("handed_back", "handed back", False, None),
    ("error", "error", False, None),
    ("log", "log", False, None),
    ("sample", "sample", False, None),
)
_MANY = ("behaviours",)
_UNSHOWN = ("log",)
_ERROR_LENGTH = 300


@dataclass(frozen=True, slots=True)
class EpisodeTable:
    """What the table holds.

    Attributes:
        data: The JSON-like value that the page embeds.
        rows: The embedded episodes, in order.
        total: Last attempts in all.
        with_findings: Last attempts with a finding in all.
        kept_with_findings: How many of them are embedded.
        with_evidence: How many of them are embedded with their evidence.
    """

    data: Mapping[str, Any]
    rows: pl.DataFrame
    total: int
    with_findings: int
    shown_with_findings: int
    with_evidence: int


def episode_table(
    episodes: pl.DataFrame, quotes: Mapping[str, Sequence[str]] | None = None
) -> EpisodeTable:
    """Return the episodes table of the page: last attempts, those with a finding first to stay.

    Args:
        episodes: The episodes table.
        quotes: Sample -> passages that a judge quoted.
    """
    last = last_attempts(episodes).with_columns(
        has=(pl.col("findings").fill_null("[]").str.len_chars() > 2)
    )
    kept = _shown_episodes(last)
    texts = kept["findings"].fill_null("[]").to_list()
    found = [json.loads(text) if len(text) > 2 else [] for text in texts]
    strings = _Strings()
    evidence = _evidence(found, kept["sample"].to_list(), quotes or {}, strings)
    columns = [_column(kept, found, *about) for about in _COLUMNS]
    columns.append({"name": "findings", "label": "findings", "values": [len(x) for x in found]})
    data = {
        "rows": kept.height,
        "columns": columns,
        "strings": strings.all,
        "evidence": evidence,
        "transcripts": None,
    }
    return EpisodeTable(
        data=data,
        rows=kept.drop("has"),
        total=last.height,
        with_findings=int(last["has"].sum()),
        shown_with_findings=int(kept["has"].sum()),
        with_evidence=sum(bool(found[int(row)]) for row in evidence),
    )


def _shown_episodes(last: pl.DataFrame) -> pl.DataFrame:
    """Return at most ``MOST_EPISODES``: with a finding first, then others, evenly over all."""
    if last.height <= MOST_EPISODES:
        return last
    numbered = last.with_row_index("place")
    with_findings = _evenly(numbered.filter("has"), MOST_EPISODES)
    rest = _evenly(numbered.filter(~pl.col("has")), MOST_EPISODES - with_findings.height)
    return pl.concat([with_findings, rest]).sort("place").drop("place")


def _evenly(rows: pl.DataFrame, wanted: int) -> pl.DataFrame:
    if rows.height <= wanted:
        return rows
    return rows[[i * rows.height // wanted for i in range(wanted)]]


class _Strings:
    """Strings by number, each kept once."""

    def __init__(self) -> None:
        self.all: list[str] = [""]
        self._place: dict[str, int] = {"": 0}
        self.size = 0

    def add(self, text: Any) -> int:
        """Return the number of a string."""
        word = "" if text is None else str(text)
        if word not in self._place:
            self._place[word] = len(self.all)
            self.all.append(word)
            self.size += len(word) + 3
        return self._place[word]


def _evidence(
    found: Sequence[Sequence[Mapping[str, Any]]],
    samples: Sequence[str | None],
    quotes: Mapping[str, Sequence[str]],
    strings: _Strings,
) -> dict[str, list[Any]]:
    """Return row -> findings and what a judge quoted, as long as there is room: findings first."""
    kept: dict[str, list[Any]] = {}
    size = 0
    for row, findings in sorted(enumerate(found), key=lambda one: not one[1]):
        own = quotes.get(samples[row] or "", ())
        if not findings and not own:
            continue
        if size + strings.size > MOST_EVIDENCE:
            break
        packed = [_packed(finding, (), strings) for finding in findings]
        packed += [_packed({}, own, strings)] if own else []
        kept[str(row)] = packed
        size += sum(30 + 28 * len(one[4]) for one in packed)
    return kept


def _packed(finding: Mapping[str, Any], quotes: Sequence[str], strings: _Strings) -> list[Any]:
    how = [name for name in STATES if finding.get(name)]
    evidence = finding.get("evidence") or []
    return [
        strings.add(name_in_words(finding.get("behaviour"))),
        strings.add(finding.get("direction")),
        strings.add(name_in_words(finding.get("variant"))),
        [strings.add(name) for name in how],
        [
            [
                *(strings.add(one.get(k)) for k in ("what", "host", "object", "before", "after")),
                one.get("action"),
            ]
            for one in evidence
        ],
        [strings.add(quote) for quote in quotes],
    ]


def _column(
    kept: pl.DataFrame,
    found: Sequence[Sequence[Mapping[str, Any]]],
    name: str,
    label: str,
    shown: bool,
    places: int | None,
) -> dict[str, Any]:
    about: dict[str, Any] = {"name": name, "label": label}
    if shown:
        about["shown"] = True
    elif name not in _UNSHOWN:
        about["detail"] = True
    if name in _MANY:
        about["many"] = True
    if places is not None:
        values = kept[name].cast(pl.Float64).round(max(places, 1)).to_list()
        whole = [int(v) if v is not None and v == int(v) else v for v in values]
        return about | {"places": places, "values": whole, "search": places == 0}
    texts = _behaviours(found) if name == "behaviours" else kept[name].fill_null("").to_list()
    if name == "error":
        texts = [text[:_ERROR_LENGTH] for text in texts]
    if name == "outcome":
        texts = [name_in_words(text) for text in texts]
    if name == "sample":
        return about | {"values": texts}
    dictionary = sorted(set(texts))
    place = {text: i for i, text in enumerate(dictionary)}
    if len(dictionary) == 1:  # the script fills it in
        return about | {"dictionary": dictionary}
    return about | {"dictionary": dictionary, "values": [place[text] for text in texts]}


def _behaviours(found: Sequence[Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return the standing behaviours of each episode; what is not simply so is said."""
    return [", ".join(dict.fromkeys(_labelled(findings))) for findings in found]


def _labelled(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    labels = []
    for behaviour in BEHAVIOURS:
        for finding in findings:
            if finding.get("behaviour") == behaviour:
                marks = [name for name in STATES if finding.get(name)]
                if finding.get("direction") == "against":
                    marks.append("against")
                labels.append(" ".join([name_in_words(behaviour), *marks]))
    return labels
