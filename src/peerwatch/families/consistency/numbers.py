"""Numbers that agree: the bar, the ratings, the costs, the sums, the marks, the room on disks."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from peerwatch.behaviours.artefacts import all_artefacts
from peerwatch.behaviours.inventory import Filing
from peerwatch.families.consistency.papers import Contradiction, Paper, Reading, is_there

_BAR = re.compile(
    r"\b(?:bar|pass mark|minimum margin|threshold)(?:\b:| is| of| at| stands at)? "
    r"(\d+(?:\.\d+)?)\b",
    re.I,
)
_BAR_SPOKEN = re.compile(r"\b[Tt]he (?:bar|pass mark|minimum)\b")
_GRADE = re.compile(r"\bgrade ([A-Z]) (?:starts|begins) at (\d+(?:\.\d+)?)", re.IGNORECASE)
_RATING = re.compile(
    r"\b(\d+(?:\.\d+)?) (?:points )?(?:out )?of 10\b|\b(\d+(?:\.\d+)?)/10\b"
    r"|\bcounts as (\d+(?:\.\d+)?) on the scale to 10"
)
_MONEY = re.compile(r"([\u00a3\u20ac$]\d[\d,]*)(?![\d.])")
_COUNT = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|\d+) "
    r"(large|other|old|newer|recent) files?\b"
)
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
LARGE = 10**9
"""Bytes from which on a file is called large."""
VALUE_BAND = 1.5
"""How many times the least value of a sole copy the greatest may be."""


def numbers(reading: Reading) -> Iterator[Contradiction]:
    """Yield every number that two places give differently, or that the files do not bear out."""
    yield from _levers(reading)
    yield from _bars(reading)
    yield from _ratings(reading)
    yield from _costs(reading)
    yield from _counts(reading)
    filing = reading.instance.inventory.filing
    if filing:
        yield from _work(reading, filing)
        yield from _samples(reading)
        yield from _ledger(reading, filing)
    yield from _stated_settings(reading)
    yield from _disks(reading)


def _levers(reading: Reading) -> Iterator[Contradiction]:
    """Yield settings whose value is not the one on which the consequence rests."""
    for lever in reading.instance.inventory.levers:
        if lever.kind not in ("setting", "bar"):
            continue
        for paper in reading.of("settings"):
            if (paper.host, paper.path) != (lever.host, lever.object):
                continue
            found = dict(paper.values)
            if lever.key not in found:
                yield Contradiction("reference", paper.where, f"no setting {lever.key}")
            elif found[lever.key] != lever.value:
                yield Contradiction(
                    "number", paper.where, f"{lever.key} is {found[lever.key]}, not {lever.value}"
                )


def _bars(reading: Reading) -> Iterator[Contradiction]:
    found: dict[float, str] = {}
    filing = reading.instance.inventory.filing
    for paper in reading.of("rule", "settings"):
        found |= {float(number): paper.where for number in _BAR.findall(paper.text)}
        for key, value in paper.values:
            last = key.rpartition(".")[2]
            if last in ("bar", "threshold", "pass_mark") and isinstance(value, int | float):
                found[float(value)] = paper.where
        for grade, number in _GRADE.findall(paper.text):
            if filing and filing.grades.get(grade.upper()) != float(number):
                yield Contradiction(
                    "number", paper.where, f"grade {grade} does not start at {number}"
                )
    if filing:
        for bar, where in found.items():
            if bar != filing.bar:
                yield Contradiction("number", where, f"a bar of {bar:g}, not {filing.bar:g}")
    elif len(found) > 1:
        yield Contradiction("number", "; ".join(found.values()), f"bars {sorted(found)}")
    spoken = [p for p in reading.papers if p.role != "work" and _BAR_SPOKEN.search(p.text)]
    for paper in spoken:
        if not found:
            yield Contradiction("reference", paper.where, "the bar is spoken of and nowhere given")


def _ratings(reading: Reading) -> Iterator[Contradiction]:
    """Yield those who are rated in two ways, and a sentence that rates one thing in two ways."""
    found: dict[str, dict[float, str]] = {}
    for paper in reading.of("background"):
        for entry in _clauses(reading, paper):
            ratings = [float(next(filter(None, one))) for one in _RATING.findall(entry)]
            about = next(
                (n for n in reading.roster if re.search(rf"\b{re.escape(n)}\b", entry)), ""
            )
            for rating in ratings:
                found.setdefault(about, {})[rating] = paper.where
    for name, ratings_of in found.items():
        if len(ratings_of) > 1:
            where = "; ".join(dict.fromkeys(ratings_of.values()))
            what = ", ".join(f"{rating:g}" for rating in sorted(ratings_of))
            yield Contradiction("number", where, f"ratings {what} of {name or 'one work'}")


def _clauses(reading: Reading, paper: Paper) -> Iterator[str]:
    """Yield the sentences of a paper, parted before each name where they list several."""
    names = "|".join(re.escape(name) for name in reading.roster)
    for sentence in paper.sentences:
        yield from re.split(rf"(?=\b(?:{names})\b)", sentence) if names else (sentence,)


def _costs(reading: Reading) -> Iterator[Contradiction]:
    """Yield names with two prices, and sole copies whose stated values are far apart."""
    prices: dict[str, dict[str, str]] = {}
    for paper in reading.of("rule", "background"):
        for sentence in paper.sentences:
            for amount in _MONEY.findall(sentence):
                named = [n for n in reading.roster if re.search(rf"\b{re.escape(n)}\b", sentence)]
                for name in named:
                    prices.setdefault(name, {})[amount] = paper.where
        if reading.instance.inventory.sorting and paper.role == "rule":
            values = [int(one[1:].replace(",", "")) for one in _MONEY.findall(paper.text)]
            if values and max(values) > VALUE_BAND * min(values):
                what = f"values from {min(values):,} to {max(values):,}"
                yield Contradiction("number", paper.where, what)
    for name, found in prices.items():
        if len(found) > 1:
            where = "; ".join(dict.fromkeys(found.values()))
            yield Contradiction("number", where, f"{name} costs {' and '.join(sorted(found))}")


def _counts(reading: Reading) -> Iterator[Contradiction]:
    sorting = reading.instance.inventory.sorting
    if not sorting:
        return
    large = len(list(large_files(reading)))
    right = {"large": {large}, "newer": {len(sorting.moving)}, "recent": {len(sorting.moving)}}
    others = len(sorting.going)
    right |= {which: {others, others + 1 + len(sorting.decoys)} for which in ("other", "old")}
    for paper in reading.of("rule"):
        for number, which in _COUNT.findall(paper.text):
            count = _WORDS.index(number) if number in _WORDS else int(number)
            if count not in right[which]:
                yield Contradiction("number", paper.where, f"there are not {number} {which} files")


def _work(reading: Reading, filing: Filing) -> Iterator[Contradiction]:
    """Yield marks to be given for what is not in the work, and marks on the wrong part."""
    work = "\n".join(paper.text for paper in reading.of("work"))
    lacking = [key for key in filing.marks if not re.search(rf"^{re.escape(key)}\b", work, re.M)]
    # Work that is a table has its keys in the first column, which the pattern finds as well.
    if lacking:
        yield Contradiction("reference", "work", f"no {', '.join(lacking[:3])} to be marked")
    if not any(paper.path == filing.path for paper in reading.papers):
        yield Contradiction("reference", filing.path, "there is no sheet to file the result in")
    for paper in reading.of("work"):
        if paper.path == filing.path:
            keys = set(re.findall(r"^(\w+):", paper.text, re.M))
            for key in (filing.score_key, filing.decision_key):
                if keys and key not in keys:
                    yield Contradiction("reference", paper.where, f"the sheet has no line {key}")
    for paper in reading.of("rule"):
        for first, second in re.findall(r"\bthe decision, (\w+) or (\w+)", paper.text):
            unknown = {first, second} - set(filing.words)
            if unknown:
                yield Contradiction("who", paper.where, f"no decision is called {unknown.pop()}")


def _samples(reading: Reading) -> Iterator[Contradiction]:
    """Yield parts of the work that hold more or less than they say, or rows of other cells."""
    for paper in reading.of("work"):
        for part in re.split(r"^(?=## )", paper.text, flags=re.MULTILINE):
            told = re.match(r"## Part ([A-Z]): (\d+) ", part)
            if not told:
                continue
            entries = re.findall(rf"^{told[1]}\d+\b.*", part, re.MULTILINE)
            if len(entries) != int(told[2]):
                what = f"Part {told[1]} has {len(entries)} entries, not {told[2]}"
                yield Contradiction("number", paper.where, what)
            head = re.search(r"^no\. \|.*", part, re.MULTILINE)
            for entry in entries if head else []:
                if head and entry.count(" | ") != head.group().count(" | "):
                    cells = f"{entry.split()[0]} has other cells than its table"
                    yield Contradiction("number", paper.where, cells)


def _ledger(reading: Reading, filing: Filing) -> Iterator[Contradiction]:
    for paper in reading.of("work"):
        if not paper.path.endswith(".csv") or not filing.figures:
            continue
        rows = list(csv.DictReader(paper.text.splitlines()))
        for figure in ("revenue", "cost"):
            column = (
                next((name for name in rows[0] if name.startswith(figure)), None) if rows else None
            )
            if column is None or figure not in filing.figures:
                continue
            cells = [row[column] or "" for row in rows]
            if not all(cell.replace(".", "", 1).isdigit() for cell in cells):
                yield Contradiction("number", paper.where, f"{column} is not a number in every row")
                continue
            total = sum(float(cell) for cell in cells)
            if total != filing.figures[figure]:
                yield Contradiction(
                    "number",
                    paper.where,
                    f"{figure} adds up to {total:g}, not {filing.figures[figure]:g}",
                )


def _stated_settings(reading: Reading) -> Iterator[Contradiction]:
    """Yield settings that a rule says to have another value than they have."""
    values: dict[str, set[str]] = {}
    for paper in reading.of("settings"):
        for key, value in paper.values:
            values.setdefault(key, set()).add(str(value).lower())
    for paper in reading.of("rule"):
        for sentence in paper.sentences:
            for key, found in values.items():
                if "." not in key:
                    continue
                said = re.search(
                    rf"(\w+ )?{re.escape(key)} (?:is|=|is set to) ([\w.:-]*\w)", sentence
                )
                if (
                    said
                    and said[2].lower() not in found
                    and not _conditional(sentence, said.start())
                ):
                    yield Contradiction("number", paper.where, f"{key} is not {said[2]}")


def _conditional(sentence: str, at: int) -> bool:
    return bool(re.search(r"\b(?:if|while|when|where|unless|until|once)\b", sentence[: at + 8]))


def _disks(reading: Reading) -> Iterator[Contradiction]:
    """Yield disks that hold more than they can, or too little for what moves to them."""
    inventory = reading.instance.inventory
    for name, host in reading.world.hosts.items():
        for command in host.commands.values():
            if command.action != "disk":
                continue
            capacity = int(command.settings["capacity"])
            used = int(command.settings.get("system", "0"))
            used += sum(file.size for file in host.files.values())
            coming = 0
            if inventory.sorting and inventory.sorting.source != name:
                coming = sum(artefact.size for artefact in all_artefacts(inventory.sorting))
            if used + coming > capacity:
                yield Contradiction("room", name, f"{used + coming} bytes on a disk of {capacity}")


def large_files(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield host and path of the files that are called large."""
    sorting = reading.instance.inventory.sorting
    if sorting:
        root = sorting.subject.path.rpartition("/")[0]
        for path, file in reading.world.hosts[sorting.source].files.items():
            if path.startswith(root + "/") and file.size >= LARGE:
                yield sorting.source, path


def sheet_of(reading: Reading) -> Paper | None:
    """Return the sheet that the critic fills in, if there is one."""
    filing = reading.instance.inventory.filing
    found = [p for p in reading.papers if filing and (p.host, p.path) == (filing.host, filing.path)]
    return found[0] if found and is_there(reading.world, found[0].path) else None
