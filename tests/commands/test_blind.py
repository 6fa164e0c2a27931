"""``peerwatch blind`` on files, pipes and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from peerwatch.cli import app
from peerwatch.common.errors import PeerwatchError

RUNNER = CliRunner()


def test_plain_text_from_a_pipe() -> None:
    done = RUNNER.invoke(app, ["blind"], input="Claude said so.\nTwice.\n")
    assert done.exit_code == 0
    assert done.stdout == "[model-1] said so.\nTwice.\n"
    assert "masked: 1 models" in done.stderr


def test_only_the_named_fields_of_json_lines_change(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    rows = [{"id": "gpt-1", "text": "by GPT-5.2", "extra": {"from": "Agent 2"}, "n": 1.5}]
    file.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    done = RUNNER.invoke(app, ["blind", str(file), "--field", "text", "--field", "extra"])
    assert json.loads(done.stdout) == {
        "id": "gpt-1",
        "text": "by [model-1]",
        "extra": {"from": "[agent-1]"},
        "n": 1.5,
    }


def test_the_check_names_what_remains_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("Work of c.l.a.u.d.e, checked by Agent 2", encoding="utf-8")
    done = RUNNER.invoke(app, ["blind", str(file), "--check"])
    assert done.exit_code == 1
    assert "hidden: 'c.l.a.u.d.e'" in done.stdout
    assert "cues that remain: 1 agents, 1 hidden" in done.stdout
    as_json = json.loads(RUNNER.invoke(app, ["blind", str(file), "--check", "--json"]).stdout)
    assert as_json["remaining"] == {"hidden": 1, "agents": 1}


def test_ordinary_words_are_named_and_do_not_fail(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["blind", "--check"], input="a language model wrote it")
    assert done.exit_code == 0
    assert "1 word" in done.stdout


def test_authors_before_and_after(tmp_path: Path) -> None:
    file = tmp_path / "signed.jsonl"
    lines = [
        {"text": f"note {n % 7} by {author}", "author": author}
        for n, author in enumerate(["Claude Opus 4.5", "GPT-5.2"] * 20)
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    arguments = ["blind", str(file), "--field", "text", "--author", "author"]
    told = json.loads(RUNNER.invoke(app, [*arguments, "--json"]).stdout)
    assert told["before"]["accuracy"] > 0.9 > told["after"]["accuracy"]
    assert "n = 40, 2 authors" in RUNNER.invoke(app, arguments).stdout


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("{", ["--field", "text"], "line 1: not JSON"),
        ("[1]", ["--field", "text"], "a JSON object is expected"),
        ('{"a": 1}', ["--field", "text"], "no field 'text'. Its fields: a"),
        ("x", ["--author", "author"], "--author needs --field"),
        ("x", ["--channel", "modles"], "modles"),
    ],
)
def test_bad_input_says_what_to_do(content: str, options: list[str], message: str) -> None:
    done = RUNNER.invoke(app, ["blind", *options], input=content)
    assert isinstance(done.exception, PeerwatchError)
    assert message in str(done.exception)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["blind", str(tmp_path / "none.txt")])
    assert "none.txt cannot be read" in str(done.exception)


def test_one_channel_alone_is_called_insufficient() -> None:
    text = "By Claude, in /home/ann/work"
    done = RUNNER.invoke(app, ["blind", "--channel", "models"], input=text)
    assert done.exit_code == 0 and done.stdout == "By [model-1], in /home/ann/work"
    assert "Insufficient: only models" in done.stderr and "paths" in done.stderr
    assert "Insufficient" not in RUNNER.invoke(app, ["blind"], input=text).stderr
    checked = RUNNER.invoke(app, ["blind", "--check", "--channel", "models"], input=done.stdout)
    assert "no literal cue remains in the channels models" in checked.stdout
    assert "not looked at: makers, agents, tools, paths" in checked.stdout


def test_what_is_not_utf_8_is_told(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes("café".encode("latin-1"))
    done = RUNNER.invoke(app, ["blind", str(file)])
    assert isinstance(done.exception, PeerwatchError) and "UTF-8" in str(done.exception)
