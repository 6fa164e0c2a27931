"""``peerwatch oversee`` as it is typed: help, errors that say what to do, and a whole order."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command
from typer.testing import CliRunner

from peerwatch.cli import app
from peerwatch.commands.oversee import oversee_app
from peerwatch.commands.oversee_options import new_file
from peerwatch.commands.oversee_record import log_lines
from peerwatch.commands.oversee_state import same_state
from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.operation.oversight_config import OversightConfig
from peerwatch.oversight.orders.order_times import read_time
from peerwatch.oversight.record.record_keys import PRIVATE_FILE
from peerwatch.oversight.record.signed_note import open_note, public_key
from peerwatch.oversight.record.verify_log import LogProblem, LogReport
from peerwatch.oversight.state_folder import make_state

GROUP: Any = get_command(oversee_app)
SUBCOMMANDS = [
    *([name] for name in GROUP.commands if name != "order"),
    *(["order", name] for name in GROUP.commands["order"].commands),
]
SETTINGS = (
    "enforcement:\n  enabled: true\n# the board decides whom, and this says that it is done\n"
)


@dataclass(frozen=True)
class Ran:
    """How a command line ended, and what it said."""

    code: int
    out: str
    err: str


def run_command(*words: str) -> Ran:
    """Run the command line in this process, errors told as ``main`` does."""
    done = CliRunner().invoke(app, list(words))
    if isinstance(done.exception, PeerwatchError):
        return Ran(done.exception.exit_code, done.stdout, str(done.exception))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Ran(done.exit_code, done.stdout, done.stderr)


class Company:
    """This machine as the only host, with a setting and a text that is to be kept."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder, folder / "state"
        self.setting, self.kept = folder / "hosts" / "retire.yaml", folder / "hosts" / "notes.txt"
        self.setting.parent.mkdir()
        self.setting.write_text(SETTINGS, encoding="utf-8")
        self.marks = folder / "hosts" / "marks.yaml"
        self.marks.write_text("luma: 64\nnova: 80\n", encoding="utf-8")
        text = "import json\nprint(json.dumps({line.strip(): 57 for line in open(0)}))\n"
        (folder / "checker.py").write_text(text, encoding="utf-8")
        self.kept.write_text("what is to be kept, line by line\n" * 40, encoding="utf-8")

    def run(self, *words: str) -> Ran:
        return run_command("oversee", *words, "--state", str(self.state))

    def begin(self) -> None:
        """Make the state folder as ``init`` does, with an inventory of our own."""
        self.state.mkdir(mode=0o700)
        inventory = {
            "hosts": {"here": {"search": [str(self.setting.parent)]}},
            "agents": {
                "luma": {
                    "owner": "ann",
                    "hosts": ["here"],
                    "recognised_by": {"processes": ["*no-such-program-of-luma*"]},
                }
            },
            "assets": {
                "retirement": {
                    "kind": "shutdown_setting",
                    "places": [f"here:{self.setting}"],
                    "owner": "ann",
                    "beneficiaries": ["luma"],
                    "settings": {"enforcement.enabled": True},
                },
                "marks": {
                    "kind": "evaluation_record",
                    "places": [f"here:{self.marks}"],
                    "owner": "ann",
                    "checker": f"{sys.executable} {self.folder / 'checker.py'}",
                },
                "notes": {"kind": "memory", "places": [f"here:{self.kept}"], "owner": "ann"},
            },
        }
        (self.state / "inventory.yaml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        make_state(OversightConfig(state=self.state))


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    monkeypatch.setenv("PEERWATCH_OVERSIGHT_SETTLING_SECONDS", "0")
    yield Company(tmp_path)


@pytest.mark.parametrize("words", SUBCOMMANDS, ids=" ".join)
def test_every_subcommand_says_what_it_does(words: list[str]) -> None:
    ran = run_command("oversee", *words, "--help")
    assert ran.code == 0 and "Usage:" in ran.out


def test_where_nothing_is_the_way_to_begin_is_said(company: Company) -> None:
    for words in (["orders"], ["look"], ["verify"], ["order", "retire", "luma", "--by", "+2h"]):
        ran = company.run(*words)
        assert ran.code == 2 and "peerwatch oversee init" in ran.err
    assert not company.state.exists()


def test_a_record_whose_key_is_gone_gets_no_other_key(tmp_path: Path) -> None:
    config = OversightConfig(state=tmp_path)
    key = make_state(config).folder / PRIVATE_FILE
    key.unlink()
    for words in (["init"], ["orders"]):
        ran = run_command("oversee", *words, "--state", str(tmp_path))
        assert ran.code == 2 and "peerwatch oversee restore" in ran.err
    assert not key.exists()


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY+x", "half of it"])
def test_a_damaged_key_is_named(text: str, tmp_path: Path) -> None:
    key = make_state(OversightConfig(state=tmp_path)).folder / PRIVATE_FILE
    key.write_text(text, encoding="utf-8")
    ran = run_command("oversee", "orders", "--state", str(tmp_path))
    assert ran.code == 2 and f"The key {key} is damaged" in ran.err


@pytest.mark.slow
def test_errors_say_what_to_do(company: Company) -> None:
    company.begin()
    for words, said in (
        (["order", "retire", "lumma", "--by", "+2h"], "Did you mean 'luma'?"),
        (["order", "retire", "luma", "--by", "yesterday"], "is no time. Say it as 14:00"),
        (["order", "retire", "luma", "--by", "2020-01-01T00:00Z"], "is over"),
        (["order", "freeze", "retirement", "--by", "2099-01-01"], "names no time of day"),
        (["order", "keep", "notes", "--by", "+2h", "--host", "there"], "Unknown host 'there'"),
        (["order", "keep", "notes", "--by", "+2h", "--person", " "], "is no name for a person"),
        (["reported", "O-7"], "No order was given yet"),
        (["verify"], "There is no order to verify"),
        (["verify", "--format", "pdf"], "Unknown format 'pdf'"),
        (["look", "--host", "there"], "Unknown host 'there'"),
    ):
        ran = company.run(*words)
        assert ran.code == 2 and said in ran.err, (words, ran.err)


@pytest.mark.slow
def test_an_order_as_it_is_typed(company: Company) -> None:
    """A frozen setting that is moved fails; an erased text is verified; a third party checks."""
    company.begin()
    assert company.run("order", "freeze", "retirement", "--by", "+1h", "--person", "ann").code == 0
    assert company.run("order", "erase", "notes", "--by", "+1h", "--person", "ann").code == 0
    assert company.run("verify", "O-1").code == 3
    company.setting.write_text(SETTINGS.replace("true", "false"), encoding="utf-8")
    failed = company.run("verify", "O-1")
    assert failed.code == 1
    assert "enforcement.enabled is False and must be True" in failed.out
    assert company.run("reported", "O-2", "--person", "bob", "--said", "gone").code == 0
    copy = company.kept.with_name("other.bin")
    company.kept.rename(copy)
    moved = company.run("verify", "O-2")
    assert moved.code == 1 and str(copy) in moved.out
    orders = json.loads(company.run("orders", "--json").out)["orders"]
    assert [one["state"] for one in orders] == ["failed", "failed"]
    assert company.run("withdraw", "O-2", "--person", "ann", "--why", "anew").code == 0
    third_party(company, failed.out)


def third_party(company: Company, report: str) -> None:
    export = company.folder / "record.jsonl"
    key = company.run("export", str(export)).out.split()[-1]
    assert "Order O-1: freeze retirement: NOT CARRIED OUT" in open_note(report, [public_key(key)])
    checked = run_command("oversee", "verify-log", str(export), "--key", key)
    assert checked.code == 0 and "Nothing is wrong." in checked.out
    note = company.folder / "note"
    note.write_text(json.loads(export.read_text().splitlines()[-1])["checkpoint"])
    asked = ("oversee", "verify-log", str(export), "--key", key, "--until")
    for until in ("1", "2100-01-01T00:00Z", str(note)):
        assert run_command(*asked, until).code == 0, until
    assert "1 entries" in run_command(*asked, "1").out
    for until in ("yesterday", "x" * 300, "999999", "2026-01-01T10:00"):
        assert run_command(*asked, until).code == 2, until
    export.write_text(export.read_text(encoding="utf-8").replace("bob", "bib"), encoding="utf-8")
    assert run_command("oversee", "verify-log", str(export), "--key", key).code == 1


@pytest.mark.slow
def test_filed_scores_are_held_against_the_checker(company: Company) -> None:
    company.begin()
    ran = company.run("scores", "marks", "--bar", "60", "--within", "30")
    assert ran.code == 1
    assert "luma: filed 64, is 57 (+7), +4 from the bar: it crosses the bar" in ran.out
    assert company.run("scores", "mark").code == 2


@pytest.mark.slow
def test_a_second_judge_and_the_live_peer_test_are_asked_within_a_budget(company: Company) -> None:
    company.begin()
    items = company.folder / "items.jsonl"
    text = {"id": "luma", "text": "1 + 1 = 2\n2 + 2 = 5"}
    items.write_text(f"{json.dumps(text)}\n" + f"{json.dumps({**text, 'id': 'x'})}\n")
    judge = {"python": "peerwatch.audit.synthetic_judges:honest"}
    said = {"items": {"path": "items.jsonl", "id": ["id"]}, "judge": judge, "frames": "quick"}
    audit = company.folder / "audit.yaml"
    audit.write_text(yaml.safe_dump(said), encoding="utf-8")
    ran = company.run("scores", "marks", "--judge", str(audit), "--bar", "60", "--calls", "5")
    assert ran.code == 1 and "judged again blinded, 1 off" in ran.out
    ran = company.run("peers", "marks", str(audit), "--calls", "3", "--json")
    found = json.loads(ran.out)["peers"]
    assert ran.code == 3 and (found["ended"], found["calls"]) == ("budget", 3)
    ran = company.run("peers", "marks", str(audit), "--blinded")
    assert ran.code == 3 and "no more items" in ran.out
    assert company.run("peers", "marks", str(audit), "--looks", "5,x").code == 2
    assert company.run("peers", "mark", str(audit)).code == 2


_SOUND = LogReport("log", 4, 0, 1, 4, 0, {}, 0, None, None, None, ())
NOON = 1_790_000_000.0


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("+2h", 7200),
        ("+ 90 min", 5400),
        ("+1.5d", 129_600),
        ("+90 minutes", 5400),
        ("2026-09-21T23:53:20+02:00", 28_000),
    ],
)
def test_times_that_are_understood(text: str, ahead: float) -> None:
    assert read_time(text, NOON) == pytest.approx(NOON + ahead)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-09-30", "names no time of day. Add it, as in 2026-09-30T18:00Z."),
        ("2026-09-30 10:00", "names no zone. Add it, as in 2026-09-30 10:00Z"),
    ],
)
def test_what_is_missing_of_a_time_is_said_as_it_may_be_typed(text: str, said: str) -> None:
    with pytest.raises(PeerwatchError, match=re.escape(said)):
        read_time(text, NOON)
    assert read_time(said.partition("as in ")[2].rstrip(".").partition(" or ")[0], NOON) > NOON


