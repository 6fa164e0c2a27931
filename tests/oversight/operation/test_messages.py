"""What leaves the house: a link and a fixed sentence, and never a name or a content."""

from __future__ import annotations

import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from peerwatch.oversight.operation.messages import (
    ATTEMPTS,
    SENTENCES,
    DeliveryError,
    Message,
    bundled,
    channels,
    deliver,
    message_of,
)
from peerwatch.oversight.operation.messenger import Messenger
from peerwatch.oversight.operation.oversight_config import OversightConfig

HOSTILE = "luma </script> \r\nBcc: all@example.com"


@dataclass
class Leaf:
    seq: int
    at: float
    kind: str
    body: dict[str, Any]


@dataclass
class Ear:
    """A channel that keeps what it is told, after some failures."""

    after: float = 0.0
    failures: int = 0
    told: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        if self.failures:
            self.failures -= 1
            raise DeliveryError("down")
        self.told.append(message)


def finding(seq: int, at: float = 0.0, **more: Any) -> Leaf:
    body = {"behaviour": "tampering", "explained": None, "said": HOSTILE, "place": HOSTILE, **more}
    return Leaf(seq, at, "finding", body)


class _Hook(BaseHTTPRequestHandler):
    got: list[tuple[dict[str, str], bytes]] = []
    answers: list[int] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[str]:
    _Hook.got, _Hook.answers = [], []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()


def config(**messages: Any) -> OversightConfig:
    return OversightConfig.model_validate(
        {"origin": "https://oversight.example", "messages": messages}
    )


def test_a_webhook_gets_a_link_only_signed_and_again(hook: str, tmp_path: Path) -> None:
    secret = tmp_path / "hook.secret"
    secret.write_text("between us")
    secret.chmod(0o600)
    (channel,) = channels(config(webhooks=[{"url": hook, "secret_file": str(secret)}]))
    leaf = finding(7, 12.0)
    message = message_of(leaf.kind, leaf.seq, leaf.body, leaf.at)
    assert message is not None
    _Hook.answers = [500, 302, 204]
    assert deliver(channel, message, sleep=lambda _: None)
    assert len(_Hook.got) == 3
    headers, body = _Hook.got[-1]
    assert json.loads(body) == {
        "about": "finding",
        "says": SENTENCES["finding"],
        "link": "https://oversight.example/findings/7",
        "at": 12.0,
    }
    digest = hmac.new(b"between us", body, hashlib.sha256).hexdigest()
    assert headers["X-Peerwatch-Signature"] == f"sha256={digest}"


class _Mailbox(socketserver.StreamRequestHandler):
    got: list[str] = []

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        in_data = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            self.got.append(line)
            if in_data:
                in_data = line != "."
                self.wfile.write(b"" if in_data else b"250 kept\r\n")
            elif line.upper() == "DATA":
                in_data = True
                self.wfile.write(b"354 go on\r\n")
            elif line.upper() == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


def test_a_mail_holds_a_sentence_and_a_link() -> None:
    _Mailbox.got = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mailbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        mail = {
            "server": "127.0.0.1",
            "port": port,
            "security": "none",
            "sender": "watch@a.example",
        }
        (channel,) = channels(config(mail={**mail, "to": ["ada@a.example", "ben@a.example"]}))
        assert deliver(channel, Message("order_failed", "/orders", 1.0), sleep=lambda _: None)
        server.shutdown()
    text = "\n".join(_Mailbox.got)
    assert "https://oversight.example/orders" in text and SENTENCES["order_failed"] in text
    assert "luma" not in text and text.upper().count("RCPT TO") == 2


def test_a_server_that_is_not_there_is_given_up_after_some_tries() -> None:
    waited: list[float] = []
    ear = Ear(failures=100)
    assert not deliver(ear, Message("finding", "/findings/1", 0.0), waited.append)
    assert len(waited) == ATTEMPTS - 1 and waited == sorted(waited) and waited[0] >= 1
    (channel,) = channels(config(webhooks=[{"url": "http://127.0.0.1:9/hook"}]))
    assert not deliver(channel, Message("finding", "/findings/1", 0.0), lambda _: None)


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("finding", {"behaviour": "tampering", "explained": None}, ("finding", "/findings/3")),
        ("finding", {"behaviour": "silence", "explained": None}, ("silence", "/coverage")),
        ("finding", {"behaviour": "drift", "explained": "an order"}, None),
        ("verified", {"state": "failed"}, ("order_failed", "/orders")),
        ("verified", {"state": "overdue"}, ("order_overdue", "/orders")),
        ("verified", {"state": "open"}, None),
        ("heartbeat", {}, None),
    ],
)
def test_what_gives_reason_to_tell(kind: str, body: dict[str, Any], said: Any) -> None:
    message = message_of(kind, 3, body, 1.0)
    assert said == (None if message is None else (message.about, message.path))


def test_much_at_once_is_one_message() -> None:
    many = [Message("finding", f"/findings/{n}", n) for n in range(5)]
    assert bundled(many) == [Message("findings", "/findings", 4)]
    assert bundled(many[:1]) == many[:1]
    states = [Message("order_failed", "/orders", 1), Message("order_overdue", "/orders", 2)]
    assert bundled(states) == [Message("orders", "/orders", 2)]
    assert {one.about for one in bundled([*many, *states])} <= SENTENCES.keys()


def told_of(
    leaves: list[Leaf], ears: list[Ear], place: Path, now: float, seen: bool = False
) -> int:
    messenger = Messenger(
        lambda last: [one for one in leaves if one.seq > last],
        ears,
        place,
        lambda path, since: seen,
        bundle=10,
        clock=lambda: now,
        sleep=lambda _: None,
    )
    return messenger.send_due()


def test_channels_take_turns_and_nobody_is_told_twice(tmp_path: Path) -> None:
    place = tmp_path / "messages.json"
    first, second = Ear(), Ear(after=600)
    leaves = [finding(0, at=0.0), finding(1, at=5.0)]
    assert told_of(leaves, [first, second], place, now=9.0) == 0, "more of it may come"
    assert told_of(leaves, [first, second], place, now=16.0) == 1
    assert first.told == [Message("findings", "/findings", 5.0)] and second.told == []
    assert told_of(leaves, [first, second], place, now=20.0) == 0, "not after a restart either"
    assert told_of(leaves, [first, second], place, now=700.0) == 1
    assert second.told == first.told


def test_what_somebody_has_opened_is_told_no_further(tmp_path: Path) -> None:
    first, second = Ear(), Ear(after=600)
    told_of([finding(0)], [first, second], tmp_path / "m.json", now=700.0, seen=True)
    assert len(first.told) == 1 and second.told == []


def test_what_did_not_go_goes_later(tmp_path: Path) -> None:
    ear = Ear(failures=ATTEMPTS)
    place = tmp_path / "m.json"
    assert told_of([finding(0)], [ear], place, now=20.0) == 0
    assert told_of([finding(0)], [ear], place, now=30.0) == 1
    place.write_text("broken")
    assert told_of([finding(0)], [ear], place, now=40.0) == 1, "rather twice than never"
