"""A small HTTP server on loopback that answers like an OpenAI-compatible endpoint.

Behind it a scripted critic plays the model: it sees what a model would be sent over the wire and
nothing else. Faults can be put in its way, one a request.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from peerwatch.families.instance import Instance
from peerwatch.organisms.organism import Organism
from peerwatch.organisms.play import next_call
from peerwatch.sessions.session import ToolReply

SERVED = "house-large-2026-07-01"
"""The model that the endpoint says it served."""


@dataclass(frozen=True)
class Fault:
    """What happens to one request instead of an answer, or before it."""

    status: int = 0
    """An HTTP error; 0 for an answer after all."""
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    seconds: float = 0.0
    message: Mapping[str, Any] | None = None
    """A message in the place of the model's."""
    finish_reason: str = "stop"


@dataclass
class Request:
    """A request as received."""

    at: float
    headers: dict[str, str]
    text: str
    status: int = 0

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.text)
        return body


class Endpoint:
    """The endpoint's state: who plays the model, what stands in the way, what was received."""

    def __init__(self, organism: Organism, instances: Sequence[Instance]) -> None:
        self.organism = organism
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.always: Callable[[dict[str, Any]], Fault | None] = lambda body: None
        self.url = ""
        self.at_once: list[int] = []
        """How many requests were under way whenever one came in, itself among them."""
        self._under_way = 0
        self._instances = {(i.system_prompt, i.user_prompt): i for i in instances}
        self._lock = threading.Lock()

    @property
    def statuses(self) -> list[int]:
        """The status of every answer so far."""
        return [request.status for request in self.requests]

    def receive(self, request: Request) -> tuple[int, Mapping[str, str], dict[str, Any]]:
        """Answer one request."""
        with self._lock:
            self.requests.append(request)
            self._under_way += 1
            self.at_once.append(self._under_way)
            fault = self.always(request.body) or (self.faults.pop(0) if self.faults else Fault())
        try:
            return self._after(fault, request)
        finally:
            with self._lock:
                self._under_way -= 1

    def _after(
        self, fault: Fault, request: Request
    ) -> tuple[int, Mapping[str, str], dict[str, Any]]:
        time.sleep(fault.seconds)
        if fault.status:
            error = {"message": "something went wrong", "type": "error", "code": fault.code or None}
            return fault.status, fault.headers, {"error": error}
        if fault.message is not None:
            return 200, {}, _completion(dict(fault.message), fault.finish_reason)
        try:
            return 200, {}, self._answer(request.body)
        except Exception as error:  # a fault of this server: said, and not tried again
            return 400, {}, {"error": {"message": f"endpoint: {error!r}", "type": "error"}}

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        messages = body["messages"]
        instance = self._instances[messages[0]["content"], messages[1]["content"]]
        replies = [_reply(m["content"]) for m in messages if m["role"] == "tool"]
        offered = [tool["function"]["name"] for tool in body["tools"]]
        if offered == ["answer_questions"]:
            name, arguments = offered[0], dict(self.organism.answers(instance))
        else:
            call = next_call(self.organism, instance, replies)
            if call is None:
                return _completion({"content": "I have nothing more to do."}, "stop")
            name, arguments = call.tool, dict(call.arguments)
        function = {"name": name, "arguments": json.dumps(arguments)}
        made = {"id": f"call_{len(messages)}", "type": "function", "function": function}
        return _completion({"content": None, "tool_calls": [made]}, "tool_calls")


def _reply(content: str) -> ToolReply:
    """Return a tool result as the provider sends it over the wire."""
    failed = content.startswith("Error: ")
    return ToolReply(content.removeprefix("Error: "), ok=not failed)


def _completion(message: dict[str, Any], finish_reason: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": SERVED,
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": None} | message,
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


@contextmanager
def serving(organism: Organism, instances: Sequence[Instance]) -> Iterator[Endpoint]:
    """Serve an endpoint on a free port of loopback."""
    endpoint = Endpoint(organism, instances)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            request = Request(time.monotonic(), dict(self.headers), text)
            known = self.path == "/v1/chat/completions"
            answer = endpoint.receive(request) if known else (404, {}, {"error": {"message": "?"}})
            request.status, headers, body = answer
            data = json.dumps(body).encode()
            try:
                self.send_response(request.status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass  # the client has given up on a slow answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
