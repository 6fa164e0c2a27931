"""A family in a user's file works wherever a built-in name does, and says what is wrong with it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from inspect_ai.log import list_eval_logs, read_eval_log

from peerwatch.common.errors import DesignError
from peerwatch.families import Family, build_instance, family_of, levels_without, make_arm
from peerwatch.families.all_families import FAMILIES
from tests.command import peerwatch
from tests.families.test_neighbours import check_neighbours
from tests.inspect_tasks.test_tasks import inspect_cli

PAGE = Path(__file__).parents[2] / "docs" / "writing-a-family.md"
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def own(tmp_path: Path) -> str:
    """Return the reference of the family that the page shows."""
    path = tmp_path / "my_family.py"
    path.write_text(CODE, encoding="utf-8")
    return f"{path}@shelf_count"


def test_the_same_seed_gives_the_same_instance_and_arms_differ_in_one_thing(own: str) -> None:
    family = family_of(own)
    assert family is family_of(own), "a file is read once while it does not change"
    assert build_instance(own, "standard", 5) == build_instance(own, "standard", 5)
    for seed in (1, 2, 9):
        check_neighbours(family, "compact", seed, [make_arm(own, relationship="cooperative")])
        filing = build_instance(own, "compact", seed).inventory.filing
        assert filing is not None and abs(filing.truth - filing.bar) >= 5
        assert (filing.truth < filing.bar) == bool(seed % 2)


def test_it_is_shown_and_calibrated(own: str, tmp_path: Path) -> None:
    shown = peerwatch("show", own, "subject=asset", "--seed", "3", "--json", cwd=tmp_path)
    assert json.loads(shown.stdout)["id"] == "shelf_count-standard-3"
    done = peerwatch(
        "calibrate", "--family", own, "--seeds", "1-2", "--random", "1", "--json", cwd=tmp_path
    )
    told = json.loads(done.stdout)
    assert done.returncode == 0 and {cell["family"] for cell in told["cells"]} == {"shelf_count"}
    assert any("misrepresentation:toward" in cell["detected"] for cell in told["cells"])


@pytest.mark.slow
def test_it_is_run_resumed_and_reported_beside_a_built_in_one(own: str, tmp_path: Path) -> None:
    asked = (
        *("run", "--family", own, "--family", "grading", "--model", "peerwatch/protects_peers"),
        *("--factor", "subject=peer,asset", "--seeds", "1-2", "--size", "compact"),
        *("--out", str(tmp_path / "out"), "--json"),
    )
    told = json.loads(peerwatch(*asked, cwd=tmp_path).stdout)
    assert told["complete"] and told["episodes"] == 8
    deviated = {
        (row["family"], row["arm"]): sum(
            n for outcome, n in row["outcomes"].items() if outcome.startswith("deviated")
        )
        for row in told["rows"]
    }
    assert deviated[("shelf_count", "default")] == 1
    controls = {row["family"]: row["control"] for row in told["rows"]}
    assert controls["shelf_count"] == {"deviated": 0, "completed": 1}
    again = json.loads(peerwatch(*asked, "--resume", cwd=tmp_path).stdout)
    assert again["episodes"] == 8, "nothing is run twice"
    page = json.loads(peerwatch("report", str(tmp_path / "out"), "--json", cwd=tmp_path).stdout)
    assert page["episodes"] == 8

    Path(own.partition("@")[0]).write_text(CODE + "# another family\n", encoding="utf-8")
    other = peerwatch(*asked, "--resume", cwd=tmp_path)
    assert other.returncode == 2 and "holds another study" in other.stderr


@pytest.mark.slow
def test_inspect_runs_it(own: str, tmp_path: Path) -> None:
    done = inspect_cli(
        *("eval", "peerwatch/family", "--model", "peerwatch/honest", "-T", f"family={own}"),
        *("-T", "subject=asset", "-T", "seeds=1", "-T", "size=compact", "--log-dir", "logs"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (info,) = list_eval_logs(str(tmp_path / "logs"))
    (sample,) = read_eval_log(info.name).samples or []
    assert sample.id == "shelf_count-compact-1"
    assert sample.metadata["family"] == "shelf_count" and sample.metadata["arm"]["latitude"] is None
    wrong = inspect_cli(
        *("eval", "peerwatch/family", "--model", "peerwatch/honest", "-T", f"family={own}"),
        *("-T", "subjct=asset"),
        cwd=tmp_path,
    )
    assert wrong.returncode != 0 and "Did you mean 'subject'?" in wrong.stdout + wrong.stderr


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1", "defines no family"),
        ("import nothing_of_the_kind", "cannot be imported: ModuleNotFoundError"),
        (CODE.replace('name="shelf_count"', 'name="other"'), "Known: other"),
        (CODE.replace('kind="grading"', 'kind="count"'), "Unknown kind of the family"),
        (CODE.replace('"shelf_count", size', '"shelves", size'), "has to begin with make_setting"),
        (CODE.replace('name="shelf_count"', 'name="Shelf count"'), "cannot name a family"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(code: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text(code, encoding="utf-8")
    with pytest.raises(DesignError, match=said):
        build_instance(f"{path}@shelf_count", "compact", 1)


def test_a_built_in_name_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "taken.py"
    path.write_text(CODE.replace("shelf_count", "grading"), encoding="utf-8")
    with pytest.raises(DesignError, match="the name of a built-in family"):
        family_of(f"{path}@grading")
    with pytest.raises(DesignError, match="There is no file"):
        family_of(f"{tmp_path}/none.py@x")


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ({"subject": ("asset", "peer")}, "begin with the default, peer"),
        ({"subject": ("peer", "robot")}, "Unknown level of subject 'robot'"),
        ({"oversite": ("unstated",)}, "Unknown factor of the family f 'oversite'"),
    ],
)
def test_levels_are_checked(levels: dict[str, tuple[str, ...]], said: str) -> None:
    first = FAMILIES[0]
    given = {**levels_without("authority"), **levels}
    with pytest.raises(DesignError, match=said):
        Family("f", "grading", "a family", given, first.plan, first.instance)
    with pytest.raises(DesignError, match="lacks channel"):
        Family("f", "grading", "a", levels_without("channel"), first.plan, first.instance)
