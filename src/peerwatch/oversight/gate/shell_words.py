"""Words of a shell: quotes, escapes, globs, braces and values, as patterns of what they become."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from peerwatch.oversight.gate.path_pattern import ONE, STAR, UNKNOWN, clean

_SPLIT, _OPEN, _COMMA, _CLOSE, _EMPTY = "\udc90", "\udc91", "\udc92", "\udc93", "\udc94"
_LEX_MARKS = re.compile(f"[{_SPLIT}{_OPEN}{_COMMA}{_CLOSE}{_EMPTY}]")
_BACK = str.maketrans({_OPEN: "{", _COMMA: ",", _CLOSE: "}", _EMPTY: None, _SPLIT: " "})
MOST = 32
"""So many values of one word are kept apart; more become one pattern."""

_LONGEST = 65_536
_PLAIN = re.compile(r"[^\\'\"$*?\[{},]+")
_IN_QUOTES = re.compile(r'[^\\"$]+')
_NAME = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
_CLASS = re.compile(r"\[[!^]?\]?[^\]/]*\]")
_RANGE = re.compile(r"(-?\w+)\.\.(-?\w+)(?:\.\.-?\d+)?")
_ANSI = re.compile(
    r"\\(?:([abeEfnrtv\\'\"?])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})"
    r"|c(.))",
    re.DOTALL,
)
_ANSI_ONE = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r"}
_ANSI_ONE |= {"t": "\t", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Value:
    """What an expansion becomes: one of these texts."""

    texts: tuple[str, ...]


Piece = str | Value
"""Raw text of a word, or an expansion in it."""


class WordLexer:
    """Takes the pieces of one word, in their order, and gives what the word becomes."""

    def __init__(
        self,
        home: str,
        values: Callable[[str], tuple[str, ...]],
        globs: bool = True,
        quoted: bool = False,
    ) -> None:
        """Begin a word.

        Args:
            home: What ``~`` is.
            values: What a variable may be, for those that the grammar overlooks.
            globs: Whether globs and braces count, as in arguments; not in assignments.
            quoted: Whether it is as within double quotes without their ends (here-documents).
        """
        self._found = [""]
        self._values = values
        self._home, self._globs, self._here = home, globs, quoted
        self._in_quotes = False

    def take(self, piece: Piece) -> None:
        """Take the next piece."""
        if isinstance(piece, Value):
            self._value(piece)
        elif self._here:
            self._add(re.sub(r"\\([$`\\])", r"\1", piece.replace("\\\n", "")))
        else:
            self._raw(piece)

    def fields(self) -> tuple[tuple[str, ...], ...]:
        """Return each value of the word as the words that it becomes."""
        found = []
        for one in self._found:
            words = [word for text in _braces(one) for word in text.split(_SPLIT)]
            kept = [word.translate(_BACK) for word in words if word]
            found.append(tuple(kept))
        return tuple(dict.fromkeys(found))

    def texts(self) -> tuple[str, ...]:
        """Return each value of the word as one text."""
        return few(tuple(dict.fromkeys(one.translate(_BACK) for one in self._found)))

    def _add(self, text: str) -> None:
        self._found = [one + text for one in self._found]

    def _value(self, value: Value) -> None:
        texts = value.texts or ("",)
        if not (self._in_quotes or self._here) and self._globs:
            texts = tuple(re.sub(r"[ \t\n]+", _SPLIT, _glob_marks(one)) for one in texts)
        if len(self._found) * len(texts) > MOST:
            texts = (together(texts),)
        self._found = [_shortened(one + text) for one in self._found for text in texts]

    def _raw(self, text: str) -> None:
        if text.startswith("~") and self._found == [""] and not self._in_quotes:
            name, slash, rest = text[1:].partition("/")
            if re.fullmatch(r"[\w.-]*", name):
                self._add(
                    self._home if not name else "/root" if name == "root" else f"/home/{name}"
                )
                text = slash + rest
        at = 0
        while at < len(text):
            at = self._quoted(text, at) if self._in_quotes else self._bare(text, at)

    def _quoted(self, text: str, at: int) -> int:
        if run := _IN_QUOTES.match(text, at):
            self._add(run[0])
            return run.end()
        if text[at] == '"':
            self._in_quotes = False
            return at + 1
        if text[at] == "$":
            return self._dollar(text, at)
        following = text[at + 1 : at + 2]
        if following in ("$", "`", '"', "\\"):
            self._add(following)
        elif following != "\n":
            self._add("\\" + following)
        return at + 2

    def _bare(self, text: str, at: int) -> int:
        if run := _PLAIN.match(text, at):
            self._add(run[0])
            return run.end()
        sign = text[at]
        if sign == "\\":
            if text[at + 1 : at + 2] != "\n":
                self._add(text[at + 1 : at + 2])
            return at + 2
        if sign in "'\"":
            self._add(_EMPTY)
            return self._open_quote(text, at)
        if sign == "$" and text[at + 1 : at + 2] == "'":
            return self._ansi(text, at + 2)
        if sign == "$":
            return self._dollar(text, at)
        return self._sign(text, at)

    def _dollar(self, text: str, at: int) -> int:
        """Take a dollar sign that the grammar took for one: a variable all the same, or itself."""
        if found := _NAME.match(text, at):
            self._value(Value(self._values(found[1] or found[2])))
            return found.end()
        self._add("" if text[at + 1 : at + 2] == '"' and not self._in_quotes else "$")
        return at + 1

    def _open_quote(self, text: str, at: int) -> int:
        if text[at] == '"':
            self._in_quotes = True
            return at + 1
        end = text.find("'", at + 1)
        end = len(text) if end < 0 else end
        self._add(text[at + 1 : end])
        return end + 1

    def _ansi(self, text: str, at: int) -> int:
        run = re.compile(r"(?:[^\\']|\\.)*", re.DOTALL).match(text, at)
        assert run is not None  # it matches the empty text
        self._add(clean(_ANSI.sub(_ansi_sign, run[0])).partition("\0")[0])
        return run.end() + 1

    def _sign(self, text: str, at: int) -> int:
        sign = text[at]
        if not self._globs:
            self._add(sign)
        elif sign == "[":
            found = _CLASS.match(text, at)
            self._add("[" if found is None else ONE)
            return at + 1 if found is None else found.end()
        elif sign == "*" and text.startswith("**", at):
            self._add(STAR)
            return at + 2
        else:
            marks = {"*": STAR, "?": ONE, "{": _OPEN, ",": _COMMA, "}": _CLOSE}
            self._add(marks[sign])
        return at + 1


def _ansi_sign(found: re.Match[str]) -> str:
    one, octal, two, four, eight, control = found.groups()
    if one:
        return _ANSI_ONE.get(one, one)
    if control:
        return chr(ord(control) & 0x1F)
    number = int(octal, 8) & 0xFF if octal else int(two or four or eight, 16)
    return chr(number) if number < 0x110000 else UNKNOWN


def _glob_marks(text: str) -> str:
    return _CLASS.sub(ONE, text.replace("*", STAR).replace("?", ONE))


def _braces(text: str) -> list[str]:
    """Return what braces make of a text, innermost first; many become one pattern."""
    found, at = [text], 0
    while at < len(found):
        close = found[at].find(_CLOSE)
        open_ = found[at].rfind(_OPEN, 0, close) if close >= 0 else -1
        if close < 0:
            at += 1
        elif open_ < 0:
            found[at] = found[at].replace(_CLOSE, "}", 1)
        else:
            before, inner = found[at][:open_], found[at][open_ + 1 : close]
            after = found[at][close + 1 :]
            made = [f"{before}{one}{after}" for one in _choices(inner)]
            found[at : at + 1] = made
        if len(found) > MOST:
            return [together(found)]
    return found


def _shortened(text: str) -> str:
    """Return a text that does not grow without end, as a variable may that is put to itself."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + UNKNOWN


def _choices(inner: str) -> list[str]:
    if _COMMA in inner:
        return inner.split(_COMMA)
    if _RANGE.fullmatch(inner):
        return [STAR]
    return [f"{{{inner}}}"]


def few(texts: Sequence[str]) -> tuple[str, ...]:
    """Return some values, or one pattern for them where they are many."""
    return tuple(texts) if len(texts) <= MOST else (together(texts),)


def together(texts: Iterable[str]) -> str:
    """Return one pattern that all of some texts fit: their common beginning, and anything."""
    texts = list(texts)
    first, last = min(texts), max(texts)
    at = next(
        (at for at, (one, two) in enumerate(zip(first, last, strict=False)) if one != two),
        min(len(first), len(last)),
    )
    return _LEX_MARKS.sub("", first[:at]) + UNKNOWN
