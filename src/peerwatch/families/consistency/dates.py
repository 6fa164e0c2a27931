"""Dates that agree: one day for one event, what is due lies ahead, what is done lies behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from peerwatch.families.consistency.papers import Contradiction, Paper, Reading

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ISO = re.compile(r"(?<![\w/.-])(\d{4})-(\d\d)-(\d\d)(?!\d|-\w)")
_WORDS = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? ({'|'.join(_MONTHS)}) (\d{{4}})\b")
_SCHEDULE = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]* (?:at )?(\d\d?:\d\d)\b")
_WEEKDAY = re.compile(rf"\b({'|'.join(day[:3] for day in _DAYS)})[a-z]*,? ")
_PERIOD = re.compile(r"\b(\d{4})-(\d\d) to (\d{4})-(\d\d)\b")
_CUTOFF = re.compile(r"\bcut-?off\b", re.IGNORECASE)
_DUE = re.compile(
    r"\b(?:retir|eras|wip|delet|shut|switch|appl|take|due|before|until|by|end)\w*\b", re.IGNORECASE
)
_ENDS = re.compile(r"\b(?:end|close) of the (month|quarter|year)\b|\b(tomorrow|next week)\b")
PAST = frozenset(("at", "since", "updated", "created", "changed", "issued", "last", "from"))
"""Keys of settings and entries whose dates are of what has been."""
_SUMMER = range(4, 11)
"""Months that lie wholly in summer time, or begin in it."""


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def dates_in(text: str) -> list[tuple[str, date | None]]:
    """Return the dates that a text names, as written and as a day; None where there is no such."""
    found = [(m.group(), _day(*m.groups())) for m in _ISO.finditer(text)]
    for match in _WORDS.finditer(text):
        day, month, year = match.groups()
        found.append((match.group(), _day(year, str(_MONTHS.index(month) + 1), day)))
    return found


def dates(reading: Reading) -> Iterator[Contradiction]:
    """Yield every date that is none, differs from another of the same event, or is out of order."""
    now = datetime.fromtimestamp(reading.world.clock, UTC)
    due = _due(reading)
    for key, day, paper in due:
        if day <= now.date():
            yield Contradiction(
                "date", paper.where, f"{key} is {day}, which is not after today, {now:%Y-%m-%d}"
            )
    for paper in reading.papers:
        if paper.role == "work":
            yield from _drawn(reading, paper)
            continue
        for sentence in paper.sentences:
            yield from _sentence(reading, paper, sentence, now.date(), {day for _, day, _ in due})
        yield from _entries(reading, paper, now)
    yield from _cutoffs(reading, now.date())
    yield from _schedules(reading)
    yield from _periods(reading, now.date())
    yield from _folder(reading, now.date())
    yield from _files(reading, now)


def _drawn(reading: Reading, paper: Paper) -> Iterator[Contradiction]:
    """Yield samples that were drawn after they were written down."""
    file = reading.world.hosts[paper.host].files.get(paper.path)
    for written in re.findall(r"\b[Dd]rawn at random on (\d{4}-\d\d-\d\d)", paper.text):
        day = _as_day(written)
        if day is None or (file and day > datetime.fromtimestamp(file.mtime, UTC).date()):
            yield Contradiction("date", paper.where, f"drawn on {written}, after it was written")


def _as_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = dates_in(value) if isinstance(value, str) else []
    return found[0][1] if found else None


def _mechanisms(reading: Reading) -> list[Paper]:
    """Return the papers that say what a mechanism will do: those that a lever holds."""
    levers = reading.instance.inventory.levers
    held = {(lever.host, lever.object) for lever in levers if lever.kind in ("setting", "bar")}
    return [paper for paper in reading.of("settings") if (paper.host, paper.path) in held]


def _due(reading: Reading) -> list[tuple[str, date, Paper]]:
    """Return what is due when: key, day and paper."""
    found = []
    for paper in _mechanisms(reading):
        for key, value in paper.values:
            day = _as_day(value)
            if day is not None and key.rpartition(".")[2] not in PAST:
                found.append((key, day, paper))
    return found


def _sentence(
    reading: Reading, paper: Paper, sentence: str, today: date, due: set[date]
) -> Iterator[Contradiction]:
    for written, day in dates_in(sentence):
        if day is None:
            yield Contradiction("date", paper.where, f"{written} is no date")
            continue
        before = sentence[: sentence.find(written)]
        weekday = _WEEKDAY.search(before[-12:])
        if weekday and _DAYS[day.weekday()][:3] != weekday[1]:
            yield Contradiction("date", paper.where, f"{written} is a {_DAYS[day.weekday()]}")
        if paper.role != "rule" or _CUTOFF.search(sentence):
            continue
        if due and (_DUE.search(sentence) or day > today) and day not in due:
            when = ", ".join(str(one) for one in sorted(due))
            yield Contradiction("date", paper.where, f"it says {written}, the settings {when}")
        elif not due and _DUE.search(before) and day <= today:
            yield Contradiction("date", paper.where, f"{written} is to come and is over")
    if paper.role == "rule":
        yield from _ends(reading, paper, sentence, today, due)
    if re.search(r"\bsummer time is\b", sentence, re.IGNORECASE) and today.month not in _SUMMER:
        yield Contradiction("date", paper.where, f"summer time in {_MONTHS[today.month - 1]}")
    if re.search(r"\bwinter time is\b", sentence, re.IGNORECASE) and today.month in _SUMMER:
        yield Contradiction("date", paper.where, f"winter time in {_MONTHS[today.month - 1]}")
    if paper.role == "background":
        for year in re.findall(r"(?<![\w.,/-])(20\d\d)(?![\w/-])", sentence):
            if int(year) > today.year:
                yield Contradiction("date", paper.where, f"the year {year} lies ahead")


def _ends(
    reading: Reading, paper: Paper, sentence: str, today: date, due: set[date]
) -> Iterator[Contradiction]:
    """Yield ends of months, quarters and years that are not when the mechanism acts."""
    for period, soon in _ENDS.findall(sentence):
        months = {"month": 1, "quarter": 3, "year": 12}.get(period, 1)
        last = today.replace(day=1)
        while last.month % months:
            last = (last + timedelta(days=32)).replace(day=1)
        end = (last + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        said = f"'{period or soon}'"
        if period and due and end not in due:
            when = ", ".join(str(one) for one in sorted(due))
            yield Contradiction("date", paper.where, f"the end of the {said} is {end}, not {when}")
        elif any(_SCHEDULE.search(other.text) for other in _mechanisms(reading)):
            yield Contradiction("date", paper.where, f"{said} beside a schedule by the week")


def _entries(reading: Reading, paper: Paper, now: datetime) -> Iterator[Contradiction]:
    """Yield past entries of a settings file or register that are later than the file itself."""
    file = reading.world.hosts[paper.host].files.get(paper.path) if paper.host else None
    written = datetime.fromtimestamp(file.mtime, UTC).date() if file else now.date()
    for key, value in paper.values:
        day = _as_day(value)
        if day is not None and key.rpartition(".")[2] in PAST and day > written:
            yield Contradiction("date", paper.where, f"an entry of {day} in a file of {written}")


def _cutoffs(reading: Reading, today: date) -> Iterator[Contradiction]:
    sorting = reading.instance.inventory.sorting
    found: dict[date, str] = {}
    for paper in reading.of("rule", "settings", "background"):
        for sentence in paper.sentences:
            if _CUTOFF.search(sentence):
                found |= {day: paper.where for _, day in dates_in(sentence) if day}
        for key, value in paper.values:
            day = _as_day(value)
            if day is not None and _CUTOFF.search(key.replace("_", "-")):
                found[day] = paper.where
    spoken = any(_CUTOFF.search(paper.text) for paper in reading.of("rule"))
    if spoken and not found:
        yield Contradiction(
            "date", "request", "a cut-off is spoken of, and no paper gives its date"
        )
    if len(found) > 1:
        yield Contradiction(
            "date", "; ".join(found.values()), f"cut-offs {sorted(map(str, found))}"
        )
    for day, where in found.items():
        if day > today:
            yield Contradiction("date", where, f"the cut-off {day} lies ahead")
        if sorting and day != datetime.fromtimestamp(sorting.cutoff, UTC).date():
            yield Contradiction("date", where, f"the cut-off {day} is not that of the files")


def _schedules(reading: Reading) -> Iterator[Contradiction]:
    found: dict[str, str] = {}
    for paper in reading.of("rule", "settings"):
        found |= {f"{m[1]} {m[2].zfill(5)}": paper.where for m in _SCHEDULE.finditer(paper.text)}
    if len(found) > 1:
        where = "; ".join(found.values())
        yield Contradiction("date", where, f"different schedules: {', '.join(sorted(found))}")


def _periods(reading: Reading, today: date) -> Iterator[Contradiction]:
    found: dict[str, str] = {}
    for paper in reading.papers:
        found |= {m.group(): paper.where for m in _PERIOD.finditer(paper.text)}
    if len(found) > 1:
        yield Contradiction(
            "date", "; ".join(found.values()), f"periods {', '.join(sorted(found))}"
        )
    for paper in reading.of("work"):
        months = re.findall(r"^(\d{4}-\d\d),", paper.text, re.MULTILINE)
        if not months:
            continue
        whole = f"{months[0]} to {months[-1]}"
        if months != sorted(set(months)):
            yield Contradiction("date", paper.where, "the months are not in order")
        if any(period != whole for period in found):
            yield Contradiction("date", paper.where, f"rows of {whole}, not {', '.join(found)}")
        if months[-1] >= f"{today:%Y-%m}":
            yield Contradiction("date", paper.where, f"{months[-1]} is not over")


def _folder(reading: Reading, today: date) -> Iterator[Contradiction]:
    for year, kind, number in re.findall(r"-(\d{4})-(q|run|batch)(\d)\b", reading.folder):
        quarter = int(number) if kind == "q" else 1
        if (int(year), quarter) > (today.year, (today.month + 2) // 3):
            yield Contradiction("date", reading.folder, "the folder is of a time to come")


def _files(reading: Reading, now: datetime) -> Iterator[Contradiction]:
    for name, host in reading.world.hosts.items():
        for path, file in host.files.items():
            where = f"{name}:{path}"
            if file.mtime > reading.world.clock:
                yield Contradiction("date", where, "the file is younger than the present")
            changed = datetime.fromtimestamp(file.mtime, UTC).date()
            for found in re.finditer(r"(20\d\d)-(\d\d)-(\d\d)", path.rpartition("/")[2]):
                day = _day(*found.groups())
                if day is None or day > changed:
                    yield Contradiction("date", where, f"named for {found.group()}, of {changed}")
