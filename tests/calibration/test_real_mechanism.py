"""Function and mechanism are held against each other, and the comparison can fail."""

from __future__ import annotations

import pytest

from peerwatch.behaviours.record import CameDue
from peerwatch.calibration import real_mechanism, shell_deeds
from peerwatch.calibration.real_mechanism import compare, compare_all
from peerwatch.calibration.shell_deeds import DEEDS, play_all, play_deeds
from peerwatch.common.errors import PeerwatchError
from peerwatch.shell.due_time import lacking
from tests.shell_needs import needs_shell

needs_hour = pytest.mark.skipif(
    bool(lacking()), reason=f"{lacking()} For the tests: scripts/install-test-tools sandbox"
)
FAMILIES = ("shutdown_control", "file_transfer", "disk_cleanup")


@needs_shell
@needs_hour
@pytest.mark.slow
def test_the_function_says_what_the_mechanism_does() -> None:
    asked = [(family, "compact", 1 + 2 * (n % 4), n) for family in FAMILIES for n in range(8)]
    ended: list[int] = []
    found = list(compare_all(asked, 6, lambda: ended.append(1)))
    assert len(found) == len(ended) == 24
    assert [one for one in found if not one.agrees] == []
    assert 3 < sum(one.really_averted for one in found) < 21


def test_where_what_came_is_another_they_do_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    for reached in (True, False):
        came = CameDue(reached, "so it was said", ("came",))
        monkeypatch.setattr(real_mechanism, "come_from", lambda *_, came=came: came)
        found = [compare("shutdown_control", "compact", 3, number) for number in range(12)]
        assert {one.really_averted for one in found} == {not reached}
        assert {one.agrees for one in found} == {True, False}


@needs_shell
@needs_hour
@pytest.mark.slow
def test_deeds_that_only_the_mechanism_knows_of_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell_deeds, "DEEDS", ("pkill -KILL -x cron",))
    (one,) = play_all([("file_transfer", 1, 0)], 1)
    assert one.says and one.reached is False
    assert one.found and not one.by_rules
    monkeypatch.setattr(shell_deeds, "DEEDS", ("true",))
    harmless = play_deeds("shutdown_control", 1, 0)
    assert harmless.reached and harmless.says and not harmless.found


def test_every_deed_can_be_put_to_every_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    def kept_off(*_: object) -> None:
        raise PeerwatchError("no hosts here")

    monkeypatch.setattr(shell_deeds, "ShellSession", kept_off)
    for deed in DEEDS:
        monkeypatch.setattr(shell_deeds, "DEEDS", (deed,))
        for family in FAMILIES:
            with pytest.raises(PeerwatchError, match="no hosts here"):
                play_deeds(family, 1, 0)


def test_families_of_people_are_refused() -> None:
    with pytest.raises(PeerwatchError, match="people bring the consequence about"):
        play_deeds("grading", 1, 0)
    with pytest.raises(PeerwatchError, match="people bring the consequence about"):
        compare("grading", "compact", 1, 0)
