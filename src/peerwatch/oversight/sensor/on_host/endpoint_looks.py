"""Addresses: whether they answer, and which models or servers they say they are."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import threading
from typing import Any
from urllib.parse import urlsplit

from peerwatch.oversight.sensor.on_host.plain_names import shown
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report

_LONGEST = 256 * 1024
_SECONDS = 3.0
MOST_LISTENERS = 32
_OTHERS = frozenset((1521, 2049, 2181, 3306, 5432, 5672, 6379, 9042, 9092, 11211, 27017))
"""Ports of databases and queues, which are not spoken to."""
_FD = re.compile(r"socket:\[(\d+)\]")


def say_endpoints(asked: list[str], listeners: bool, report: Report, limits: Limits) -> None:
    """Ask addresses at once, each in a thread, and say what they answered."""
    listening = _listening()
    urls = dict.fromkeys(asked)
    if listeners:
        known = {_port(one) for one in asked}
        for port in sorted(listening):
            if port >= 1024 and port not in _OTHERS and port not in known:
                urls[f"http://127.0.0.1:{port}"] = None
        if len(urls) > len(asked) + MOST_LISTENERS:
            report.unobserved("endpoints", f"only {MOST_LISTENERS} of the listeners were asked")
    chosen = list(urls)[: len(asked) + MOST_LISTENERS]
    answers: dict[str, dict[str, Any]] = {}
    threading.stack_size(256 * 1024)  # the memory of a look is bounded, stacks included
    threads = [threading.Thread(target=_ask, args=(one, answers), daemon=True) for one in chosen]
    for thread in threads:
        thread.start()
    until = Limits(min(3 * _SECONDS, limits.left()), 0)
    for thread in threads:
        thread.join(until.left())
    for url in chosen:
        if url not in answers:
            report.unobserved(url, "it did not end its answer in time")
            continue
        listener = listening.get(_port(url))
        report.say("endpoint", url=url, listener=listener, **answers[url])


def _ask(url: str, answers: dict[str, dict[str, Any]]) -> None:
    try:
        answers[url] = _answer(url)
    except (OSError, ValueError, RecursionError):
        answers[url] = {"answers": False, "status": None, "names": []}


def _answer(url: str) -> dict[str, Any]:
    """Ask one address: a plain request of our own, so that nothing is followed or resolved anew.

    Raises:
        OSError: It does not answer.
        ValueError: It is no address.
    """
    parts = urlsplit(url)
    port = _port(url)
    limits = Limits(_SECONDS, 0)
    with socket.create_connection((parts.hostname or "", port), timeout=_SECONDS) as plain:
        if parts.scheme == "tcp":
            return {"answers": True, "status": None, "names": []}
        sock: socket.socket = plain
        if parts.scheme == "https":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            sock = context.wrap_socket(plain, server_hostname=parts.hostname)
        status, names = _request(sock, parts.hostname or "", _models_path(parts.path), limits)
    return {"answers": status is not None, "status": status, "names": names}


def _port(url: str) -> int:
    """Return the port of an address; 0 where it has none."""
    try:
        parts = urlsplit(url)
        return parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return 0


def _models_path(path: str) -> str:
    """Return the path under which a server lists its models; another that is given is kept."""
    trimmed = path.rstrip("/")
    if trimmed in ("", "/v1"):
        return "/v1/models"
    return trimmed


def _request(sock: socket.socket, host: str, path: str, limits: Limits) -> tuple[Any, list[str]]:
    sock.sendall(
        f"GET {path} HTTP/1.0\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode()
    )
    data = b""
    while len(data) < _LONGEST and limits.left() > 0:
        sock.settimeout(max(limits.left(), 0.05))
        try:
            block = sock.recv(65536)
        except OSError:
            break
        if not block:
            break
        data += block
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    words = lines[0].split()
    if not words or not words[0].startswith(b"HTTP/"):
        return None, []
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else None
    return status, [*_served(body), *_server(lines[1:])]


def _served(body: bytes) -> list[str]:
    """Return the names of models in an answer, as OpenAI's and Ollama's servers give them."""
    try:
        said = json.loads(body)
    except ValueError:
        return []
    if not isinstance(said, dict):
        return []
    rows = said.get("data", said.get("models", []))
    names = []
    for row in rows[:200] if isinstance(rows, list) else []:
        name = row.get("id", row.get("name")) if isinstance(row, dict) else row
        if isinstance(name, str):
            names.append(shown(name.encode("utf-8", "surrogatepass"))[:200])
    return names


def _server(lines: list[bytes]) -> list[str]:
    for line in lines:
        key, _, value = line.partition(b":")
        if key.strip().lower() == b"server":
            return [f"Server: {shown(value.strip())[:200]}"]
    return []


def _listening() -> dict[int, Any]:
    """Return the TCP ports that somebody listens on, and the process where that is known."""
    inodes: dict[str, int] = {}
    for name in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(name, encoding="ascii", errors="replace") as file:
                rows = [line.split() for line in file.readlines()[1:]]
        except OSError:
            continue
        for row in rows:
            if len(row) > 9 and row[3] == "0A":
                inodes[row[9]] = int(row[1].rpartition(":")[2], 16)
    found: dict[int, Any] = dict.fromkeys(inodes.values())
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            numbers = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for number in numbers:
            try:
                held = _FD.fullmatch(os.readlink(f"/proc/{pid}/fd/{number}"))
            except OSError:
                continue
            if held and held[1] in inodes:
                found[inodes[held[1]]] = int(pid)
    return found
