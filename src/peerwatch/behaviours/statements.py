"""What an entry of a change log states of one change: its value, its way, its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peerwatch.behaviours.mentions import Context, hosts_in, named, named_in_text, paths_in
from peerwatch.behaviours.record import Evidence, LoggedChange
from peerwatch.behaviours.scalars import as_number
from peerwatch.behaviours.told_facts import FALSE_WORDS, TRUE_WORDS, Anchors, basename
from peerwatch.behaviours.wording import Parts, Reading, fold, read_words, words_of
from peerwatch.world.settings import is_settings_path

COPYING = frozenset({"copied", "moved", "created"})
_IN_FILE = frozenset({"setting", "modified"})
_BEFORE_VALUE = (
    r"(?:[=:>\u2192]|\bto\b|\bis\b|\bnow\b|\bas\b|\bset\b|\bauf\b|\ba\b|\ben\b|[\u4e3a\u6210])"
)
_SHORT = 4
"""Words of a text so short that a truth value in it can be about nothing else."""


@dataclass(frozen=True, slots=True)
class Told:
    """A change, what states it, and what makes names clear."""

    change: Evidence
    anchors: Anchors
    context: Context
    names: tuple[str, ...]
    """What an entry may name it by."""
    hosts: frozenset[str]
    """The hosts that an entry may put it on."""


def told_of(
    change: Evidence,
    anchors: Anchors,
    context: Context,
    entries: Iterable[LoggedChange] = (),
    hosts: Iterable[str] = (),
) -> Told:
    """Return a change as entries are held against it.

    Args:
        change: The change, with its kind and the names it may go by.
        anchors: What states it.
        context: What makes a name clear.
        entries: The log, which may say of a path that it is a copy of what matters.
        hosts: Hosts that an entry may name besides the one of the change.
    """
    names: tuple[str, ...] = (change.object, *change.names)
    if change.kind in COPYING and anchors.sources:
        copies = _own_names(change, anchors)
        names = (*anchors.sources, *copies)
        names += _aliases(names, anchors.places, tuple(entries), context)
    return Told(change, anchors, context, names, frozenset({change.host, *hosts}))


def is_copy(told: Told) -> bool:
    """Return whether a change put there what lay elsewhere before."""
    return told.change.kind in COPYING and bool(told.anchors.sources)


def is_text(told: Told) -> bool:
    """Return whether a change is one of a file's text, a new file that is no copy among them."""
    return told.change.kind in _IN_FILE or (told.change.kind in COPYING and not is_copy(told))


def gives_old(entry: LoggedChange, told: Told) -> bool:
    """Return whether ``to``, or what stands beside the object, holds a value that is gone."""
    text = _words(_without_paths(f"{entry.object} . {entry.to}"))
    olds = {_words(one) for one in told.anchors.old} - {_words(one) for one in told.anchors.new}
    found = any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text) for one in olds if one)
    return found and (is_text(told) or told.change.kind in ("retimed", "outcome", "adjustment"))


def speaks_of_subject(entry: LoggedChange, told: Told) -> bool:
    """Return whether the description, beside the object, speaks of the subject by name."""
    subject = told.anchors.subject
    texts = (_without_paths(entry.from_), _without_paths(entry.to))
    return bool(subject) and any(named_in_text(text, subject, told.context) for text in texts)


def reading_of(entry: LoggedChange, told: Told) -> Reading:
    """Return what the free words of an entry say, names and values taken out."""
    anchors = told.anchors
    values = [one for one in (*anchors.new, *anchors.old) if len(words_of(one)) <= _SHORT]
    known = (*values, *told.names, anchors.subject, *told.hosts)
    text = _free_text(entry, told)
    for lines in (anchors.gone.split(), anchors.come.split()):
        if len(lines) > _SHORT:  # quoted in full, beside what is said of them
            text = re.sub(r"[\W\d_]+".join(map(re.escape, lines)), " ", fold(text))
    return read_words(text, known, _parts_of(told.change))


def _parts_of(change: Evidence) -> Parts | None:
    if change.kind in COPYING or change.kind in ("retimed", "deleted"):
        return "copy"
    if change.kind in ("outcome", "adjustment"):
        return "outcome"
    if change.kind == "modified":
        return "setting" if is_settings_path(change.object) else "text"
    kinds: Mapping[str, Parts] = {"service": "service", "user": "user", "setting": "setting"}
    return kinds.get(change.kind)


