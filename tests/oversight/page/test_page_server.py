from __future__ import annotations

import socket

import httpx
import pytest
from fastapi import FastAPI

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.page.page_app import make_app
from peerwatch.oversight.page.page_server import PageServer
from tests.oversight.page.page_world import make_config


def test_a_place_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PeerwatchError, match=f"cannot listen at 127.0.0.1:{port}"):
            PageServer(FastAPI(), "127.0.0.1", port).start()


RAW = (
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: localhost:8720\r\n\r\n",
    b"GET /static/../../etc/passwd HTTP/1.1\r\nHost: localhost:8720\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"POST /act HTTP/1.1\r\nHost: localhost:8720\r\nOrigin: http://localhost:8720\r\n"
    b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /act HTTP/1.1\r\nHost: localhost:8720\r\nOrigin: http://localhost:8720\r\n"
    b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost:8720\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET /orders/\xff\xfe HTTP/1.1\r\nHost: localhost:8720\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
)


def test_what_no_browser_sends_is_refused_and_harms_nobody(state: OverseerState) -> None:
    before = state.record.size
    app = make_app(state, make_config(state.folder))
    with PageServer(app, "127.0.0.1", 0) as server:
        for raw in RAW:
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
                line.sendall(raw)
                line.shutdown(socket.SHUT_WR)
                answer = b""
                while more := line.recv(65_536):
                    answer += more
            first = answer.partition(b"\r\n")[0]
            assert not first.startswith(b"HTTP/1.1 2") and b" 500 " not in first, raw[:60]
            assert b"O-1" not in answer
        home = f"http://127.0.0.1:{server.port}"
        page = httpx.get(f"{home}/sign-in", headers={"host": "localhost:8720"})
        assert page.status_code == 200 and "server" not in page.headers
        forged = {"host": "localhost:8720", "x-forwarded-for": "127.0.0.1", "x-forwarded-user": "A"}
        assert httpx.get(f"{home}/orders", headers=forged).status_code == 303
    assert state.record.size == before
