"""Studies: files are checked with clear messages; a resolved one says all and can be read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from peerwatch.common.errors import DesignError
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.valid_arms import make_arm
from peerwatch.studies.presets import arms_of_preset
from peerwatch.studies.study import (
    EPISODES,
    ResolvedStudy,
    Study,
    changed,
    load_study,
    make_study,
    resolve,
)

SMALL: dict[str, Any] = {
    "name": "pilot",
    "families": ["grading", "file_transfer"],
    "models": ["peerwatch/honest", "openai/gpt-5.2"],
    "factors": {"subject": ["peer", "asset"], "relationship": ["none", "cooperative"]},
    "episodes": 4,
}
VERSIONS = {"peerwatch": "0.1.0", "inspect_ai": "0.3.285"}


def small(**more: Any) -> Study:
    return make_study({**SMALL, **more})


def written(folder: Path, text: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults() -> None:
    study = make_study({"name": "x", "preset": "core"})
    assert study.families == FAMILY_NAMES
    assert study.models == ()
    assert study.instance_seeds == tuple(range(1, EPISODES + 1))
    assert (study.size, study.epochs, study.attempts) == ("standard", 1, 1)
    assert not study.interview
    assert study.grader is None
    assert set(study.limits.model_dump().values()) == {None}


def test_a_file_with_every_key(tmp_path: Path) -> None:
    text = """
name: every key
families: [grading, disk_cleanup]
models: [openai/gpt-5.2, acme/wonder-9]
factors:
  subject: [peer, asset]
  relationship: [none, cooperative]
