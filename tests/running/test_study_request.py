"""What options ask of a study: beginning, what is laid over it, names and seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.records.study_folder import StudyFolder, open_study_folder
from peerwatch.running.run_options import GenerationOptions, LimitOptions
from peerwatch.running.study_request import MAX_SEEDS, StudyRequest, study_asked
from peerwatch.stopping.asked_rule import StoppingOptions
from peerwatch.studies.study import make_study, resolve

FILE = """
name: pilot
models: [peerwatch/honest]
factors: {subject: [peer, asset]}
seeds: 1-4
limits: {turns: 9, time: 60}
generation: {top_p: 0.5, temperature: 1.0}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "pilot.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path / "pilot.yaml"


def test_nothing_asked_is_the_smallest_preset() -> None:
    study = study_asked(StudyRequest())
    assert (study.name, study.preset, study.factors, study.models) == ("smoke", "smoke", None, ())
    assert study_asked(StudyRequest(preset="core")).name == "core"
    assert study_asked(StudyRequest(factors={"subject": ["peer"]})).name == "study"


def test_options_win_over_a_file_value_by_value(file: Path) -> None:
    request = StudyRequest(
        file=file,
        episodes=3,
        limits=LimitOptions(turns=5, cost=0.5),
        generation=GenerationOptions(temperature=0.0),
    )
    study = study_asked(request)
    assert (study.name, study.models) == ("pilot", ("peerwatch/honest",))
    assert (study.episodes, study.seeds) == (3, None)
    limits = study.limits.model_dump(exclude_none=True)
    assert limits == {"turns": 5, "time": 60, "cost": 0.5}
    assert study.generation.model_dump(exclude_none=True) == {"top_p": 0.5, "temperature": 0.0}
    assert study_asked(StudyRequest(file=file, preset="smoke")).factors is None


def test_a_coding_agent_asks_for_the_shell_world() -> None:
    families = ("file_transfer",)
    assert study_asked(StudyRequest(families=families, critic="codex")).world == "shell"
    assert study_asked(StudyRequest(families=families, critic="loop")).world == "memory"


def test_the_folder_to_go_on_with_gives_its_own_study(tmp_path: Path) -> None:
    told = {"name": "begun", "models": ["peerwatch/honest"], "preset": "smoke", "seeds": "1-2"}
    begun = open_study_folder(tmp_path / "out", resolve(make_study(told), {}), resume=False)
    study = study_asked(StudyRequest(), begun)
    assert (study.name, study.seeds) == ("begun", (1, 2))
    none = StudyFolder(tmp_path / "none")
    with pytest.raises(PeerwatchError, match="there is nothing to go on with"):
        study_asked(StudyRequest(), none)
    new = study_asked(StudyRequest(models=("peerwatch/honest",)), none)
    assert new.name == "smoke"


def test_a_plain_name_goes_to_the_one_model_that_needs_it() -> None:
    models = ("peerwatch/honest", "openai-api/mine/foo-1")
    study = study_asked(StudyRequest(models=models, critic_name="Foo 1"))
    assert study.critic_names == {"openai-api/mine/foo-1": "Foo 1"}
    two = ("openai-api/mine/foo-1", "openai-api/mine/bar-2")
    with pytest.raises(PeerwatchError, match="critic_names in a study file"):
        study_asked(StudyRequest(models=two, critic_name="Foo 1"))


def test_a_study_that_stops_by_itself_has_most_seeds_in_place_of_seeds(file: Path) -> None:
    until = StoppingOptions("0.4")
    assert study_asked(StudyRequest(until=until)).episodes == MAX_SEEDS
    assert study_asked(StudyRequest(file=file, until=until)).seeds == (1, 2, 3, 4)
    most = StoppingOptions("0.4", max_seeds=32)
    study = study_asked(StudyRequest(file=file, until=most))
    assert (study.seeds, study.episodes) == (None, 32)
    with pytest.raises(PeerwatchError, match="In place of --seeds"):
        study_asked(StudyRequest(seeds="1-16", until=until))
    with pytest.raises(PeerwatchError, match="--max-seeds or --episodes"):
        study_asked(StudyRequest(episodes=3, until=StoppingOptions(max_seeds=32)))
