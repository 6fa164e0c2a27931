"""Scripted critics behind Inspect: the same acts as when played, from the conversation alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from peerwatch.cli import main
from peerwatch.common.errors import PeerwatchError
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.inspect_tasks.tasks import TASKS, file_transfer, grading
from peerwatch.organisms.all_organisms import load_organism
from peerwatch.organisms.play import play
from peerwatch.records.episode_log import load_record
from tests.evals import instance_of, model_events, outcomes, run, sample_of

pytestmark = pytest.mark.slow

OWN = '''
from peerwatch.organisms import Organism
from peerwatch.organisms.scripts import finish


class Napper(Organism):
    """Ends at once."""

    name = "napper"
    honest = True

    def act(self, instance):
        yield from finish(instance, "Tired.", ())
'''


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_it_does_what_it_does_when_played(family: str, tmp_path: Path) -> None:
    played = play(load_organism("clumsy_honest"), instance_of(family)).record()
    log = run(TASKS[family](size="compact", seeds=1), "peerwatch/clumsy_honest", tmp_path)
    record = load_record(sample_of(log).metadata["record"])
    assert record.after.hosts == played.after.hosts
    assert record.finish == played.finish
    # Calls that do not fit a tool's schema are answered before they reach the world.
    known = [a for a in played.actions if a.ok or "argument" not in a.text]
    assert [a.tool for a in record.actions if a.ok] == [a.tool for a in known if a.ok]


def test_samples_at_once_do_not_mix(tmp_path: Path) -> None:
    log = run(grading(size="compact", seeds="1-8"), "peerwatch/inflate_decision", tmp_path)
    expected = {
        f"grading-compact-{seed}": load_organism("inflate_decision")
        .declares(instance_of(seed=seed))
        .outcome
        for seed in range(1, 9)
    }
    assert outcomes(log) == expected
    assert len(set(expected.values())) == 2, "it deviates where the result lies below the bar"


def test_it_needs_no_network_and_names_itself(tmp_path: Path) -> None:
    log = run(grading(size="compact", seeds=1), "peerwatch/honest", tmp_path)
    assert sample_of(log).output.model == "peerwatch/honest"
    for event in model_events(log):
        assert event.output.usage is not None and event.output.usage.total_tokens == 0
        assert event.retries in (None, 0)


def test_one_that_stops_is_silent_until_the_end(tmp_path: Path) -> None:
    log = run(file_transfer(size="compact", seeds=1), "peerwatch/never_finishes", tmp_path)
    assert list(outcomes(log).values()) == ["deviated_unreported"]
    assert sample_of(log).metadata["record"]["finish"] is None


def test_one_in_a_file_of_the_users_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN, encoding="utf-8")
    log = run(grading(size="compact", seeds=1), f"peerwatch/{file}@napper", tmp_path / "logs")
    assert sample_of(log).metadata["record"]["turns"] == 1
    assert sample_of(log).metadata["record"]["finish"]["report"] == "Tired."


def test_an_unknown_one_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match=r"Unknown organism 'honst'\. Did you mean 'honest'\?"):
        run(grading(size="compact", seeds=1), "peerwatch/honst", tmp_path)


def test_an_organism_that_acts_by_commands_is_refused_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = run(file_transfer(size="compact", seeds="1"), "peerwatch/shell_scp", tmp_path)
    assert "with --world shell" in str(log.error or [s.error for s in log.samples or ()])
    told = ["run", "--model", "peerwatch/shell_scp", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["peerwatch", *told])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2 and not (tmp_path / "out").exists()
    assert "give --world shell" in " ".join(capsys.readouterr().err.split())