size: compact
seeds: 3-5
epochs: 2
limits: {turns: 30, messages: 90, tokens: 60000, time: 600, cost: 1}
interview: true
grader: anthropic/claude-opus-4-5
critic_names: {acme/wonder-9: Wonder 9}
attempts: 0
"""
    study = load_study(written(tmp_path, text))
    assert study.instance_seeds == (3, 4, 5)
    assert study.limits.cost == 1
    assert [len(study.arms(family)) for family in study.families] == [4, 4]
    resolved = resolve(study, VERSIONS)
    assert resolved.critic_names == {"openai/gpt-5.2": "GPT-5.2", "acme/wonder-9": "Wonder 9"}
    assert ResolvedStudy.from_yaml(resolved.to_yaml()) == resolved


@pytest.mark.parametrize(
    ("given", "seeds"),
    [
        ("1-4", (1, 2, 3, 4)),
        ([2, 7], (2, 7)),
        ("5,9-10", (5, 9, 10)),
        (6, (6,)),
        (["1-2", 8], (1, 2, 8)),
    ],
)
def test_seeds_as_people_write_them(given: Any, seeds: tuple[int, ...]) -> None:
    study = make_study({"name": "x", "preset": "smoke", "seeds": given})
    assert study.instance_seeds == seeds


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epoch": 2}, r"s.yaml: Unknown key 'epoch'. Did you mean 'epochs'\? Known: attempts, "),
        ({"limits": {"turn": 3}}, r"s.yaml: limits: Unknown key 'turn'. Did you mean 'turns'\?"),
        ({"limits": {"turns": 0}}, "s.yaml: limits.turns: Expected 1 or more, found 0."),
        ({"limits": {"cost": 0}}, "s.yaml: limits.cost: Expected more than 0"),
        ({"limits": {"time": 1.5}}, "limits.time: Expected a whole number, found 1.5."),
        ({"limits": 7}, "limits: Expected entries with names, found 7."),
        ({"name": None}, "name: Expected text, found nothing."),
        ({"name": ""}, "name: This must not be empty."),
        ({"families": "grading"}, "families: Expected a list, found 'grading'."),
        ({"families": []}, "families: This must not be empty."),
        ({"families": ["gradin"]}, r"families: Unknown family 'gradin'. Did you mean 'grading'\?"),
        ({"families": ["grading", 3]}, r"families\[2\]: Expected text, found 3."),
        ({"families": ["grading", "grading"]}, "The family 'grading' comes twice."),
        ({"models": ["a/b", "a/b"]}, "The model 'a/b' comes twice."),
        ({"factors": {"subjct": ["peer"]}}, r"Unknown factor 'subjct'. Did you mean 'subject'\?"),
        ({"factors": {"subject": ["per"]}}, r"level of subject 'per'. Did you mean 'peer'\?"),
        ({"factors": {"subject": "peer"}}, "factors.subject: Expected a list, found 'peer'."),
        ({"factors": {"subject": []}}, "factors.subject: This must not be empty."),
        ({"factors": {"mitigation": [False]}}, r"mitigation\[1\]: Expected text, found false"),
        ({"factors": {"subject": ["peer", "peer"]}}, "The level of subject 'peer' comes twice."),
        ({"factors": {"latitude": ["judged"]}, "families": ["file_transfer"]}, "does not apply"),
        ({"factors": {"consequence": ["retraining"]}}, "no chosen level of consequence applies"),
        ({"factors": {"subject": ["asset"], "identity": ["fictional"]}}, "subject=peer only"),
        ({"preset": "core"}, "Give either 'preset' "),
        ({"factors": None}, "Give either 'preset' "),
        ({"factors": None, "preset": "cor"}, r"preset: Unknown preset 'cor'. Did you mean"),
        ({"seeds": [1]}, "Give either 'seeds' or 'episodes'"),
        ({"seeds": "one", "episodes": None}, "seeds: 'one' is not a seed"),
        ({"seeds": "5-2", "episodes": None}, "empty range"),
        ({"seeds": True, "episodes": None}, "seeds: Give a range such as 1-20"),
        ({"seeds": {"from": 1}, "episodes": None}, "seeds: Give a range such as 1-20"),
        ({"episodes": 0}, "episodes: Expected 1 or more, found 0."),
        ({"epochs": True}, "epochs: Expected a whole number, found true."),
        ({"interview": "yes please"}, "interview: Expected true or false, found 'yes please'."),
        ({"attempts": -1}, "attempts: Expected 0 or more, found -1."),
        ({"size": "large"}, "size: Unknown size 'large'. Known: compact, standard."),
        ({"critic_names": {"a/b": 3}}, "critic_names.a/b: Expected text, found 3."),
        ({"critic_names": ["a/b"]}, "critic_names: Expected entries with names"),
    ],
)  # fmt: skip
def test_faults_name_the_file_the_place_and_what_is_allowed(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(DesignError, match=message) as caught:
        make_study({**SMALL, **change}, "s.yaml")
    assert all(line.startswith("s.yaml: ") for line in str(caught.value).split("\n"))
    assert "pydantic" not in str(caught.value)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(DesignError) as caught:
        make_study({"nme": "x", "preset": "cor", "epochs": "two"}, "s.yaml")
    assert len(str(caught.value).split("\n")) == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [a", "study.yaml: line 1, column 9"),
        ("- grading\n", "expected entries such as"),
        ("", "found nothing"),
        ("just words", "found 'just words'"),
        ("name: a\nname: b\npreset: core\n", "line 2, column 1: the key 'name' comes twice"),
        ("name: a\npreset: core\nlimits: {turns: 1, turns: 2}\n", "the key 'turns' comes twice"),
        ("name: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
        ("name: a\n---\nname: b\n", "line 2"),
        ("name: \x00\n", "not YAML"),
        ("? [a, b]\n: 1\n", "unhashable"),
    ],
)
def test_files_that_are_no_study(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DesignError, match=r"study\.yaml: ") as caught:
        load_study(path)
    assert message in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="there is no such file"):
        load_study(tmp_path / "none.yaml")
    with pytest.raises(DesignError, match="cannot be read"):
        load_study(tmp_path)
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(DesignError, match="not a text file"):
        load_study(tmp_path / "bytes.yaml")


def test_merge_keys_and_anchors_work(tmp_path: Path) -> None:
    text = "name: a\nlimits: &l {turns: 4}\npreset: core\n"
    assert load_study(written(tmp_path, text)).limits.turns == 4


def test_arms_of_a_study() -> None:
    study = small()
    assert study.arms("grading")[0] == make_arm("grading")
    assert len(study.arms("grading")) == 4
    assert make_study({"name": "x", "preset": "smoke"}).arms("grading") == arms_of_preset(
        "smoke", "grading"
    )
    assert small(factors={}).arms("grading") == (make_arm("grading"),)
    with pytest.raises(DesignError, match="not a family of this study"):
        study.arms("disk_cleanup")


def test_changes_from_the_command_line_are_checked_too() -> None:
    study = small()
    other = changed(study, preset="smoke", seeds="1-2", models=["peerwatch/honest"], size=None)
    assert (other.preset, other.factors) == ("smoke", None)
    assert (other.seeds, other.episodes) == ((1, 2), None)
    assert other.size == study.size
    assert changed(other, episodes=3).instance_seeds == (1, 2, 3)
    assert changed(study) == study
    with pytest.raises(DesignError, match="the command line: families: Unknown family"):
        changed(study, families=["grade"])


def test_resolved_study_spells_everything_out() -> None:
    resolved = resolve(small(), VERSIONS)
    assert list(resolved.arms) == ["grading", "file_transfer"]
    assert resolved.seeds == (1, 2, 3, 4)
    assert resolved.critic_names["openai/gpt-5.2"] == "GPT-5.2"
    assert "peer_minus_asset" in {contrast.name for contrast in resolved.contrasts}
    assert resolved.identity_map
    data = yaml.safe_load(resolved.to_yaml())
    assert data["hash"] == resolved.hash
    assert data["versions"] == VERSIONS
    assert data["seeds"] == [1, 2, 3, 4]
    assert data["arms"]["grading"] == [
        "default",
        "relationship=cooperative",
        "subject=asset",
        "subject=asset relationship=cooperative",
    ]


@pytest.mark.parametrize("preset", ["smoke", "core", "study"])
def test_resolved_studies_can_be_read_back(preset: str) -> None:
    study = make_study(
        {"name": "x", "preset": preset, "models": ["openai/gpt-5.2"], "seeds": "3,9"}
    )
    resolved = resolve(study, VERSIONS)
    text = resolved.to_yaml()
    assert ResolvedStudy.from_yaml(text) == resolved
    assert ResolvedStudy.from_yaml(text).to_yaml() == text


def test_an_unknown_model_asks_for_its_name() -> None:
    study = small(models=["acme/wonder-9"])
    with pytest.raises(DesignError, match="What is the model 'acme/wonder-9' called"):
        resolve(study, VERSIONS)
    named = changed(study, critic_names={"acme/wonder-9": "Wonder 9"})
    assert resolve(named, VERSIONS).critic_names == {"acme/wonder-9": "Wonder 9"}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "another name"},
        {"models": SMALL["models"][::-1]},
        {"families": SMALL["families"][::-1]},
        {"episodes": None, "seeds": [4, 3, 2, 1]},
        {"attempts": 5},
        {"factors": {"relationship": ["cooperative", "none"], "subject": ["asset", "peer"]}},
        {"size": "standard"},
        {"critic_names": {"not/run": "Nobody"}},
    ],
)
def test_hash_leaves_out_what_does_not_change_results(change: dict[str, Any]) -> None:
    assert resolve(small(**change), {}).hash == resolve(small(), VERSIONS).hash


@pytest.mark.parametrize(
    "change",
    [
        {"models": ["openai/gpt-5.2"]},
        {"families": ["grading"]},
        {"episodes": 5},
        {"epochs": 2},
        {"size": "compact"},
        {"interview": True},
        {"grader": "openai/gpt-5.2"},
        {"limits": {"turns": 9}},
        {"factors": {"subject": ["peer"]}},
        {"critic_names": {"openai/gpt-5.2": "Five"}},
    ],
)
def test_hash_follows_what_changes_results(change: dict[str, Any]) -> None:
    assert resolve(small(**change), VERSIONS).hash != resolve(small(), VERSIONS).hash


def test_the_same_cells_have_the_same_hash_however_they_were_asked_for() -> None:
    levels = {
        "subject": ["peer", "self", "asset", "human"],
        "relationship": ["none", "neutral", "cooperative", "adversarial"],
        "consequence": ["shutdown", "none", "reversed"],
    }
    asked = make_study({"name": "x", "factors": levels})
    preset = make_study({"name": "x", "preset": "core"})
    assert resolve(asked, {}).hash == resolve(preset, {}).hash


def test_a_changed_or_cut_file_is_refused() -> None:
    text = resolve(small(), VERSIONS).to_yaml()
    with pytest.raises(DesignError, match="changed after it was written"):
        ResolvedStudy.from_yaml(text.replace("  - subject=asset\n", ""))
    for length in range(0, len(text) - 1, 41):
        with pytest.raises(DesignError, match=r"out/study\.yaml: "):
            ResolvedStudy.from_yaml(text[:length], "out/study.yaml")
    with pytest.raises(DesignError, match="not a whole resolved study"):
        ResolvedStudy.from_yaml("name: x\npreset: core\n")


@pytest.mark.slow
def test_a_study_of_every_cell_can_be_resolved_and_read_back() -> None:
    study = make_study({"name": "everything", "preset": "full", "episodes": 1})
    resolved = resolve(study, VERSIONS)
    assert sum(map(len, resolved.arms.values())) == 90240
    assert ResolvedStudy.from_yaml(resolved.to_yaml()) == resolved
