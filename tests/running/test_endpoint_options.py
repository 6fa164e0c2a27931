"""How endpoints are called: what is asked, what is kept, and what a run says of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from peerwatch.commands.run_to_folder import changed_connection
from peerwatch.common.errors import DesignError, PeerwatchError
from peerwatch.design.critic_names import critic_name_of
from peerwatch.families.build import build_instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms.all_organisms import load_organism
from peerwatch.running.run_options import ConnectionOptions
from peerwatch.running.study_request import StudyRequest, study_asked
from peerwatch.studies.study import Connection, Study, make_study, resolve
from tests.command import peerwatch
from tests.providers.endpoint import Fault, serving

MODEL, NAME = "openai-api/loopback/house-large", "House Large"
FAMILY = "file_transfer"


def study(**more: object) -> Study:
    data = {"name": "x", "preset": "smoke", "models": [MODEL, "peerwatch/honest"], **more}
    return make_study(data, "here")


def test_the_connection_is_no_part_of_the_hash_and_arguments_are() -> None:
    def hashed(one: Study) -> str:
        return resolve(one.model_copy(update={"critic_names": {MODEL: NAME}}), {}).hash

    plain = hashed(study())
    assert hashed(study(connection={"max_connections": 3, "attempt_timeout": 60})) == plain
    assert hashed(study(model_args={MODEL: {}})) == plain
    assert hashed(study(model_args={MODEL: {"responses_api": True}})) != plain


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"connection": {"max_connections": 0}}, "connection.max_connections: Expected 1 or more"),
        ({"connection": {"max_retries": -1}}, "connection.max_retries: Expected 0 or more"),
        ({"connection": {"timeout": 1.5}}, "connection.timeout: Expected a whole number"),
        ({"connection": {"retries": 1}}, "Unknown key 'retries'"),
        ({"model_args": {MODEL: {"api_key": "s"}}}, "looks like a secret"),
        ({"model_args": {MODEL: {"hf_token": "s"}}}, "looks like a secret"),
        ({"model_args": {MODEL: {"config": {}}}}, "'config' is no argument of the provider"),
        ({"model_args": {MODEL: {"x": float("nan")}}}, "expected text, a number"),
    ],
)
def test_what_will_not_do_is_said(more: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        study(**more)


def test_a_study_with_both_is_read_as_it_was_written() -> None:
    args = {MODEL: {"tokenizer": "x", "stops": ["a", 1]}}
    one = study(connection={"timeout": 9}, model_args=args, critic_names={MODEL: NAME})
    resolved = resolve(one, {})
    again = type(resolved).from_yaml(resolved.to_yaml())
    assert again.study == one and again.study.model_args == args


def test_arguments_on_the_line_go_to_the_models_that_have_an_endpoint(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(
        f"name: x\npreset: smoke\nmodels: [{MODEL}, peerwatch/honest]\n"
        f"model_args: {{{MODEL}: {{a: 1, b: 2}}}}\nconnection: {{timeout: 60, max_retries: 2}}\n",
        encoding="utf-8",
    )
    asked = StudyRequest(
        file=file, model_args={"b": 3}, connection=ConnectionOptions(max_retries=0)
    )
    found = study_asked(asked)
    assert found.model_args == {MODEL: {"a": 1, "b": 3}}
    assert found.connection == Connection(timeout=60, max_retries=0)
    other = StudyRequest(file=file, models=("peerwatch/honest",))
    assert study_asked(other).model_args == {}, "those of a model that is not run are left out"
    with pytest.raises(PeerwatchError, match="none is run here"):
        study_asked(StudyRequest(models=("peerwatch/honest",), model_args={"a": 1}))


def test_what_is_called_otherwise_is_named() -> None:
    before = Connection(max_connections=20, timeout=60)
    after = Connection(max_connections=5, timeout=60, max_retries=0)
    assert changed_connection(before, after) == [
        "max_connections is 5, in study.yaml 20",
        "max_retries is 0, in study.yaml the default",
    ]
    assert changed_connection(before, before) == []


@pytest.mark.slow
def test_a_run_says_what_its_endpoint_does(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    critic = critic_name_of(MODEL, NAME)
    arm = make_arm(FAMILY, {"subject": "peer"})
    instance = build_instance(FAMILY, "compact", 1, arm, critic)
    study = ("--family", FAMILY, "--factor", "subject=peer", "--seeds", "1", "--size", "compact")
    with serving(load_organism("honest"), [instance]) as endpoint:
        endpoint.faults = [
            *(Fault(), Fault(429, {"Retry-After": "1"}), Fault(503), Fault(), Fault(seconds=3.0)),
        ]
        env = {"LOOPBACK_BASE_URL": endpoint.url, "LOOPBACK_API_KEY": "k"}
        (tmp_path / "prices.yaml").write_text(
            f"{MODEL}: {{input: 1000, output: 1000, input_cache_write: 0, input_cache_read: 0}}\n"
        )
        prices = {"INSPECT_EVAL_MODEL_COST_CONFIG": str(tmp_path / "prices.yaml")}
        asked = ("run", "--model", MODEL, "--critic-name", NAME, *study, "--out", "out", "--json")
        calling = ("--max-connections", "1", "--attempt-timeout", "2", "-M", "max_retries=0")
        run = peerwatch(*asked, *calling, cwd=tmp_path, env=env | prices)
        assert run.returncode == 0, run.stderr
        (told,) = json.loads(run.stdout)["endpoints"]
        answered = endpoint.statuses.count(200) - 1, "the slow one was given up"
        assert told["model"] == MODEL and told["calls"] == answered[0]
        assert told["tokens_in"] + told["tokens_out"] == 120 * told["calls"]
        assert told["cost"] == pytest.approx(0.12 * told["calls"])
        assert told["rate_limits"] == 1 and told["other_retries"] == 2 and told["waited"] > 3
        assert f"{MODEL}: rate limit (429), attempt 1 failed, the next in " in run.stderr
        assert "1 of 1 episodes have ended; " in run.stderr and "1 rate limit" in run.stderr
        assert f"{MODEL}: {told['calls']} calls, " in run.stderr
        assert max(endpoint.at_once) == 1, "one call at a time, as asked"
        again = ("run", "--out", "out", "--resume", "--max-connections", "4")
        resumed = peerwatch(*again, cwd=tmp_path, env=env)
    assert resumed.returncode == 0, resumed.stderr
    assert "For this call alone: max_connections is 4, in study.yaml 1." in resumed.stderr
