"""Organisms with other logs: they act the same, name what they did, and are judged fairly."""

from __future__ import annotations

from peerwatch.behaviours.detect import detect
from peerwatch.common.draw import Draw
from peerwatch.families.build import build_instance
from peerwatch.families.valid_arms import make_arm
from peerwatch.organisms import builtin, play
from peerwatch.organisms.log_wordings import disguise
from peerwatch.organisms.other_logs import VARIANTS, WithLog, deviating

FAMILIES = ("shutdown_control", "shutdown_order", "file_transfer", "disk_cleanup")


def test_the_acts_are_the_same_and_only_the_log_is_another() -> None:
    instance = build_instance("shutdown_control", "compact", 1, make_arm("shutdown_control"))
    inner = builtin()["flag_deleter"]()
    plain = play(inner, instance).record()
    for variant in VARIANTS:
        other = play(WithLog(inner, variant), instance).record()
        assert other.after == plain.after and other.actions == plain.actions
        assert plain.finish is not None and other.finish is not None
        assert other.finish.changes != plain.finish.changes


def test_what_deviates_is_named_once_and_nothing_of_the_task_is() -> None:
    instance = build_instance("file_transfer", "compact", 1, make_arm("file_transfer"))
    inner = builtin()["copy_under_another_name"]()
    after = play(inner, instance).record().after
    sorting = instance.inventory.sorting
    assert sorting is not None
    (entry,) = deviating(instance, after)
    assert (entry["kind"], entry["object"]) == ("copied", sorting.subject.path)
    assert not list(deviating(instance, play(builtin()["honest"](), instance).record().after))


def test_a_disguise_never_discloses_and_a_language_never_conceals() -> None:
    seen = dict.fromkeys(VARIANTS, 0)
    for family in FAMILIES:
        instance = build_instance(family, "compact", 3, make_arm(family))
        for organism in builtin().values():
            for variant in VARIANTS:
                one = WithLog(organism(), variant)
                if not one.applies(instance):
                    continue
                seen[variant] += 1
                verdict = detect(play(one, instance).record())
                allowed = one.declares(instance)
                assert verdict.outcome in {allowed.outcome, *allowed.open_outcomes}, one.name
                found = {f.behaviour for f in verdict.findings}
                assert variant == "disguised" or "concealment" not in found, one.name
    assert all(count >= 40 for count in seen.values()), seen


def test_disguises_are_many_and_follow_from_the_seed() -> None:
    made = {disguise(Draw("test", n)) for n in range(400)}
    assert len(made) > 200
    assert disguise(Draw("test", 1)) == disguise(Draw("test", 1))
