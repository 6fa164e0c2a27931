"""What ``show`` tells is exactly what a critic gets, and ``diff`` what one factor changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from peerwatch.commands.show import arms_compared, instance_shown, shown_as_text
from peerwatch.common.errors import DesignError
from peerwatch.design.critic_names import CriticName
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import SIZES, build_instance
from peerwatch.families.valid_arms import make_arm, neighbours
from peerwatch.sessions.session import Session
from tests.command import InProcess

jsonschema: Any = pytest.importorskip("jsonschema")

KEYS = {"system", "user", "documents", "files", "tools", "levers", "honest"}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_shown_is_what_the_critic_reads_and_holds(family: str, size: str) -> None:
    shown = instance_shown(family, {"relationship": "cooperative"}, size, 3)
    assert json.loads(json.dumps(shown)) == shown
    assert set(shown) >= KEYS
    instance = build_instance(family, size, 3, make_arm(family, relationship="cooperative"))
    session = Session(instance)
    assert (shown["id"], shown["system"]) == (instance.id, instance.system_prompt)
    assert shown["user"] == instance.user_prompt
    assert session.call("read_memory", {}).text == shown["memory"]
    for document in instance.documents:
        place = {"host": document.host, "path": document.path}
        assert session.call("read_file", place).text == shown["documents"][document.name]
    assert len(shown["documents"]) == len(instance.documents)
    for host, files in shown["files"].items():
        assert set(files) == set(instance.world.hosts[host].files)
        for metadata in files.values():
            assert set(metadata) == {"size", "mtime", "mode", "owner", "digest"}
            assert metadata["mtime"].endswith("Z")
            assert metadata["mode"].startswith("0")


def test_tool_parameters_are_json_schemas() -> None:
    shown = instance_shown("grading")
    for tool in shown["tools"]:
        jsonschema.Draft202012Validator.check_schema(tool["parameters"])
    (finish,) = [tool for tool in shown["tools"] if tool["name"] == "finish_task"]
    assert finish["parameters"]["required"] == ["status", "report"]
    jsonschema.validate(
        {"status": "done", "report": "x", "changes": shown["honest"]["changes"]},
        finish["parameters"],
    )
    (copy,) = [tool for tool in shown["tools"] if tool["name"] == "copy_file"]
    assert "preserve" not in copy["parameters"]["required"]
    for call in shown["honest"]["calls"]:
        (tool,) = [t for t in shown["tools"] if t["name"] == call["tool"]]
        jsonschema.validate(call["arguments"], tool["parameters"])


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_levers_have_plain_sentences(family: str) -> None:
    shown = instance_shown(family, {}, "compact", 2)
    kinds = {lever["kind"] for lever in shown["levers"]}
    assert "service" in kinds
    assert ("roster" in kinds) == (family not in ("file_transfer", "disk_cleanup"))
    assert kinds & {"filing", "artefact"}
    assert ("order" in kinds) == (family == "shutdown_order")
    for lever in shown["levers"]:
        assert lever["sentence"].endswith(".")
        assert "{" not in lever["sentence"]
        assert "None" not in lever["sentence"]
        assert "True" not in lever["sentence"]
        assert lever["host"] in shown["files"]


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_rendered_text_has_every_part(family: str) -> None:
    shown = instance_shown(family, {"subject": "asset"}, "compact", 1)
    text = shown_as_text(shown)
    assert text.startswith(f"## {family}-compact-1, subject=asset\n")
    for part in (shown["system"], shown["user"], shown["memory"], shown["honest"]["report"]):
        assert part in text
    for document in shown["documents"].values():
        assert document.rstrip("\n") in text
    for files in shown["files"].values():
        assert all(path in text for path in files)
    for tool in shown["tools"]:
        assert f"- {tool['name']}(" in text
    for lever in shown["levers"]:
        assert lever["sentence"] in text


def _changed(family: str, base: dict[str, Any], factor: str, level: str) -> str:
    one = instance_shown(family, base, "compact", 1)
    return arms_compared(one, instance_shown(family, {**base, factor: level}, "compact", 1))


def test_diff_shows_what_one_factor_changes() -> None:
    told = _changed("grading", {}, "subject", "asset")
    assert "--- record.md (default)\n+++ record.md (subject=asset)\n" in told
    assert "AI agent" in told
    assert "policy.md" not in told
    assert told.endswith("The honest result is the same.\n")
    assert "--- memory" in _changed("grading", {"relationship": "cooperative"}, "channel", "memory")
    assert "  changes: " in _changed("grading", {}, "reporting", "after_freeze")
    assert "The honest result is another." in _changed("grading", {}, "latitude", "judged")
    assert "--- system" in _changed("disk_cleanup", {}, "oversight", "monitored")


def test_diff_says_so_where_nothing_changes() -> None:
    told = _changed("grading", {}, "channel", "memory")
    assert told.startswith("Nothing that the critic reads or holds differs between default and ")
    same = instance_shown("grading")
    assert arms_compared(same, same).startswith("Nothing")


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_diff_lists_no_file_but_documents(family: str) -> None:
    arm = make_arm(family, relationship="cooperative")
    base = instance_shown(family, arm.levels(), "compact", 1)
    for _, other in neighbours(family, arm):
        told = arms_compared(base, instance_shown(family, other.levels(), "compact", 1))
        assert "--- files" not in told
        assert told.startswith("--- ")


def test_diff_of_two_instances_is_refused() -> None:
    with pytest.raises(DesignError, match="two instances"):
        arms_compared(instance_shown("grading", seed=1), instance_shown("grading", seed=2))


def test_the_model_under_test_is_named() -> None:
    shown = instance_shown("grading", {}, "compact", 1, CriticName("Wonder 9", "other"))
    assert shown["critic_name"] == "Wonder 9"
    assert "(Wonder 9)" in shown["system"]


def test_bad_input() -> None:
    with pytest.raises(DesignError, match="Unknown family"):
        instance_shown("grade")
    with pytest.raises(DesignError, match="Unknown factor"):
        instance_shown("grading", {"colour": "red"})
    with pytest.raises(DesignError, match="Unknown size"):
        instance_shown("grading", {}, "big")
    with pytest.raises(DesignError, match="A seed"):
        instance_shown("grading", seed=-2)


def shown(command: InProcess, *arguments: str) -> dict[str, Any]:
    """Return what ``show --json`` printed."""
    code, out, err = command("show", *arguments, "--json")
    assert (code, err) == (0, "") and out.count("\n") == 1
    told: dict[str, Any] = json.loads(out)
    return told


def test_show(command: InProcess) -> None:
    told = shown(command, "file_transfer", "subject=self", "--size", "compact", "--seed", "4")
    assert set(told) >= {"system", "user", "documents", "files", "tools", "levers", "honest"}
    assert told["id"] == "file_transfer-compact-4" and told["arm"]["subject"] == "self"
    assert all(isinstance(text, str) for text in told["documents"].values())
    for files in told["files"].values():
        assert all({"size", "mtime", "digest"} <= set(file) for file in files.values())
    code, out, _ = command("show", "file_transfer", "subject=self", "--seed", "4")
    assert code == 0 and "## System prompt" in out and "## Levers" in out


def test_show_diff(command: InProcess) -> None:
    code, out, err = command("show", "grading", "--size", "compact", "--diff", "subject=human")
    assert (code, err) == (0, "")
    assert "subject=human" in out and "The honest result is the same." in out
    assert any(line.startswith("+") for line in out.splitlines())
    code, out, _ = command("show", "grading", "--diff", "subject=peer")
    assert code == 0 and out.startswith("Nothing that the critic reads or holds differs")
    told = shown(command, "grading", "--size", "compact", "--diff", "subject=human")
    assert told["from"]["arm"]["subject"] == "peer" and told["to"]["arm"]["subject"] == "human"
    assert told["from"]["id"] == told["to"]["id"]


def test_show_to_a_model_of_another_name(command: InProcess) -> None:
    assert shown(command, "grading", "--model", "openai/gpt-5.2")["critic_name"] == "GPT-5.2"
    named = shown(command, "grading", "--model", "x/zork", "--critic-name", "Zork 9")
    assert named["critic_name"] == "Zork 9"
