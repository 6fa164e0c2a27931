"""Times of orders: read from what a person types, and written for a person."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

from peerwatch.common.errors import PeerwatchError

_LATER = re.compile(
    r"^\+\s*(\d+(?:\.\d+)?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)$",
    re.IGNORECASE,
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_CLOCK = re.compile(r"^(?:(today|tomorrow)\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?$", re.IGNORECASE)
_DATE = re.compile(r"^[\dW-]+$")
_FORMS = "14:00, 'tomorrow 18:00', +2h, 2026-12-01T18:00+01:00 or 2026-12-01T17:00Z"
_LONGEST = timedelta(days=3660)


def clock(at: float) -> str:
    """Return a moment as a person reads it: the date and time of day in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def time_of_day(at: float) -> str:
    """Return a moment's time of day in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def read_time(text: str, now: float, zone: tzinfo | None = None) -> float:
    """Return the moment that a person names, in Unix seconds, UTC.

    Args:
        text: A time of day (today's), ``tomorrow`` and a time of day, ``+2h``, or an ISO date and
            time with its zone.
        now: The present, Unix seconds, UTC.
        zone: Of times of day; this machine's if left out.

    Raises:
        PeerwatchError: It is none of these, is over, or lies years ahead.
    """
    here = datetime.fromtimestamp(now, UTC).astimezone(zone)
    at = _later(text, here) or _of_day(text, here, zone) or _iso(text)
    if at is None:
        raise PeerwatchError(f"'{text}' is no time. Say it as {_FORMS}.")
    if at.timestamp() <= now:
        hint = " Say 'tomorrow' before it, or a date." if _CLOCK.match(text.strip()) else ""
        raise PeerwatchError(f"{text} is over: it is {here:%Y-%m-%d %H:%M %Z}.{hint}")
    if at - here > _LONGEST:
        raise PeerwatchError(f"{text} is more than ten years ahead. Say it as {_FORMS}.")
    return at.timestamp()


def past_time(text: str) -> float:
    """Return the moment that an ISO date and time with its zone names, in Unix seconds, UTC.

    Raises:
        PeerwatchError: It names none, no time of day, or no zone.
    """
    at = _iso(text)
    if at is None:
        raise PeerwatchError(f"'{text}' is no time. Say it as 2026-12-01T17:00Z.")
    return at.timestamp()


def _later(text: str, here: datetime) -> datetime | None:
    found = _LATER.match(text.strip())
    if found is None:
        return None
    seconds = float(found[1]) * _SECONDS[found[2][0].lower()]
    try:
        return here + timedelta(seconds=seconds)
    except OverflowError:
        raise PeerwatchError(f"{text} is too far ahead. Say it as {_FORMS}.") from None


def _of_day(text: str, here: datetime, zone: tzinfo | None) -> datetime | None:
    found = _CLOCK.match(text.strip())
    if found is None:
        return None
    day, hour, minute, second = found.groups()
    try:
        of_day = time(int(hour), int(minute), int(second or 0))
    except ValueError:
        raise PeerwatchError(f"'{text}' is no time of day. Say it as {_FORMS}.") from None
    date = here.date() + timedelta(days=(day or "").lower() == "tomorrow")
    local = datetime.combine(date, of_day)  # the zone's offset may be another one that day
    return local.astimezone() if zone is None else local.replace(tzinfo=zone)


def _iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if at.tzinfo is None and _DATE.match(text.strip()):
        raise PeerwatchError(f"'{text}' names no time of day. Add it, as in {text.strip()}T18:00Z.")
    if at.tzinfo is None:
        raise PeerwatchError(
            f"'{text}' names no zone. Add it, as in {text.strip()}Z or {text.strip()}+01:00."
        )
    return at
