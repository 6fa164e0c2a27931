"""The leak check: which literal cues a text still holds.

It looks further than the masks do: for names that are spelled out, spaced, reversed or encoded, and
for cues that masking leaves on purpose because they are ordinary words elsewhere. It cannot see
style: for that there is :func:`peerwatch.blinding.authorship.authorship`.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from peerwatch.blinding.folding import fold
from peerwatch.blinding.masking import _PLACEHOLDER, _chosen, _found, _given
from peerwatch.blinding.model_patterns import DISTINCTIVE

_SPELLED = ("openai", "anthropic", "deepmind", "huggingface", *DISTINCTIVE)
_LEET = str.maketrans("013457@$!", "oieastasi")
_TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{8,}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}|[\w.-])*%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2}|[\w.-])*")
_ORDINARY = re.compile(
    r"\b(?:Opus|Sonnet|Haiku|Copilot|Bard|Codex|Cascade|Devin|language model|AI (?:model|agent"
    r"|assistant|system)|LLM|neural network|chatbot|my (?:weights|training|creators)"
    r"|(?:same|other|fellow|peer) (?:model|agent|AI))s?\b",
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue that remains.

    Attributes:
        kind: A channel, ``names``, ``hidden`` (spaced out, disguised or encoded) or ``word``
            (an ordinary word that can tell what the author is).
        text: The passage.
        start, end: Where it stands.
    """

    kind: str
    text: str
    start: int
    end: int


def leaks(text: str, names: Iterable[str] = (), channels: Iterable[str] | None = None) -> list[Cue]:
    """Return the cues that a text holds, from left to right.

    Args:
        text: A text, blinded or not.
        names: Further names that must not be there.
        channels: The channels to check; all of them if not given.

    Raises:
        DesignError: There is no such channel.
    """
    given = tuple(names)
    found = [
        Cue(channel, text[start:end], start, end)
        for start, end, channel, _ in _found(text, _chosen(channels), _given(given))
    ]
    plain = _PLACEHOLDER.sub(lambda m: "\0" * len(m.group()), text)
    found += _hidden(plain, [*_SPELLED, *(n.casefold() for n in given if len(n) > 3)])
    found += [Cue("word", m.group(), *m.span()) for m in _ORDINARY.finditer(plain)]
    cues: list[Cue] = []
    for cue in sorted(found, key=lambda c: (c.start, c.start - c.end)):
        if not cues or cue.start >= cues[-1].end:
            cues.append(cue)
    return cues


def _hidden(text: str, spelled: list[str]) -> Iterator[Cue]:
    yield from _spaced(text, spelled)
    for match in _TOKEN.finditer(text):
        if any(_names_one(told, spelled) for told in _decodings(match.group())):
            yield Cue("hidden", match.group(), *match.span())
    for match in _PERCENT.finditer(text):
        if _names_one(unquote(match.group()), spelled):
            yield Cue("hidden", match.group(), *match.span())


def _spaced(text: str, spelled: list[str]) -> Iterator[Cue]:
    """Yield names with signs between their letters, digits for letters, or glued to words."""
    folded = fold(text)
    at = [i for i, c in enumerate(folded.text) if c.isalnum() or c in "@$!"]
    squeezed = "".join(folded.text[i] for i in at).lower()
    if len(squeezed) != len(at):  # a letter whose small form is longer
        return
    for form in {squeezed, squeezed.translate(_LEET)}:
        for name in spelled:
            word = "".join(filter(str.isalnum, name))
            for match in re.finditer(re.escape(word), form):
                first, last = at[match.start()], at[match.end() - 1] + 1
                if _is_one(folded.text[first:last]):
                    start, end = folded.span(first, last)
                    yield Cue("hidden", text[start:end], start, end)


def _is_one(passage: str) -> bool:
    """Return whether letters that give a name stand together on purpose: one run, or all apart."""
    runs = re.findall(r"[^\W_]+", passage)
    return len(runs) == 1 or all(len(run) <= 2 for run in runs)


def _decodings(token: str) -> Iterator[str]:
    yield token[::-1]
    yield codecs.encode(token, "rot13")
    padded = token + "=" * (-len(token) % 4)
    for decode, coded in (
        (base64.b64decode, padded),
        (base64.urlsafe_b64decode, padded),
        (bytes.fromhex, token),
    ):
        try:
            yield decode(coded).decode("ascii")
        except (ValueError, binascii.Error):
            continue


def _names_one(text: str, spelled: list[str]) -> bool:
    small = text.casefold()
    return any(name in small for name in spelled)
