"""Masking: every cue of the chosen channels replaced by a placeholder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peerwatch.blinding.channels import CHANNELS, Channel
from peerwatch.blinding.folding import fold
from peerwatch.common.errors import DesignError, unknown

GIVEN = "names"
"""What masks of names that the user gave are counted as."""
_Found = tuple[int, int, str, str]
"""Start, end, channel, and what tells one thing from another."""
_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text without the cues.

    Attributes:
        text: The text; what is not a cue is as it was, character for character.
        masks: Channel -> how many passages were masked.
        key: Placeholder -> what stood there, as it was first written. Keep it from the judge.
    """

    text: str
    masks: Mapping[str, int]
    key: Mapping[str, str]


def mask_cues(
    text: str, names: Iterable[str] = (), channels: Iterable[str] | None = None
) -> MaskedText:
    """Mask every cue to who wrote a text or is spoken of in it.

    Equal things get equal placeholders, numbered in the order in which they come: a text about two
    agents stays one about two agents. What is already a placeholder is left alone, so blinding
    twice is blinding once.

    Args:
        text: Any text.
        names: Further names to mask: people, products, the handles of agents.
        channels: Names out of ``CHANNELS``; all of them if not given.

    Raises:
        DesignError: There is no such channel.
    """
    return _blind(text, _chosen(channels), _given(names), {})


def mask_value(
    value: Any, names: Iterable[str] = (), channels: Iterable[str] | None = None
) -> tuple[Any, Mapping[str, int]]:
    """Mask every string in a JSON value: keys, too, and with placeholders shared by all of it.

    Returns:
        The value, and channel -> how many passages were masked.
    """
    masks: Counter[str] = Counter()
    seen: dict[tuple[str, str], str] = {}
    chosen, given = _chosen(channels), _given(names)

    def walk(part: Any) -> Any:
        if isinstance(part, str):
            done = _blind(part, chosen, given, seen)
            masks.update(done.masks)
            return done.text
        if isinstance(part, Mapping):
            return {walk(key): walk(inner) for key, inner in part.items()}
        if isinstance(part, Sequence):
            return [walk(inner) for inner in part]
        return part

    return walk(value), dict(masks)


def _blind(
    text: str,
    channels: Sequence[Channel],
    given: re.Pattern[str] | None,
    seen: dict[tuple[str, str], str],
) -> MaskedText:
    """Mask a text; ``seen`` holds the placeholders given out so far and is added to."""
    masks: Counter[str] = Counter()
    key: dict[str, str] = {}
    parts, at = [], 0
    for start, end, channel, same in _resolved(text, channels, given):
        placeholder = CHANNELS[channel].placeholder if channel in CHANNELS else "name"
        if (placeholder, same) not in seen:
            number = 1 + sum(kind == placeholder for kind, _ in seen)
            seen[placeholder, same] = f"[{placeholder}-{number}]"
        mask = seen[placeholder, same]
        key.setdefault(mask, text[start:end])
        masks[channel] += 1
        parts += [text[at:start], mask]
        at = end
    return MaskedText("".join([*parts, text[at:]]), dict(masks), key)


def _resolved(
    text: str, channels: Sequence[Channel], given: re.Pattern[str] | None
) -> Iterator[_Found]:
    """Yield what is to be masked, from left to right; of two that overlap the longer one."""
    found = sorted(_found(text, channels, given), key=lambda f: (f[0] - f[1], f[0]))
    taken: list[_Found] = []
    covered = bytearray(len(text))
    for one in found:
        if not any(covered[one[0] : one[1]]):
            covered[one[0] : one[1]] = b"\1" * (one[1] - one[0])
            taken.append(one)
    yield from sorted(taken)


def _found(
    text: str, channels: Sequence[Channel], given: re.Pattern[str] | None
) -> Iterator[_Found]:
    folded = fold(text)
    patterns = [(c.name, p) for c in channels for p in c.patterns]
    if given is not None:
        patterns.append((GIVEN, given))
    masked = [m.span() for m in _PLACEHOLDER.finditer(folded.text)]
    for channel, pattern in patterns:
        for match in pattern.finditer(folded.text):
            group = "cue" if "cue" in pattern.groupindex else 0
            start, end = match.span(group)
            if start == end or any(a <= start and end <= b for a, b in masked):
                continue
            same = _SEPARATORS.sub("", match.group(group)).casefold()
            yield (*folded.span(start, end), channel, same)


_PLACEHOLDER = re.compile(
    rf"\[(?:{'|'.join(sorted({c.placeholder for c in CHANNELS.values()} | {'name'}))})-\d+\]"
)


def _chosen(channels: Iterable[str] | None) -> tuple[Channel, ...]:
    if channels is None:
        return tuple(CHANNELS.values())
    chosen = tuple(dict.fromkeys(channels))
    for name in chosen:
        if name not in CHANNELS:
            raise DesignError(unknown("channel of blinding", name, CHANNELS))
    return tuple(CHANNELS[name] for name in chosen)


def _given(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern for the user's names, in any case and with any separator between words."""
    words = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
    if not words:
        return None
    told = (r"[\s_.-]*".join(map(re.escape, re.split(r"[\s_.-]+", word))) for word in words)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(told)})(?![^\W_])", re.IGNORECASE)
