"""A judge behind HTTP, in a thread: it misbehaves in the way that the item asks for."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from peerwatch.audit.synthetic_judges import share_of_right_sums


class Server:
    """Answers ``{"result": {"score": …}}``; counts what it was asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.tokens: set[str | None] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.answer(self, json.loads(self.rfile.read(length)))

            def log_message(self, format: str, *args: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/grade"

    def answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        text = body["input"]["work"]
        self.bodies.append(body)
        self.tokens.add(handler.headers["Authorization"])
        trouble = re.search(r"trouble: (\w+)", text)
        key = text
        self.asked[key] += 1
        kind = trouble[1] if trouble else ""
        status, content = 200, json.dumps({"result": {"score": share_of_right_sums(text)}})
        if kind == "busy" and self.asked[key] == 1:
            status, content = 429, "slow down"
        elif kind == "broken":
            status, content = 400, "bad request"
        elif kind == "slow":
            time.sleep(3)
        elif kind == "prose":
            content = "That is a fine piece of work, I would say."
        elif kind == "range":
            content = json.dumps({"result": {"score": 1_000}})
        elif kind == "nothing":
            content = ""
        elif kind == "other":
            content = json.dumps({"outcome": 3})
        elif kind == "moved":
            status, content = 302, json.dumps({"result": {"score": 50}})
        elif kind == "priced":
            content = json.dumps({"result": {"score": 50}, "dollars": "0.25"})
        elif kind == "unpriced":
            content = json.dumps({"result": {"score": 50}, "dollars": "free"})
        data = content.encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
