"""Telling people that there is something to look at: webhooks and mail, with a link and no content.

What a message says is one of a few fixed sentences. Names and contents, which an agent may have
written, stay on the page behind its sign-in. A message gives no authority: whoever follows the
link signs in there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Protocol

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from peerwatch.oversight.operation.oversight_config import (
    MailConfig,
    MessagesConfig,
    OversightConfig,
    WebhookConfig,
    read_secret,
)

SENTENCES = {
    "finding": "There is a finding that nothing explains.",
    "findings": "There are findings that nothing explains.",
    "order_verified": "An order is verified.",
    "order_failed": "An order is not carried out as reported.",
    "order_overdue": "An order is overdue.",
    "inventory_refused": "The inventory's file is refused, and an older one stays in force.",
    "anchor_failed": "A second place has not been told of the record in time.",
    "silence": "The sensor has not been heard of.",
    "orders": "Orders have changed.",
}
"""Subject -> all that a message about it says."""
_LEAD_TO = {"anchor_failed": "/record", "inventory_refused": "/"}
ATTEMPTS = 6
_SECONDS = 10.0


class DeliveryError(Exception):
    """A message that could not be handed over; it is tried again."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told.

    Attributes:
        about: A key of :data:`SENTENCES`.
        path: Of the page that it leads to.
        at: Unix seconds, UTC.
    """

    about: str
    path: str
    at: float


class Channel(Protocol):
    """A way to tell somebody."""

    after: float
    """Seconds that it waits for somebody to open the link."""

    def send(self, message: Message) -> None:
        """Hand a message over, or raise :class:`DeliveryError`."""


def bundled(messages: Iterable[Message]) -> list[Message]:
    """Return one message for all that is alike: the only one, or a link to the list."""
    by_list: dict[str, list[Message]] = {}
    for message in messages:
        kind = "findings" if message.about == "finding" else message.about
        key = "orders" if kind.startswith("order_") else kind
        by_list.setdefault(key, []).append(message)
    return [
        own[0]
        if len({(m.about, m.path) for m in own}) == 1
        else Message(key, f"/{key}", own[-1].at)
        for key, own in by_list.items()
    ]


class Webhook:
    """Posts ``{"about", "says", "link", "at"}`` to an address."""

    def __init__(self, config: WebhookConfig, origin: str) -> None:
        self.after = config.after_minutes * 60
        self._url = config.url
        self._origin = origin
        self._secret = read_secret(config.secret_file) if config.secret_file else None

    def send(self, message: Message) -> None:
        """Post it; redirects are not followed, and any answer but 2xx is a failure."""
        body = json.dumps(
            {
                "about": message.about,
                "says": SENTENCES[message.about],
                "link": self._origin + message.path,
                "at": message.at,
            }
        ).encode()
        headers = {"Content-Type": "application/json"}
        if self._secret:
            digest = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Peerwatch-Signature"] = f"sha256={digest}"
        try:
            httpx.post(
                self._url, content=body, headers=headers, timeout=_SECONDS
            ).raise_for_status()
        except httpx.HTTPError as error:
            raise DeliveryError(f"a webhook failed: {type(error).__name__}") from error


class Mail:
    """Sends a mail with one sentence and a link."""

    def __init__(self, config: MailConfig, origin: str) -> None:
        self.after = config.after_minutes * 60
        self._config = config
        self._origin = origin
        self._password = read_secret(config.password_file) if config.password_file else None

    def send(self, message: Message) -> None:
        """Hand it to the mail server."""
        mail = EmailMessage()
        mail["Subject"] = f"Peerwatch: {SENTENCES[message.about]}"
        mail["From"] = self._config.sender
        mail["To"] = ", ".join(self._config.to)
        mail.set_content(f"{SENTENCES[message.about]}\n\n{self._origin}{message.path}\n")
        try:
            with self._connected() as server:
                if self._config.user and self._password:
                    server.login(self._config.user, self._password)
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(f"mail failed: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        place = (self._config.server, self._config.port)
        trust = ssl.create_default_context()
        if self._config.security == "tls":
            return smtplib.SMTP_SSL(*place, timeout=_SECONDS, context=trust)
        server = smtplib.SMTP(*place, timeout=_SECONDS)
        if self._config.security == "starttls":
            server.starttls(context=trust)
        return server


def channels(config: OversightConfig) -> tuple[Channel, ...]:
    """Return the ways to tell somebody that a configuration names."""
    told: MessagesConfig = config.messages
    hooks: list[Channel] = [Webhook(one, config.origin) for one in told.webhooks]
    mail: list[Channel] = [Mail(told.mail, config.origin)] if told.mail else []
    return (*hooks, *mail)


def deliver(
    channel: Channel, message: Message, sleep: Callable[[float], None] = time.sleep
) -> bool:
    """Send a message, again and again for about a minute; False where it did not go."""
    tries = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(initial=1, max=30),
        retry=retry_if_exception_type(DeliveryError),
        sleep=sleep,
        reraise=True,
    )
    try:
        tries(channel.send, message)
    except DeliveryError:
        return False
    return True


def message_of(kind: str, seq: int, body: Mapping[str, Any], at: float) -> Message | None:
    """Return what a leaf gives reason to say, or None.

    Args:
        kind: Of the leaf.
        seq: Its place in the record.
        body: Its content; only fixed words of it decide, none is passed on.
        at: Its time.
    """
    if kind == "finding" and body.get("explained") is None:
        if body.get("behaviour") == "silence":
            return Message("silence", "/coverage", at)
        return Message("finding", f"/findings/{seq}", at)
    if kind == "verified" and body.get("state") in ("verified", "failed", "overdue"):
        return Message(f"order_{body['state']}", "/orders", at)
    if kind in _LEAD_TO:
        return Message(kind, _LEAD_TO[kind], at)
    return None
