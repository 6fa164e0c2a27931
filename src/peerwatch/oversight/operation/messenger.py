"""The thread that tells people: it reads the record on, bundles, waits, tries again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import structlog

from peerwatch.common.files import write_text
from peerwatch.oversight.operation.messages import Channel, Message, bundled, deliver, message_of

_log = structlog.get_logger("peerwatch.messages")


class Leaf(Protocol):
    """What is read of an entry."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> Any: ...


class Messenger:
    """Sends what each channel has not had yet, from where it stopped before a restart.

    A message that did not go is sent with the next ones; after a crash one may go twice, none is
    lost.

    Args:
        leaves: Returns the entries after a place, of the kinds that may be told.
        channels: In a fixed order; their places are kept under their number.
        place: The file in which the places are kept.
        seen: Whether somebody has opened an address since a time (Unix seconds).
        bundle: Seconds that are waited for more of the same.
        clock: Unix seconds; for tests.
    """

    def __init__(
        self,
        leaves: Callable[[int], Iterable[Leaf]],
        channels: Sequence[Channel],
        place: Path,
        seen: Callable[[str, float], bool],
        bundle: float = 30.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._leaves = leaves
        self._channels = channels
        self._place = place
        self._seen = seen
        self._bundle = bundle
        self._clock = clock
        self._sleep = sleep
        self._told = self._read()
        self._stop = threading.Event()

    def run(self, every: float = 5.0) -> None:
        """Send what is due until :meth:`stop`."""
        while not self._stop.wait(every):
            try:
                self.send_due()
            except Exception:
                _log.exception("messages_failed")

    def stop(self) -> None:
        """End :meth:`run` after what is under way."""
        self._stop.set()

    def send_due(self) -> int:
        """Send what has waited long enough; returns how many messages went."""
        return sum(self._send_on(number) for number in range(len(self._channels)))

    def _send_on(self, number: int) -> int:
        channel = self._channels[number]
        due_before = self._clock() - max(channel.after, self._bundle)
        told, last = [], self._told.get(str(number), -1)
        for leaf in self._leaves(last):
            if leaf.at > due_before:
                break
            last = leaf.seq
            message = message_of(leaf.kind, leaf.seq, leaf.body, leaf.at)
            if message and not (channel.after and self._seen(message.path, message.at)):
                told.append(message)
        return self._deliver(number, bundled(told), last)

    def _deliver(self, number: int, told: Sequence[Message], last: int) -> int:
        for message in told:
            if not deliver(self._channels[number], message, self._sleep):
                _log.warning("message_not_sent", channel=number, about=message.about)
                return 0  # the place stays, so all of them are tried again
            _log.info("message_sent", channel=number, about=message.about, path=message.path)
        if self._told.get(str(number), -1) != last:
            self._told[str(number)] = last
            write_text(self._place, json.dumps(self._told))
        return len(told)

    def _read(self) -> dict[str, int]:
        try:
            kept = json.loads(self._place.read_text(encoding="utf-8"))
            return {str(key): int(value) for key, value in kept.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, TypeError):
            _log.warning("message_places_broken", file=str(self._place))
            return {}  # told twice is better than not told
