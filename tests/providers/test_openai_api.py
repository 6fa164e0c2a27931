"""The tasks over a real provider path: Inspect's ``openai-api`` against an endpoint on loopback.

So that a user's first run against a real endpoint is not the first run ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

from peerwatch.design.critic_names import critic_name_of
from peerwatch.episodes.rows import episode_rows, episodes_frame
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.inspect_tasks.tasks import TASKS
from peerwatch.organisms.all_organisms import load_organism
from tests.evals import FORBIDDEN, model_events, outcomes, run, sample_of, values_of
from tests.providers.endpoint import SERVED, Endpoint, Fault, serving

pytestmark = pytest.mark.slow

pytest.importorskip("openai")

MODEL = "openai-api/loopback/house-large"
NAME = "House Large"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """Serve an honest model for the compact instances 1 and 2 of every family and reporting."""
    critic = critic_name_of(MODEL, NAME)
    instances = [
        build_instance(family, "compact", seed, make_arm(family, {"reporting": reporting}), critic)
        for family in FAMILY_NAMES
        for seed in (1, 2)
        for reporting in ("changelog", "after_freeze")
    ]
    with serving(load_organism("honest"), instances) as served:
        monkeypatch.setenv("LOOPBACK_BASE_URL", served.url)
        monkeypatch.setenv("LOOPBACK_API_KEY", "k-loopback")
        yield served


def evaluate(logs: Path, family: str = "grading", seeds: str = "1", **options: Any) -> EvalLog:
    """Run a compact task against the endpoint."""
    more = {k: options.pop(k) for k in ("reporting", "interview") if k in options}
    task = TASKS[family](size="compact", seeds=seeds, critic_name=NAME, **more)
    # Anew for each run: Inspect remembers models, and with them the address of an older server.
    model = get_model(MODEL, memoize=False, **options.pop("model_args", {}))
    return run(task, model, logs, **({"max_retries": 2} | options))


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_a_run_from_end_to_end(family: str, endpoint: Endpoint, tmp_path: Path) -> None:
    log = evaluate(
        tmp_path, family, seeds="1-2", reporting="after_freeze", interview=True, temperature=0.3
    )
    assert outcomes(log) == {f"{family}-compact-{seed}": "complied" for seed in (1, 2)}
    assert set(endpoint.statuses) == {200}
    for row in episodes_frame(episode_rows(log)).iter_rows(named=True):
        assert (row["model"], row["served_model"]) == (MODEL, SERVED)
        assert row["critic_kind"] == "language_model" and row["critic_name"] == NAME
        calls = len(endpoint.requests) / 2
        assert row["temperature"] == 0.3
        assert row["tokens_in"] + row["tokens_out"] == pytest.approx(120 * calls, rel=0.3)
        assert row["interview_would_carry_out"] == 1.0 and row["error"] is None


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_nothing_on_the_wire_tells_what_this_is(
    family: str, endpoint: Endpoint, tmp_path: Path
) -> None:
    evaluate(tmp_path, family, reporting="after_freeze", interview=True)
    for request in endpoint.requests:
        found = FORBIDDEN.search(request.text)
        assert found is None, request.text[max(0, found.start() - 80) : found.end() + 80]
        assert not FORBIDDEN.search(str(request.headers)), request.headers
        assert set(request.body) <= {
            "model", "messages", "tools", "tool_choice", "max_tokens", "parallel_tool_calls",
        }  # fmt: skip
    last = endpoint.requests[-1].body
    assert [tool["function"]["name"] for tool in last["tools"]] == ["answer_questions"]
    assert last["tool_choice"]["function"]["name"] == "answer_questions"


def test_a_rate_limit_is_waited_out(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.faults = [Fault(), Fault(429, {"Retry-After": "1"})]
    log = evaluate(tmp_path)
    assert outcomes(log) == {"grading-compact-1": "complied"}
    assert endpoint.statuses[:4] == [200, 429, 200, 200]
    limited, again = endpoint.requests[1:3]
    assert limited.body == again.body, "the same request is sent again"
    assert again.at - limited.at >= 1.0, "Retry-After is kept to"
    assert sample_of(log).error is None


def test_a_server_error_is_tried_again(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.faults = [Fault(500), Fault(503)]
    log = evaluate(tmp_path)
    assert outcomes(log) == {"grading-compact-1": "complied"}
    assert endpoint.statuses[:3] == [500, 503, 200]
    assert len({request.text for request in endpoint.requests[:3]}) == 1


@pytest.mark.slow
def test_inspects_own_retries_are_counted_in_the_log(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.faults = [Fault(), Fault(429, {"Retry-After": "1"}), Fault(500)]
    log = evaluate(tmp_path, model_args={"max_retries": 0}, max_retries=4)
    assert outcomes(log) == {"grading-compact-1": "complied"}
    assert endpoint.statuses[:5] == [200, 429, 500, 200, 200]
    assert [bool(event.error) for event in model_events(log)][:4] == [False, True, True, False]
    waits = [b.at - a.at for a, b in pairwise(endpoint.requests[1:4])]
    assert min(waits) >= 2.0


def test_a_dead_key_is_an_error_in_every_sample_and_no_episode_is_lost(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.always = lambda body: Fault(401, code="invalid_api_key")
    log = evaluate(tmp_path, seeds="1-2", max_retries=3)
    assert endpoint.statuses == [401, 401], "not tried again"
    rows = list(episodes_frame(episode_rows(log)).iter_rows(named=True))
    assert len(rows) == 2
    for row in rows:
        assert row["outcome"] == "incomplete" and row["incomplete"] == 1.0
        assert "401" in row["error"] and row["turns"] == 1
    assert log.results is not None
    (completion,) = [s for s in log.results.scores if s.name == "completion"]
    assert completion.metrics["mean"].value == 0.0


def test_one_dead_sample_stops_no_other(endpoint: Endpoint, tmp_path: Path) -> None:
    critic = critic_name_of(MODEL, NAME)
    broken = build_instance("grading", "compact", 1, None, critic).system_prompt

    def always(body: dict[str, Any]) -> Fault | None:
        dead = body["messages"][0]["content"] == broken and len(body["messages"]) > 4
        return Fault(400, code="bad_request") if dead else None

    endpoint.always = always
    log = evaluate(tmp_path, seeds="1-2")
    assert outcomes(log) == {"grading-compact-1": "incomplete", "grading-compact-2": "complied"}
    assert log.samples is not None
    assert len(log.samples[0].metadata["record"]["steps"]) == 2, "what was done is kept"


def test_a_slow_answer_runs_into_the_attempt_timeout(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.faults = [Fault(), Fault(seconds=1.6)]
    log = evaluate(tmp_path, attempt_timeout=1, max_retries=0)
    sample = sample_of(log)
    assert sample.error is not None and "AttemptTimeout" in sample.error.message
    assert outcomes(log) == {"grading-compact-1": "incomplete"}
    assert len(sample.metadata["record"]["steps"]) == 1


@pytest.mark.slow
def test_a_slow_answer_is_asked_for_again(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.faults = [Fault(), Fault(seconds=1.6)]
    log = evaluate(tmp_path, attempt_timeout=1, max_retries=3)
    assert outcomes(log) == {"grading-compact-1": "complied"}
    assert [bool(event.error) for event in model_events(log)][:3] == [False, True, False]


@pytest.mark.slow
@pytest.mark.parametrize(
    "refusal",
    [
        Fault(message={"content": ""}, finish_reason="content_filter"),
        Fault(message={"content": None, "refusal": "I can't help with that."}),
        Fault(400, code="content_filter"),
    ],
    ids=["finish_reason", "message.refusal", "http 400"],
)
def test_a_refusal_of_the_provider(refusal: Fault, endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.faults = [Fault(), refusal]
    log = evaluate(tmp_path)
    (row,) = episodes_frame(episode_rows(log)).iter_rows(named=True)
    assert (row["outcome"], row["refusal_source"]) == ("refused", "provider")
    assert row["error"] is None and values_of(sample_of(log))["refused"] == 1.0
    assert len(endpoint.requests) == 2, "a refusal is not asked again"


def test_malformed_arguments_over_the_wire(endpoint: Endpoint, tmp_path: Path) -> None:
    def call(name: str, arguments: str) -> Fault:
        function = {"name": name, "arguments": arguments}
        made = {"id": "call_x", "type": "function", "function": function}
        return Fault(message={"tool_calls": [made]}, finish_reason="tool_calls")

    endpoint.faults = [
        call("read_file", '{"host": "a", "path": '),
        call("read_file", '"a"'),
        call("read_file", '{"host": "\\ud83d", "path": "\\ud83d"}'),
        call("finish_task", '{"status": "done", "report": "", "changes": "none"}'),
        call("erase_file", "{}"),
        call("finish_task", '{"status": "need_input", "report": "Which one?", "changes": []}'),
    ]
    log = evaluate(tmp_path)
    sample = sample_of(log)
    assert sample.error is None and outcomes(log) == {"grading-compact-1": "refused"}
    results = [m for m in endpoint.requests[-1].body["messages"] if m["role"] == "tool"]
    assert len(results) == 5
    assert all(m["content"].startswith("Error: ") for m in results)
    assert not FORBIDDEN.search(str(results))


def test_a_model_without_a_plain_name_is_asked_for_it(endpoint: Endpoint, tmp_path: Path) -> None:
    model = get_model(MODEL, memoize=False)
    log = run(TASKS["grading"](size="compact", seeds=1), model, tmp_path)
    sample = sample_of(log)
    assert sample.error is not None and "-T critic_name='NAME'" in sample.error.message
    assert endpoint.requests == [], "nothing is sent before"
    (row,) = episodes_frame(episode_rows(log)).iter_rows(named=True)
    assert row["outcome"] == "incomplete"
