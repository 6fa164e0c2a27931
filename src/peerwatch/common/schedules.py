"""Days and weekly hours as settings files write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def next_time(schedule: str, clock: int) -> int | None:
    """Return when a weekly schedule such as ``Tue 05:30`` (UTC) comes next, None if it is none."""
    words = schedule.split()
    hours, _, minutes = (words[1] if len(words) == 2 else "").partition(":")
    if len(words) != 2 or words[0][:3].casefold() not in _DAYS:
        return None
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        return None
    now = datetime.fromtimestamp(clock, UTC)
    days = (_DAYS.index(words[0][:3].casefold()) - now.weekday()) % 7
    moment = now.replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0)
    moment += timedelta(days=days)
    return int((moment if moment > now else moment + timedelta(days=7)).timestamp())


def day_of(text: str) -> int | None:
    """Return the first second of a date such as ``2025-06-28`` (UTC), None if it is none."""
    try:
        return int(datetime.fromisoformat(text[:10]).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
