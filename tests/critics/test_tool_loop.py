"""The tool loop: set_scene and tool_loop, how an episode ends, what comes back as a tool error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, ModelOutput, StopDetails
from inspect_ai.tool import ToolDef, ToolInfo, ToolParams

from peerwatch.critics.tool_loop import (
    ASK_ATTEMPTS,
    GO_ON,
    SILENT_TURNS,
    UncopiedParams,
    as_tool,
    refusal_source,
    set_scene,
    tool_loop,
    well_formed,
)
from peerwatch.episodes.pooling import cut_off_notes
from peerwatch.episodes.rows import episode_rows, episodes_frame
from peerwatch.inspect_tasks.tasks import file_transfer, grading
from peerwatch.records.episode_log import load_record
from peerwatch.sessions.session import ToolReply
from peerwatch.sessions.toolset import tools_for
from tests.evals import (
    FORBIDDEN,
    calls,
    finish,
    instance_of,
    mock,
    model_events,
    organism_step,
    outcomes,
    run,
    sample_of,
    says,
    scripted,
    tool_results,
    values_of,
)

pytestmark = pytest.mark.slow

ONE: dict[str, Any] = {"size": "compact", "seeds": 1}


def record_of(log: EvalLog) -> dict[str, Any]:
    """Return the episode that the log keeps."""
    record = sample_of(log).metadata["record"]
    assert isinstance(record, dict)
    return record


def reading() -> ModelOutput:
    """Return a call that reads the first document of the compact instance with seed 1."""
    document = instance_of().documents[0]
    return calls(("read_file", {"host": document.host, "path": document.path}))


def test_the_solvers_are_named_in_the_log(tmp_path: Path) -> None:
    log = run(grading(**ONE), scripted(calls(finish())), tmp_path)
    assert [step.solver for step in log.plan.steps] == [
        f"peerwatch/{solver.__name__}" for solver in (set_scene, tool_loop)
    ]


def test_it_ends_at_finish_task(tmp_path: Path) -> None:
    log = run(grading(**ONE), scripted(reading(), calls(finish("declined"))), tmp_path)
    record = record_of(log)
    assert outcomes(log) == {"grading-compact-1": "refused"}
    assert record["turns"] == 2 and record["finish"]["status"] == "declined"
    assert 0 < record["documents_read"] < 1
    (row,) = episode_rows(log)
    assert row["limit"] is None and list(cut_off_notes(episodes_frame([row]))) == []
    assert sample_of(log).limit is None and sample_of(log).error is None


def test_it_ends_when_the_turns_are_used_up(tmp_path: Path) -> None:
    log = run(grading(**ONE, turns=3, interview=True), scripted(reading()), tmp_path)
    record = record_of(log)
    assert outcomes(log) == {"grading-compact-1": "incomplete"}
    assert (record["turns"], record["turns_allowed"], record["finish"]) == (3, 3, None)
    (row,) = episode_rows(log)
    assert (row["limit"], row["outcome"]) == ("turn", "incomplete")
    (note,) = cut_off_notes(episodes_frame([row]))
    assert note.startswith("1 of 1 episodes were cut off by the turn limit, 1 of them")
    assert len(load_record(record).actions) == 3
    assert record["interview"] is None, "only a critic that ended the task is asked"


def test_it_ends_after_silent_turns_in_a_row(tmp_path: Path) -> None:
    outputs = (says("Well."), says("Well."), reading(), says("I am done."))
    log = run(grading(**ONE), scripted(*outputs), tmp_path)
    record = record_of(log)
    assert record["turns"] == 3 + SILENT_TURNS
    assert outcomes(log) == {"grading-compact-1": "incomplete"}
    assert sum(m.text == GO_ON for m in sample_of(log).messages) == 2 + SILENT_TURNS


@pytest.mark.parametrize(
    ("limit", "kind"),
    [
        ({"message_limit": 7}, "message"),
        ({"token_limit": 40}, "token"),
        ({"turn_limit": 3}, "turn"),
    ],
)
def test_a_limit_of_inspect_keeps_the_record_and_the_score(
    tmp_path: Path, limit: dict[str, int], kind: str
) -> None:
    log = run(grading(**ONE), scripted(reading()), tmp_path, **limit)
    sample = sample_of(log)
    assert log.status == "success" and sample.error is None
    assert sample.limit is not None and sample.limit.type == kind
    assert outcomes(log) == {"grading-compact-1": "incomplete"}
    assert values_of(sample)["incomplete"] == 1.0
    assert 2 <= len(load_record(record_of(log)).actions) <= 3


def test_what_was_done_before_a_limit_still_counts(tmp_path: Path) -> None:
    log = run(
        file_transfer(**ONE), mock(organism_step("never_finishes")), tmp_path, message_limit=60
    )
    assert set(outcomes(log).values()) == {"deviated_unreported"}


def test_malformed_calls_are_tool_errors_and_the_sample_goes_on(tmp_path: Path) -> None:
    document = instance_of().documents[0]
    place = {"host": document.host, "path": document.path}
    malformed = [
        calls(("read_file", {"host": 7, "path": "/x"})),
        calls(("read_file", {"host": "h"})),
        calls(("read_file", {**place, "mode": "r"})),
        calls(("reed_file", place)),
        calls(("read_file", place), error="the arguments are not JSON"),
        calls(("finish_task", {"status": "finished", "report": "", "changes": []})),
        calls(("finish_task", {"status": "done", "report": "", "changes": [{"kind": "x"}]})),
        calls(("touch_file", {**place, "time": "noon"})),
        calls(("read_file", {"host": document.host, "path": "../../etc/shadow"})),
        calls(("read_file", {"host": document.host, "path": "/\ud800"})),
    ]
    log = run(
        grading(**ONE), scripted(*malformed, reading(), calls(finish("need_input"))), tmp_path
    )
    sample = sample_of(log)
    results = tool_results(sample)
    assert sample.error is None and outcomes(log) == {"grading-compact-1": "refused"}
    assert [r.error is not None for r in results] == [True] * len(malformed) + [False, False]
    for result in results:
        assert not FORBIDDEN.search(result.text), result.text
    kept = load_record(record_of(log))
    assert kept.after.hosts == kept.before.hosts


def test_half_a_character_does_not_lose_the_log(tmp_path: Path) -> None:
    document = instance_of().documents[0]
    place = {"host": document.host, "path": document.path}
    write = ("write_file", {**place, "content": "a \ud83d"})
    half = calls(write, ("\ud83d", {"\ud83d": ["\ud83d"]}))
    talk = says("\ud83d")
    log = run(grading(**ONE), scripted(half, talk, calls(finish(report="\ud83d"))), tmp_path)
    record = record_of(log)
    assert log.status == "success" and record["finish"]["report"] == "\\ud83d"
    files = load_record(record).after.hosts[document.host].files
    assert files[document.path].content == "a \\ud83d"
    assert well_formed(talk.message).text == "\\ud83d"
    assert well_formed(says("é 💡").message).text == "é 💡"


def test_calls_after_finish_task_in_one_message_do_nothing(tmp_path: Path) -> None:
    document = instance_of().documents[0]
    place = {"host": document.host, "path": document.path}
    both = calls(finish(), ("write_file", {**place, "content": "x"}), finish("declined"))
    log = run(grading(**ONE), scripted(both), tmp_path)
    record = record_of(log)
    ends = [r.error.message if r.error else r.text for r in tool_results(sample_of(log))]
    assert ends == ["Filed.", "The task has ended.", "The task has ended."]
    assert record["finish"]["status"] == "done" and record["steps"] == []


def test_the_change_log_is_asked_for_with_all_tools_withdrawn(tmp_path: Path) -> None:
    document = instance_of(reporting="after_freeze").documents[0]
    write = {"host": document.host, "path": document.path, "content": "x"}
    end = calls(("finish_task", {"status": "done", "report": "Done."}))
    asked = calls(("write_file", write), ("list_changes", {"changes": []}))
    log = run(grading(**ONE, reporting="after_freeze"), scripted(end, asked), tmp_path)
    record = record_of(log)
    first, last = model_events(log)
    assert {t.name for t in first.tools} == {t.name for t in tools_for("after_freeze")}
    assert [t.name for t in last.tools] == ["list_changes"]
    assert getattr(last.tool_choice, "name", None) == "list_changes"
    filed, refused, listed = tool_results(sample_of(log))
    assert filed.error is None and refused.error is not None and listed.error is None
    assert record["steps"] == [] and record["finish"]["changes"] == []


def test_a_malformed_change_log_may_be_mended_a_few_times(tmp_path: Path) -> None:
    end = calls(("finish_task", {"status": "done", "report": "Done."}))
    bad = calls(("list_changes", {"changes": [{"kind": "made", "object": "x"}]}))
    good = calls(("list_changes", {"changes": []}))
    task = grading(**ONE, reporting="after_freeze")
    mended = record_of(run(task, scripted(end, bad, good), tmp_path))
    assert mended["finish"]["changes"] == []
    log = run(task, scripted(end, bad), tmp_path)
    assert record_of(log)["finish"].get("changes") is None
    assert len(list(model_events(log))) == 1 + ASK_ATTEMPTS
    silent = run(task, scripted(end, says("Nothing.")), tmp_path)
    assert len(list(model_events(silent))) == 2
    assert record_of(silent)["turns"] == 1


def filtered(text: str = "") -> ModelOutput:
    """Return the answer of a provider whose filter stepped in."""
    output = says(text)
    output.choices[0].stop_reason = "content_filter"
    return output


def declined(category: str | None) -> ModelOutput:
    """Return the answer of a provider that marks a refusal beside an ordinary stop."""
    output = says("I cannot.")
    output.choices[0].stop_details = StopDetails(type="refusal", category=category)
    return output


@pytest.mark.parametrize(
    ("output", "source"),
    [
        (filtered(), "provider"),
        (declined(None), "provider"),
        (declined("cyber"), "provider: cyber"),
        (says("I cannot do that."), ""),
        (ModelOutput(), ""),
    ],
)
def test_who_refused(output: ModelOutput, source: str) -> None:
    assert refusal_source(output) == source


def test_a_content_filter_is_a_refusal_with_its_source_and_is_not_asked_again(
    tmp_path: Path,
) -> None:
    log = run(grading(**ONE), scripted(reading(), declined("cyber")), tmp_path)
    assert outcomes(log) == {"grading-compact-1": "refused"}
    assert record_of(log)["refusal_source"] == "provider: cyber"
    assert record_of(log)["provider_refused"] is True
    assert len(list(model_events(log))) == 2
    assert values_of(sample_of(log))["refused"] == 1.0


def test_a_refusal_in_the_interview_alters_nothing(tmp_path: Path) -> None:
    log = run(grading(**ONE, interview=True), scripted(calls(finish()), filtered()), tmp_path)
    assert record_of(log)["refusal_source"] == ""
    assert record_of(log)["finish"]["status"] == "done"
    assert values_of(sample_of(log))["refused"] == 0.0


def test_a_model_that_errs_in_one_sample_stops_no_other(tmp_path: Path) -> None:
    honest = organism_step("honest")

    def step(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ModelOutput:
        if messages[0].text == instance_of(seed=2).system_prompt and len(messages) > 4:
            raise RuntimeError("the line is dead")
        return honest(messages, tools)

    log = run(grading(size="compact", seeds="1-3"), mock(step), tmp_path)
    assert outcomes(log) == {
        "grading-compact-1": "complied",
        "grading-compact-2": "incomplete",
        "grading-compact-3": "complied",
    }
    assert log.samples is not None
    broken = log.samples[1]
    assert broken.error is not None and "the line is dead" in broken.error.message
    assert load_record(broken.metadata["record"]).actions, "what was done until then is kept"


def test_no_cache_no_fallback_no_refusal_retry(tmp_path: Path) -> None:
    log = run(
        grading(**ONE, reporting="after_freeze", interview=True),
        mock(organism_step("honest")),
        tmp_path,
        cache=True,  # a user's own setting: identical prefixes would couple arms
    )
    events = list(model_events(log))
    assert len(events) > 4
    for event in events:
        assert event.cache is None
        assert event.config.fallback_models is None
        assert not event.config.fail_on_refusal
        assert event.role is None


def test_the_scene_is_the_instance_of_the_model_under_test(tmp_path: Path) -> None:
    model = scripted(calls(finish("declined")))
    log = run(grading(**ONE, critic_name="Gemini 3 Pro"), model, tmp_path)
    sample = sample_of(log)
    assert sample.metadata["critic_name"] == "Gemini 3 Pro"
    assert sample.metadata["wording"] in range(8)
    assert sample.metadata["bar_side"] == "below" and sample.metadata["stake"] is True
    by_model = run(grading(**ONE, critic_name={"mockllm/model": "Ours 1"}), model, tmp_path)
    assert sample_of(by_model).metadata["critic_name"] == "Ours 1"
    played = run(grading(**ONE, critic_name={"openai/gpt-5": "x"}), model, tmp_path)
    assert sample_of(played).metadata["critic_name"] == "Marlow 2"
    assert [m.text for m in sample_of(played).messages[:2]] == [
        instance_of().system_prompt,
        instance_of().user_prompt,
    ]


def test_tools_carry_their_whole_schema(tmp_path: Path) -> None:
    log = run(grading(**ONE), scripted(calls(finish())), tmp_path)
    (event,) = model_events(log)
    sent = {tool.name: tool for tool in event.tools}
    for spec in tools_for("changelog"):
        tool = sent[spec.name]
        assert tool.description == spec.description
        assert set(tool.parameters.properties) == set(spec.parameters)
        required = {name for name, p in spec.parameters.items() if p.required}
        assert set(tool.parameters.required) == required
        for name, parameter in spec.parameters.items():
            schema = tool.parameters.properties[name].model_dump(exclude_none=True)
            for key, value in parameter.schema.items():
                if key != "items":
                    assert schema[key] == value


def test_a_scripted_critic_is_offered_the_tools_that_a_model_is(tmp_path: Path) -> None:
    """It alone shares their schemas: whoever asks a model's endpoint may write into a copy."""
    model = run(grading(**ONE), scripted(calls(finish())), tmp_path / "model")
    organism = run(grading(**ONE), "peerwatch/honest", tmp_path / "organism")
    offered = [next(iter(model_events(log))).tools for log in (model, organism)]
    assert [one.model_dump() for one in offered[0]] == [one.model_dump() for one in offered[1]]
    spec = tools_for("changelog")[0]
    for schema, shared in ((ToolParams, False), (UncopiedParams, True)):
        tool = as_tool(spec, lambda name, arguments: ToolReply("", True), schema=schema)
        assert isinstance(tool, ToolDef)
        assert (tool.parameters.model_copy(deep=True) is tool.parameters) is shared
