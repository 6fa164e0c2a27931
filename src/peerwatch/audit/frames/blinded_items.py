"""An item and its frame as they are shown at a level of blinding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from peerwatch.audit.frames.frame_text import MASKED_CHANNELS
from peerwatch.audit.items.audit_item import AuditItem
from peerwatch.blinding import mask_value


def blinded(
    item: AuditItem, frame: str, level: str, names: Sequence[str]
) -> tuple[AuditItem, str, Mapping[str, int]]:
    """Return an item and its frame as they are shown at a level of blinding, and what was masked.

    All that a judge may be shown of an item is masked: texts, prompt, id and the other columns.
    Equal things get equal placeholders in all of it, the frame included.

    Args:
        item: The item.
        frame: The text of its frame.
        level: A level of ``blinding``.
        names: Further names to mask; the author's handle among them.

    Returns:
        The item, the frame, and channel -> how many passages were masked in both.
    """
    fields = {k: value for k, value in item.fields.items() if isinstance(value, str | list | dict)}
    whole = [frame, item.text, item.other, item.prompt, item.id, list(fields.values())]
    (told, *texts), masks = mask_value(whole, names, MASKED_CHANNELS[level])
    text, other, prompt, named, values = texts
    shown = {**item.fields, **dict(zip(fields, values, strict=True))}
    return replace(item, text=text, other=other, prompt=prompt, id=named, fields=shown), told, masks
