"""Errors of other packages as one line for a person."""

from __future__ import annotations

import contextlib

from rich.errors import MarkupError
from rich.text import Text


def one_line(error: BaseException) -> str:
    """Return the message of one of Inspect's errors as one line, without its markup."""
    text = str(getattr(error, "message", None) or error)
    with contextlib.suppress(MarkupError):
        text = Text.from_markup(text).plain
    return " ".join(text.split()).removeprefix("ERROR: ")