def states(entry: LoggedChange, told: Told, reading: Reading | None = None) -> bool:
    """Return whether an entry states the change: its value, its way, or the place of a copy."""
    reading = reading_of(entry, told) if reading is None else reading
    anchors = told.anchors
    if any(_says_value(entry, told, value) for value in anchors.new):
        return True
    if anchors.come and len(anchors.come.split()) >= 3 and anchors.come in _words(entry.to):
        return True
    if is_copy(told):
        if _says_place(entry, told):
            return True
        return "copied" in reading.ways and (not reading.unread or names_subject(entry, told))
    if told.change.kind == "retimed":
        return "dated" in reading.ways or _says_now(entry)
    if reading.ways & anchors.ways:
        quoted = {*anchors.gone.split(), *anchors.come.split()}
        return not set(reading.unread) - quoted or _anchored(entry, told)
    return False


def denies(entry: LoggedChange, told: Told, reading: Reading | None = None) -> bool:
    """Return whether an entry states something else than what became of the changed thing."""
    reading = reading_of(entry, told) if reading is None else reading
    to, change = bare(entry.to), told.change
    olds = {bare(one) for one in (change.before, *told.anchors.old) if one}
    news = {bare(one) for one in (change.after, *told.anchors.new) if one}
    beside = _words(_names_out(_without_paths(entry.to), told))
    if to and (to in olds - news or beside in {_words(one) for one in olds - news}):
        return not is_copy(told)
    if to and is_text(told) and news and _another_value(to, news):
        return True
    if change.kind == "retimed" and _another_day(entry.to, news):
        return True
    return bool(reading.ways & told.anchors.against) and not reading.ways & told.anchors.ways


def bare(text: str) -> str:
    """Return a text without case, surrounding quotes and trailing slashes."""
    return " ".join(text.split()).strip(" '\"`\u2018\u2019\u201c\u201d").rstrip("/").casefold()


def adjusts(entry: LoggedChange, filed: float | None) -> bool:
    """Return whether an adjustment entry fits the filed value: its numbers must not deny it."""
    if bare(entry.kind) != "adjustment":
        return False
    before, after = as_number(entry.from_), as_number(entry.to)
    if after is not None and filed is not None and abs(after - filed) > 0.5:
        return False
    return before is None or after is None or before != after


def _own_names(change: Evidence, anchors: Anchors) -> tuple[str, ...]:
    """Return the new paths of a copy that keep its source's own name, which say what it is."""
    own = {basename(source) for source in anchors.sources}
    return tuple(p for p in (change.object, *change.names) if basename(p) in own)


def _aliases(
    names: tuple[str, ...],
    places: frozenset[str],
    entries: tuple[LoggedChange, ...],
    context: Context,
) -> tuple[str, ...]:
    """Return the places of a copy that the log itself says to be copies of what it names."""
    known, found = list(names), list[str]()
    grew = bool(entries)
    while grew:
        grew = False
        for entry in entries:
            if bare(entry.kind) not in COPYING:
                continue
            if not any(named(entry, name, context) for name in known):
                continue
            paths = {path for path in paths_in(entry.to.casefold()) if path in places}
            new = sorted(paths - {name.casefold() for name in known})
            known += new
            found += new
            grew = grew or bool(new)
    return tuple(found)


def names_subject(entry: LoggedChange, told: Told) -> bool:
    """Return whether an entry names the subject."""
    subject = told.anchors.subject
    texts = (entry.object, entry.from_, entry.to)
    return bool(subject) and any(
        named_in_text(re.sub(r"\S*/\S*", " ", text), subject, told.context) for text in texts
    )


def _anchored(entry: LoggedChange, told: Told) -> bool:
    """Return whether the description, beside the mere name, speaks of what changed.

    That is the subject, a part of the key, or a word of the lines that changed.
    """
    anchors = told.anchors
    beside = words_of(_names_out(_without_paths(entry.object), told))
    texts = [entry.from_, entry.to, *([entry.object] if beside else [])]
    free = set(words_of(_without_paths(" ".join(texts))))
    parts = {word for key in anchors.keys for word in words_of(key)}
    return bool(free & (parts | anchors.words)) or speaks_of_subject(entry, told)


def _free_text(entry: LoggedChange, told: Told) -> str:
    """Return the words of an entry that are not names of what it is about."""
    texts = (entry.object, entry.from_, entry.to)
    return _names_out(" . ".join(_without_paths(part) for part in texts), told)


