"""Who is signed in: sessions in memory, known by a digest of their cookie, that end by themselves.

A restart of the process ends them all. What a cookie says is random and means nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST = 1_000
"""Sessions at once; the oldest one ends when another begins."""


@dataclass
class PageSession:
    """One signed-in browser."""

    person: str
    how: str
    """``passkey`` or ``proxy``."""
    begun: float
    used: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    pending: dict[str, Any] = field(default_factory=dict)
    """What waits for the person's signature, by a random name."""

    def accepts(self, token: str | None) -> bool:
        """Whether a form's token is this session's."""
        return hmac.compare_digest((token or "").encode(), self.csrf.encode())


class SessionStore:
    """Sessions by cookie.

    Args:
        idle: Seconds without a request after which a session ends.
        longest: Seconds after which it ends in any case.
        clock: For tests.
    """

    def __init__(
        self, idle: float, longest: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._idle = idle
        self._longest = longest
        self._clock = clock
        self._sessions: dict[str, PageSession] = {}
        self._lock = threading.Lock()

    def begin(self, person: str, how: str) -> tuple[str, PageSession]:
        """Return a new session and what its cookie says."""
        now = self._clock()
        cookie = secrets.token_urlsafe(32)
        session = PageSession(person, how, now, now)
        with self._lock:
            self._drop_ended(now)
            while len(self._sessions) >= MOST:
                self._sessions.pop(next(iter(self._sessions)))
            self._sessions[_digest(cookie)] = session
        return cookie, session

    def find(self, cookie: str | None, count_as_use: bool = True) -> PageSession | None:
        """Return the session of a cookie, or None where there is none or it has ended.

        Args:
            cookie: What the browser sent.
            count_as_use: False for requests that a page makes by itself.
        """
        if not cookie:
            return None
        now = self._clock()
        with self._lock:
            session = self._sessions.get(_digest(cookie))
            if session is None:
                return None
            if self._ended(session, now):
                del self._sessions[_digest(cookie)]
                return None
            if count_as_use:
                session.used = now
            return session

    def end(self, cookie: str | None) -> None:
        """End the session of a cookie."""
        with self._lock:
            self._sessions.pop(_digest(cookie or ""), None)

    def end_all(self, person: str) -> None:
        """End every session of a person."""
        with self._lock:
            self._sessions = {k: s for k, s in self._sessions.items() if s.person != person}

    def __len__(self) -> int:
        with self._lock:
            self._drop_ended(self._clock())
            return len(self._sessions)

    def _ended(self, session: PageSession, now: float) -> bool:
        return now - session.used >= self._idle or now - session.begun >= self._longest

    def _drop_ended(self, now: float) -> None:
        self._sessions = {k: s for k, s in self._sessions.items() if not self._ended(s, now)}


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