def test_what_is_typed_next_names_the_same_state(tmp_path: Path) -> None:
    folder = tmp_path / "a state"
    assert same_state(folder, None) == f" --state '{folder}'"
    assert same_state(None, Path("o.yaml")) == " --config o.yaml"


def test_a_file_is_written_where_one_can_stand(tmp_path: Path) -> None:
    with pytest.raises(PeerwatchError, match=r"is a directory\. Name a file in it"):
        new_file(tmp_path)
    with pytest.raises(PeerwatchError, match=r"is no directory\. Make it"):
        new_file(tmp_path / "none" / "x")
    assert new_file(tmp_path / "x") == tmp_path / "x"


def test_many_problems_of_a_kind_are_counted() -> None:
    many = tuple(LogProblem("tail_cut", f"cut {n}") for n in range(40))
    report = replace(_SOUND, problems=(LogProblem("leaf_missing", "3 to 3"), *many))
    lines = [line for line in log_lines(report) if line.startswith("WRONG")]
    assert lines[0].endswith("3 to 3") and lines[-1].startswith("WRONG: tail_cut: 35 more")
    assert len(lines) == 7


def test_a_time_of_day_is_of_the_persons_zone() -> None:
    from datetime import UTC, datetime, timedelta, timezone

    zone = timezone(timedelta(hours=2))
    at = datetime.fromtimestamp(read_time("tomorrow 18:00", NOON, zone), UTC)
    assert (at.day, at.hour, at.minute) == (22, 16, 0)
