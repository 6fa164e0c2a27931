"""What is to be judged: items, their digests, and what a judge is shown of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditItem:
    """One piece of work, as it came.

    Attributes:
        id: Unique in its set.
        text: The work. In pairwise the one whose author the frames speak of.
        other: The answer it is compared with; pairwise only.
        prompt: What was asked for; empty if that is not known.
        truth: The right score on the scale's own values, or None.
        cluster: Items that belong together (same task, same author) share it.
        fields: The columns of the row, for judges that read rows; the truth is not among them.
    """

    id: str
    text: str
    other: str | None = None
    prompt: str = ""
    truth: float | None = None
    cluster: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    def digest(self) -> bytes:
        """Return what identifies the item and its bytes."""
        parts = (self.id, self.text, self.other or "", self.prompt)
        whole = b"\0".join(_bytes(part) for part in parts)
        return hashlib.sha256(whole).digest()[:16]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class AuditItems:
    """The items of an audit, and what was noticed while they were read."""

    items: tuple[AuditItem, ...]
    source: str
    text_column: str = "text"
    other_column: str | None = None
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[AuditItem]:
        return iter(self.items)

    def digest(self) -> str:
        """Return what identifies the whole set, in its order."""
        whole = hashlib.sha256()
        for item in self.items:
            whole.update(item.digest())
        return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item as a judge is shown it once.

    Attributes:
        item: The item.
        frame: The text of the frame; empty where there is none.
        swapped: Whether the pair stands in the other order; pairwise only.
        repeat: 0, or 1 where the same is asked a second time to see the judge's own noise.
    """

    item: AuditItem
    frame: str
    swapped: bool = False
    repeat: int = 0
    text_column: str = "text"
    other_column: str | None = None

    @property
    def work(self) -> str:
        """The item without frame: the text, or the pair with its prompt."""
        item = self.item
        if item.other is None:
            return item.text
        first, second = self.pair
        asked = f"{item.prompt}\n\n" if item.prompt else ""
        return f"{asked}Answer A:\n{first}\n\nAnswer B:\n{second}"

    @property
    def pair(self) -> tuple[str, str]:
        """The two answers in the order in which they are shown."""
        text, other = self.item.text, self.item.other or ""
        return (other, text) if self.swapped else (text, other)

    @property
    def text(self) -> str:
        """The frame, an empty line, and the item."""
        return f"{self.frame}\n\n{self.work}" if self.frame else self.work

    def row(self) -> dict[str, Any]:
        """Return the user's own row with the framed text where the text was.

        ``text`` is always what there is to judge, frame included. In a pair the two columns, and
        ``a`` and ``b``, hold the answers in the order in which they are shown.
        """
        row = {**self.item.fields, "id": self.item.id}
        if self.item.other is not None:
            row[self.text_column], row[self.other_column or "other"] = self.pair
            row["a"], row["b"] = self.pair
            row["frame"] = self.frame
        else:
            row[self.text_column] = self.text
        row["text"] = self.text
        return row
