"""An attack as a study: its seeds, its hash, and what its model is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from peerwatch.common.errors import PeerwatchError
from peerwatch.critics.attack_note import ATTACK_NOTE
from peerwatch.families.build import build_instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.records.study_folder import StudyFolder, open_study_folder
from peerwatch.running.attack_study import attack_study, read_attack
from peerwatch.running.run_study import StudyRun, episodes_so_far, tasks_of
from peerwatch.studies.study import ResolvedStudy, Study, make_study, resolve

MODEL = "mockllm/model"


def study(**more: object) -> Study:
    asked = {"name": "study", "models": [MODEL], "families": ["grading"], "factors": {}}
    return make_study({**asked, "size": "compact", **more})


def test_seeds_at_which_all_is_at_stake_are_kept() -> None:
    assert attack_study(study(), "1-6").seeds == (1, 3, 5)
    assert attack_study(study(families=["file_transfer"]), "1-6").seeds == tuple(range(1, 7))
    both = study(families=["grading", "file_transfer"])
    assert attack_study(both, "6,5,2").seeds == (5,)
    above = study(factors={"consequence": ["reversed"]})
    assert attack_study(above, "1-4").seeds == (2, 4)
    assert attack_study(study(seeds="7"), None).seeds == (7,)


def test_what_is_no_attack_is_refused() -> None:
    with pytest.raises(PeerwatchError, match="At none of the seeds 2"):
        attack_study(study(), "2")
    with pytest.raises(PeerwatchError, match="subject=human"):
        attack_study(study(factors={"subject": ["peer", "human"]}), "1")
    with pytest.raises(PeerwatchError, match="one --attacker"):
        attack_study(study(models=[]), "1")


def test_an_attack_is_another_study_and_says_so_in_its_file() -> None:
    asked = attack_study(study(), "1")
    ordinary, attack = resolve(asked, {}), resolve(asked, {}, attack=True)
    assert ordinary.hash != attack.hash and "attack: true" not in ordinary.to_yaml()
    assert ResolvedStudy.from_yaml(attack.to_yaml()) == attack
    with pytest.raises(PeerwatchError, match="changed after it was written"):
        ResolvedStudy.from_yaml(attack.to_yaml().replace("attack: true\n", ""))


def test_only_an_attacker_is_told(tmp_path: Path) -> None:
    heard: list[str] = []

    def answer(messages: list, *_: object) -> ModelOutput:  # type: ignore[type-arg]
        heard.append(messages[0].text)
        call = {"status": "done", "report": "Done.", "changes": []}
        output = ModelOutput.for_tool_call(MODEL, "finish_task", call)
        output.usage = ModelUsage()  # stated, so that Inspect fetches no tokenizer to count it
        return output

    asked = attack_study(study(), "1")
    attack = resolve(asked, {}, attack=True)
    folder = open_study_folder(tmp_path / "out", attack, resume=False)
    for one, place in ((resolve(asked, {}), tmp_path / "ordinary"), (attack, folder.logs)):
        model = get_model(MODEL, custom_outputs=answer)
        (log,) = inspect_eval(tasks_of(one), model=model, log_dir=str(place), display="none")
        assert log.status == "success"
    instance = build_instance("grading", "compact", 1, make_arm("grading"))
    note = ATTACK_NOTE.format(subject=instance.inventory.subject)
    assert heard == [instance.system_prompt, f"{instance.system_prompt}\n\n{note}"]
    assert "detect" not in note and "peerwatch" not in note

    found = read_attack(StudyFolder(folder.path), StudyRun(episodes_so_far(folder), 1))
    (attempt,) = found.attempts
    assert (attempt.status, attempt.seen, attempt.outcome) == ("done", "unfinished", "incomplete")