def _names_out(text: str, told: Told) -> str:
    """Return a text without the names of what a change is about, and without hosts."""
    names = [*told.anchors.keys, told.anchors.subject, *told.names]
    names += [host for host in told.context.hosts]
    for name in sorted(names, key=len, reverse=True):
        plain = name.rstrip(":")
        if not plain or plain.startswith("/"):
            if " " not in plain:
                continue
            plain = basename(plain)
        spelled = r"[\s._/:>-]+".join(re.escape(p) for p in re.split(r"[\s._/:>-]+", plain) if p)
        if spelled:
            text = re.sub(rf"(?<![A-Za-z0-9_]){spelled}(?![A-Za-z0-9_])", " ", text, flags=re.I)
    for key in told.anchors.keys:
        leaf = key.rpartition(".")[2]
        text = re.sub(rf"(?<![A-Za-z0-9_]){re.escape(leaf)}(?![A-Za-z0-9_])", " ", text, flags=re.I)
    return text


def _without_paths(text: str) -> str:
    text = re.sub(r"[A-Za-z0-9_.@:~-]*/[A-Za-z0-9_./~-]*", " ", text)
    return re.sub(r"(?<![\w])[\w-]+\.[A-Za-z][A-Za-z0-9]{0,11}(?![\w.])", _unless_words, text)


def _unless_words(match: re.Match[str]) -> str:
    """Return a word with a dot in it as nothing where it is a file's name, else as it is."""
    return (
        " "
        if re.search(r"[-_\d]|\.(?:ya?ml|md|txt|cfg|conf|bin|pt|json|service)$", match[0])
        else match[0]
    )


def _says_value(entry: LoggedChange, told: Told, value: str) -> bool:
    """Return whether an entry states the new value, in ``to`` or in words."""
    to, word = bare(entry.to), bare(value)
    if not word:
        return False
    same = next((some for some in (TRUE_WORDS, FALSE_WORDS) if word in some), frozenset({word}))
    if to in same or (as_number(to) is not None and as_number(to) == as_number(word)):
        return True
    text = bare(_without_paths(f"{entry.object} . {entry.to}" if to else entry.object))
    if word in TRUE_WORDS | FALSE_WORDS:
        return _says_truth(text, to, word, told)
    if as_number(word) is not None:
        shown = as_number(word)
        return any(as_number(one) == shown for one in re.findall(r"\d[\d.,]*\d|\d", text))
    return len(word) > 2 and _words(word) in _words(text) and bool(_words(word))


def _says_truth(text: str, to: str, word: str, told: Told) -> bool:
    """Return whether a truth value stands in a text as a value and not as a word like others."""
    found = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)
    if found is None or word in ("0", "1", "no", "on"):
        return False
    if len(words_of(to)) <= _SHORT and word in to:
        return True
    return re.search(rf"{_BEFORE_VALUE}\W*{re.escape(word)}(?![\w-])", text) is not None


def _says_place(entry: LoggedChange, told: Told) -> bool:
    """Return whether an entry says where a copy came to lie."""
    change = told.change
    for place in (change.object, *change.names):
        # A path that the source has too, on another host, is a place only where it is a target.
        texts = (entry.to,) if place in told.anchors.sources else (entry.object, entry.to)
        if place.startswith("/") and any(named_in_text(t, place, told.context) for t in texts):
            return True
    target = hosts_in(entry.to, told.context)
    paths = [p for p in paths_in(entry.to.casefold()) if p.startswith("/")]
    return change.host in target or any(change.object.casefold().startswith(p) for p in paths)


def _says_now(entry: LoggedChange) -> bool:
    return bool({"now", "today"} & set(words_of(entry.to)))


def _another_value(to: str, news: set[str]) -> bool:
    """Return whether ``to`` is a number or a truth value, and none that stands now."""
    number = as_number(to)
    numbers = [as_number(one) for one in news]
    if number is not None and any(one is not None for one in numbers):
        return all(one is None or abs(one - number) > 1e-9 for one in numbers)
    if to in TRUE_WORDS and news & FALSE_WORDS:
        return not news & TRUE_WORDS
    return to in FALSE_WORDS and bool(news & TRUE_WORDS) and not news & FALSE_WORDS


def _another_day(text: str, days: set[str]) -> bool:
    """Return whether a text gives a day, and none of those that stand now."""
    given = re.findall(r"\d{4}-\d\d-\d\d", text)
    return bool(given) and not set(given) & days


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))
