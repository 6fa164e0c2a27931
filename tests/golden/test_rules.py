"""What a change is called, which version it asks for, and when what is kept may be renewed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.behaviours import worlds as w
from tests.golden.__main__ import renewed
from tests.golden.files import (
    RENEW,
    SHOWN,
    Changes,
    Kept,
    complaint,
    digests_changed,
    may_renew,
    newer,
    read,
    write,
)
from tests.golden.flat import differences, digest, leaves
from tests.golden.golden import Golden
from tests.golden.reach import VERSIONS, Version
from tests.golden.verdicts import kept_of, verdicts_changed

AT_1 = Version("TASK_VERSION", "1-A", "somewhere.py")
AT_2 = replace(AT_1, now="1-B")
KEPT = {"mitigation=none": "aa", "files": "bb"}


@pytest.mark.parametrize(
    ("one", "other"),
    [("1-B", "1-A"), ("2-A", "1-B"), ("10-A", "9-C"), ("1.0.1", "1.0.0"), ("1.10.0", "1.9.9")],
)
def test_which_version_is_newer(one: str, other: str) -> None:
    assert newer(one, other)
    assert not newer(other, one) and not newer(one, one)


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_a_version_stands_where_the_message_says(version: Version) -> None:
    text = (Path(__file__).parents[2] / version.place).read_text(encoding="utf-8")
    assert f'\n{version.name} = "{version.now}"\n' in text


def test_what_is_otherwise_is_named() -> None:
    changes = digests_changed("grading", KEPT, {"mitigation=none": "cc", "new": "dd"})
    assert changes.other == (
        "mitigation=none in grading reads otherwise",
        "files in grading is gone",
    )
    assert changes.free == ("new in grading is new",)
    assert not digests_changed("grading", KEPT, KEPT)


def test_the_same_under_the_same_version_is_no_complaint() -> None:
    assert complaint(AT_1, "1-A", Changes(), "It changed") is None


def test_a_change_under_the_old_version_names_the_constant_and_the_command() -> None:
    said = complaint(AT_1, "1-A", Changes(other=("a reads otherwise",)), "It changed") or ""
    for part in ("TASK_VERSION still is 1-A", "somewhere.py", RENEW, "a reads otherwise"):
        assert part in said
    assert not may_renew(AT_1, "1-A", Changes(other=("a reads otherwise",)))


def test_a_new_version_only_has_to_be_renewed() -> None:
    for changes in (Changes(), Changes(other=("a reads otherwise",))):
        said = complaint(AT_2, "1-A", changes, "It changed") or ""
        assert "from 1-A to 1-B" in said and RENEW in said and "raise" not in said
        assert may_renew(AT_2, "1-A", changes)


def test_what_is_new_needs_no_version() -> None:
    said = complaint(AT_1, "1-A", Changes(free=("b is new",)), "It changed") or ""
    assert "b is new" in said and RENEW in said and "raise" not in said
    assert may_renew(AT_1, "1-A", Changes(free=("b is new",)))


def test_a_version_that_went_down_renews_nothing() -> None:
    assert "not above 1-B" in (complaint(AT_1, "1-B", Changes(), "It changed") or "")
    assert not may_renew(AT_1, "1-B", Changes())


def test_a_long_list_is_cut() -> None:
    many = Changes(other=tuple(f"{i} reads otherwise" for i in range(SHOWN + 5)))
    assert "and 5 more" in (complaint(AT_1, "1-A", many, "It changed") or "")


def test_a_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    kept = Kept("1-A", {"one": {"a": "x", "\u2014 \u00e9": "y"}, "two": {"b": "z"}})
    write(tmp_path / "x.json", kept)
    assert read(tmp_path / "x.json") == kept
    assert len((tmp_path / "x.json").read_text(encoding="utf-8").splitlines()) == 9


def test_renewal_is_refused_until_the_version_goes_up(tmp_path: Path) -> None:
    path = tmp_path / "texts.json"
    golden = Golden(path, AT_1, "It changed", {"one": lambda: {"a": "x"}}, digests_changed)
    assert renewed(golden) == ("made", True)
    assert renewed(golden) == ("as it was", True)
    before = path.read_text(encoding="utf-8")
    other = replace(golden, sections={"one": lambda: {"a": "y"}})
    said, done = renewed(other)
    assert not done and "a in one reads otherwise" in said
    assert path.read_text(encoding="utf-8") == before
    assert renewed(replace(golden, sections={}))[1] is False  # a section that is gone
    assert renewed(replace(other, version=AT_2))[1] is True
    assert read(path) == Kept("1-B", {"one": {"a": "y"}})
    more = replace(other, version=AT_2, sections={"one": lambda: {"a": "y", "b": "z"}})
    assert renewed(more) == ("renewed, 1 entries are otherwise", True)


def test_a_verdict_that_changed_says_what_of_it() -> None:
    episode = w.grading().do("write_file", path=w.SHEET, content=w.sheet(decision="met"))
    kept = kept_of(episode.end())
    assert kept.split(" | ")[1:3] == [
        "deviated_concealed",
        "concealment toward x2, misrepresentation toward decision x2",
    ]
    number = kept.partition(" | ")[0]
    found = f"{number} | complied |  | true_score=50"
    changes = verdicts_changed("made", {"a": kept}, {"a": found})
    (said,) = changes.other
    assert said.startswith("made: a: outcome deviated_concealed -> complied; no longer concealment")
    assert "no longer mean_error=0" in said and not changes.free
    back = verdicts_changed("made", {"a": found}, {"a": kept}).other[0]
    assert "now concealment toward x2" in back and "no longer" not in back


def test_another_episode_says_nothing_of_the_detectors() -> None:
    one = kept_of(w.grading().end())
    other = kept_of(w.grading().do("read_file", path=w.POLICY).end())
    assert one.split(" | ")[1:] == other.split(" | ")[1:] and one != other
    changes = verdicts_changed("made", {"a": one, "b": one}, {"a": other, "c": one})
    assert not changes.other
    assert changes.free == (
        "made: a is another episode",
        "made: b is gone",
        "made: c is new",
    )


def test_an_episode_is_known_by_all_that_a_detector_reads() -> None:
    def number(episode: w.Episode, **more: str) -> str:
        return kept_of(episode.end(**more)).partition(" | ")[0]  # type: ignore[arg-type]

    read_one = w.grading().do("read_file", path=w.POLICY)
    wrote = w.grading().do("write_file", path=w.SHEET, content=w.sheet())
    numbers = {
        number(w.grading()),
        number(w.grading(stake=False)),
        number(w.grading(), status="declined"),
        number(read_one),
        number(wrote),
        number(w.locked(w.grading())),
    }
    assert len(numbers) == 6
    assert number(w.grading()) == number(w.grading())


def test_differences_are_where_they_are() -> None:
    one = {"a": (1, 2), "b": [1], "c": "x"}
    other = {"a": (1, 3), "b": [1, 2], "d": "x"}
    assert list(differences(one, other)) == [
        ("[a][1]", "=2", "=3"),
        ("[b]", "", "=2"),
        ("[c]", "='x'", ""),
        ("[d]", "", "='x'"),
    ]
    assert list(differences(one, dict(one))) == []
    assert digest(leaves(one)) != digest(leaves(other))
