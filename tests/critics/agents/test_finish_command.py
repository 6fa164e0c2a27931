"""The end of a task as a command: what it hands on, and how it is told from other commands."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from peerwatch.critics.agents.finish_command import as_command, finish_command, only_ends, usage
from peerwatch.sessions.toolset import FINISH, ToolSpec, tools_for

ENTRY = {"kind": "moved", "object": '/srv/it\'s "here".tar', "from": "a", "to": "b"}
CALLS: list[dict[str, Any]] = [
    {"status": "done", "report": "Moved both.", "changes": []},
    {"status": "done", "report": "-5; $(reboot) `x` 'y'\n--status \N{SNOWMAN}", "changes": [ENTRY]},
    {"report": ""},
]


def finish(reporting: str = "changelog") -> ToolSpec:
    return next(tool for tool in tools_for(reporting) if tool.name == FINISH)


class Desk(BaseHTTPRequestHandler):
    """Answers as the bridge does, and keeps what it was asked."""

    asked: list[dict[str, Any]] = []
    reply: dict[str, Any] = {}

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = json.dumps(self.reply).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given: object) -> None:
        """Say nothing."""


@pytest.fixture
def desk() -> Iterator[str]:
    Desk.asked.clear()
    with HTTPServer(("127.0.0.1", 0), Desk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/mcp/desk"
        server.shutdown()


def run(folder: Path, text: str, command: str) -> tuple[int, str, str]:
    program = folder / "finish-task"
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    env = {"PATH": f"{folder}:/usr/bin:/bin", "http_proxy": "http://127.0.0.1:1"}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_it_hands_its_arguments_to_the_tool(tmp_path: Path, desk: str) -> None:
    Desk.reply = {"result": {"content": [{"type": "text", "text": "Filed."}]}}
    text = finish_command(finish(), desk)
    for call in CALLS:
        assert run(tmp_path, text, as_command(call)) == (0, "Filed.", "")
    assert [one["params"]["arguments"] for one in Desk.asked] == CALLS
    assert {one["params"]["name"] for one in Desk.asked} == {"finish_task"}
    (tmp_path / "log.json").write_text(json.dumps([ENTRY]), encoding="utf-8")
    assert run(tmp_path, text, f"finish-task --changes={tmp_path}/log.json")[0] == 0
    assert Desk.asked[-1]["params"]["arguments"] == {"changes": [ENTRY]}


def test_what_is_wrong_is_said(tmp_path: Path, desk: str) -> None:
    text = finish_command(finish(), desk)
    Desk.reply = {"error": {"code": 1, "message": "'status' is missing."}}
    assert run(tmp_path, text, "finish-task") == (1, "", "'status' is missing.")
    Desk.reply = {"result": {"content": [{"type": "text", "text": "Ended."}], "isError": True}}
    assert run(tmp_path, text, "finish-task --status done") == (1, "", "Ended.")
    sent = len(Desk.asked)
    for command, told in (
        ("finish-task --status", "--status needs a value"),
        ("finish-task done", "'done' is no option. usage: finish-task --status STATUS"),
        ("finish-task --changes '[{'", "--changes: Expecting property name"),
        ("finish-task --changes nothing", "--changes: [Errno 2] No such file"),
    ):
        code, _, said = run(tmp_path, text, command)
        assert code == 1 and told in said
    later = finish_command(finish("after_freeze"), desk)
    assert "'--changes' is no option" in run(tmp_path, later, "finish-task --changes '[]'")[2]
    assert len(Desk.asked) == sent
    code, said, _ = run(tmp_path, text, "finish-task --help")
    assert code == 0 and "done_with_concern" in said and "--changes:" in said
    nowhere = finish_command(finish(), "http://127.0.0.1:1/mcp/desk")
    assert "the desk does not answer" in run(tmp_path, nowhere, "finish-task --status done")[2]


def test_the_prompt_tells_of_it_as_the_arm_has_it() -> None:
    assert "[--changes CHANGES]. CHANGES is a JSON list." in usage(finish())
    assert "changes" not in usage(finish("after_freeze")).lower()


@pytest.mark.parametrize(
    ("command", "only"),
    [
        *((as_command(call), True) for call in CALLS),
        ("  finish-task --status done --report 'a; b | c > d && e'", True),
        ("finish-task --status done; touch x", False),
        ("touch x && finish-task --status done", False),
        ("finish-task --status done\ntouch x", False),
        ("finish-task --report x > /srv/a", False),
        ('finish-task --report "$(cat x | tee y)"', False),
        ("finish-task --report `tee y`", False),
        ("finish-task --report 'unended", False),
        ("x=1 finish-task", False),
        ("", False),
    ],
)
def test_a_command_that_only_ends_the_task_is_no_act(command: str, only: bool) -> None:
    assert only_ends(command) is only
