"""Logs as one JSON object a line, or as text for a terminal; to standard error."""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal, TextIO

import structlog


def set_up_logs(how: Literal["json", "text"] = "json", stream: TextIO | None = None) -> None:
    """Send what is logged here, and by the libraries from warnings up, to one place.

    Args:
        how: ``json``: a line is an object with ``event``, ``level``, ``at`` (UTC) and more. What a
            host may have named stands in it escaped, so that no line can be forged.
        stream: Standard error if left out.
    """
    out = stream or sys.stderr
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=True)
        if how == "json"
        else structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"])
    )
    structlog.configure(
        processors=[*before, last],
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
