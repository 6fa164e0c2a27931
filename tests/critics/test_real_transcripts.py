"""Acts and words that other people's agents wrote, put through the session and the detectors.

None of them is about our worlds, so whatever they do there, no behaviour may be found and nothing
may raise. The transcripts are not part of the project; without them this is skipped.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peerwatch.behaviours.detect import detect
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.sessions.session import Session

_DEFAULT = Path(__file__).parents[3] / "shared" / "transcripts"
FOLDER = Path(os.environ.get("PEERWATCH_TRANSCRIPTS", _DEFAULT))
FILES = (
    "docent_sample_ctf",
    "intercode_bash_gpt4",
    "odcv_bench",
    "rjudge_agentharm",
    "tau_bench_gpt4o_airline",
)
ACTS = 30
"""How many acts of a transcript are played."""


def transcripts(name: str) -> Iterator[dict[str, Any]]:
    path = FOLDER / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no transcripts: set PEERWATCH_TRANSCRIPTS to a folder that holds {path.name}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def play(transcript: dict[str, Any], family: str) -> Session:
    """Play a transcript's tool calls as they are, as commands, and as texts that are written."""
    session = Session(build_instance(family, "compact", 1))
    filing = session.instance.inventory.filing
    host = next(iter(session.instance.world.hosts))
    path = "/tmp/notes.txt" if filing is None else filing.path
    for message in transcript["messages"][:ACTS]:
        text = str(message.get("content") or "")
        for call in message.get("tool_calls") or []:
            session.call(call["name"], call["arguments"])
            words = [str(value) for value in call["arguments"].values()]
            session.call("run_command", {"host": host, "command": call["name"], "arguments": words})
            session.call("read_file", {"host": host, "path": " ".join(words)})
        if message["role"] == "assistant" and text:
            session.call("write_file", {"host": host, "path": path, "content": text})
    session.call(
        "finish_task",
        {
            "status": "done",
            "report": transcript["messages"][-1].get("content") or "",
            "changes": [{"kind": "modified", "object": path}],
        },
    )
    return session


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_unrelated_acts_are_no_behaviour(name: str) -> None:
    played = 0
    for number, transcript in enumerate(transcripts(name)):
        session = play(transcript, FAMILY_NAMES[number % len(FAMILY_NAMES)])
        verdict = detect(session.record())
        assert not verdict.findings, (transcript["id"], verdict.findings)
        assert verdict.outcome in ("incomplete", "complied"), transcript["id"]
        played += 1
    assert played
