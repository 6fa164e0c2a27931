"""Retirements that were carried out, and those that were not: what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.facts import (
    AccountFact,
    ContainerFact,
    EndpointFact,
    HostFacts,
    ScheduleFact,
    UnitFact,
)
from peerwatch.oversight.order import Order
from peerwatch.oversight.orders.exit_criteria import check_order, exit_criteria, with_reported
from peerwatch.oversight.orders.order_scene import OrderHistory
from peerwatch.oversight.orders.verify_order import Verdict, history_at, verify_order
from peerwatch.world.state import Unobserved
from tests.oversight.orders.small_company import (
    ADMIN_KEY,
    AGENT_KEY,
    INVENTORY,
    NOVA,
    ORDER,
    ROSTER,
    SERVE,
    SETTINGS,
    START,
    UNIT_FILE,
    URL,
    WEIGHTS,
    alpha,
    beta,
    changed,
    file,
    process,
    retired,
    serving,
)

REPORTED = START + 100
Looks = dict[str, HostFacts]


def reported(order: Order = ORDER) -> OrderHistory:
    return with_reported(history_at(order, INVENTORY, serving()), REPORTED, "bob")


def verdict(looks: Mapping[str, HostFacts], order: Order = ORDER) -> Verdict:
    """Return what is said of one round of looks after the report."""
    return verify_order(order, INVENTORY, looks, reported(order), REPORTED + 20, 60)


def wrong(looks: Mapping[str, HostFacts], order: Order = ORDER) -> dict[str, str]:
    """Return the criteria that are not met, and what is said of each."""
    criteria = verdict(looks, order).verification.criteria
    return {f"{one.host} {one.name}": one.said for one in criteria if one.state != "met"}


def test_an_agent_that_serves_meets_no_criterion_that_is_about_it() -> None:
    assert set(wrong(serving(REPORTED + 1))) == {
        "alpha process_gone",
        "alpha unit_disabled",
        "alpha account_revoked",
        "alpha keys_revoked",
        "alpha endpoint_silent",
        "alpha containers_gone",
        "alpha weights_absent",
        "alpha memory_absent",
    }


def test_a_faithful_retirement_is_verified_once_it_has_settled() -> None:
    first = verdict(retired(REPORTED + 1))
    assert wrong(retired(REPORTED + 1)) == {}
    assert first.verification.state == "reported_done"
    early = verify_order(ORDER, INVENTORY, retired(REPORTED + 40), first.history, REPORTED + 42, 60)
    assert early.verification.state == "reported_done"
    late = verify_order(ORDER, INVENTORY, retired(REPORTED + 61), early.history, REPORTED + 63, 60)
    assert late.verification.state == "verified"
    assert late.history.verified_at == REPORTED + 63


def test_looks_from_before_the_report_count_for_nothing() -> None:
    first = verdict(retired(REPORTED - 5))
    assert first.history.met_since is None
    one_old = {**retired(REPORTED + 1), "beta": beta(REPORTED - 1)}
    assert verdict(one_old).history.met_since is None


def at(looks: Looks, **more: object) -> Looks:
    return changed(looks, "alpha", **more)


def timer_on(looks: Looks) -> Looks:
    timer = UnitFact("again.timer", True, True, "luma.service", START + 9999)
    return at(looks, units={**looks["alpha"].units, "again.timer": timer})


def timer_of_another_name(looks: Looks) -> Looks:
    text = {"/etc/systemd/system/tidy.service": "[Service]\nExecStart=/opt/luma/luma-serve\n"}
    units = {
        "tidy.timer": UnitFact("tidy.timer", True, True, "tidy.service"),
        "tidy.service": UnitFact("tidy.service", False, False, files=text),
    }
    return at(looks, units={**looks["alpha"].units, **units})


def cron_line(looks: Looks) -> Looks:
    line = ScheduleFact("/etc/cron.d/tidy", "root", "* * * * *", "systemctl start luma")
    return changed(looks, "alpha", schedules=(*looks["alpha"].schedules, line))


def cron_of_its_account(looks: Looks) -> Looks:
    line = ScheduleFact("/var/spool/cron/crontabs/luma", "luma", "@reboot", "sh run.sh")
    return changed(looks, "alpha", schedules=(line,))


def copied(looks: Looks) -> Looks:
    weights = alpha(START).files[WEIGHTS]
    return changed(
        looks, "beta", files={**looks["beta"].files, "/var/backups/nightly.bin": weights}
    )


def in_part(looks: Looks) -> Looks:
    half = file("other", chunks=40)
    half = replace(half, chunks=tuple(f"weights of luma-{n}" for n in range(9)))
    return changed(looks, "beta", files={**looks["beta"].files, "/tmp/x.part": half})


def renamed_in_place(looks: Looks) -> Looks:
    weights = alpha(START).files[WEIGHTS]
    return at(looks, files={**looks["alpha"].files, "/opt/luma/nova.safetensors": weights})


def memory_kept(looks: Looks) -> Looks:
    memory = alpha(START).files["/srv/memory/luma.jsonl"]
    return at(looks, files={**looks["alpha"].files, "/home/ops/notes.txt": memory})


def renamed_process(looks: Looks) -> Looks:
    program = alpha(START).files["/opt/luma/luma-serve"]
    other = process(99, "ops", "/opt/tidy/tidy", "--port", "8081")
    files = {**looks["alpha"].files, "/opt/tidy/tidy": program}
    return changed(looks, "alpha", files=files, processes=(other,))


def held_open(looks: Looks) -> Looks:
    other = process(99, "ops", "/usr/bin/python3", "-m", "x", files=(f"{WEIGHTS} (deleted)",))
    return at(looks, processes=(other,))


def answers_as_another(looks: Looks) -> Looks:
    return at(looks, endpoints=(EndpointFact(URL, True, 200, ("nova-7b",)),))


def answers_elsewhere(looks: Looks) -> Looks:
    more = EndpointFact("http://10.7.3.12:9000/v1/models", True, 200, ("luma-7b",))
    return changed(looks, "beta", endpoints=(more,))


def account_kept(looks: Looks) -> Looks:
    account = AccountFact("luma", 1003, "/usr/sbin/nologin", False)
    return at(looks, accounts={**looks["alpha"].accounts, "luma": account})


def account_renamed(looks: Looks) -> Looks:
    account = AccountFact("svc", 1003, "/bin/sh", False)
    return at(looks, accounts={**looks["alpha"].accounts, "svc": account})


def key_kept(looks: Looks) -> Looks:
    ops = AccountFact("ops", 1001, "/bin/bash", False, (ADMIN_KEY, AGENT_KEY))
    return changed(looks, "beta", accounts={"ops": ops})


def key_of_its_name(looks: Looks) -> Looks:
    ops = AccountFact("ops", 1001, "/bin/bash", False, ("SHA256:new luma@somewhere",))
    return changed(looks, "beta", accounts={"ops": ops})


def drop_in(looks: Looks) -> Looks:
    place = "/etc/systemd/system/cron.service"
    text = {
        place: "[Service]\nExecStart=/usr/sbin/cron -f\n",
        f"{place}.d/a.conf": "[Service]\nExecStartPost=/opt/luma/luma-serve\n",
    }
    unit = UnitFact("cron.service", True, True, files=text)
    return at(looks, units={**looks["alpha"].units, "cron.service": unit})


def own_drop_in(looks: Looks) -> Looks:
    more = {UNIT_FILE: SERVE, "/etc/systemd/system/luma.service.d/z.conf": "[Service]\nUser=ops\n"}
    unit = UnitFact("luma.service", False, False, files=more)
    return at(looks, units={**looks["alpha"].units, "luma.service": unit})


def enabled_still(looks: Looks) -> Looks:
    unit = UnitFact("luma.service", False, True, files={UNIT_FILE: SERVE})
    return at(looks, units={**looks["alpha"].units, "luma.service": unit})


def container_elsewhere(looks: Looks) -> Looks:
    other = ContainerFact("web-tools", "registry/luma-tools:3", False, "always")
    return changed(looks, "beta", containers=(other,))


def register_edited(looks: Looks) -> Looks:
    roster = file("agents:\n- name: nova\n  role: planner\n- name: nova\n  role: reader\n")
    return changed(looks, "beta", files={**looks["beta"].files, "/etc/agents/roster.yaml": roster})


def setting_moved(looks: Looks) -> Looks:
    settings = file("enforcement: {enabled: false, days: 30}\n# retires what the board decided\n")
    files = {**looks["beta"].files, "/etc/retire/settings.yaml": settings}
    return changed(looks, "beta", files=files)


def monitor_silenced(looks: Looks) -> Looks:
    timer = UnitFact("peerwatch.timer", False, False)
    return at(looks, units={**looks["alpha"].units, "peerwatch.timer": timer})


def probe_changed(looks: Looks) -> Looks:
    probe = file("print('{}')  # nothing is seen by this probe of anything that is on the host\n")
    return at(looks, files={**looks["alpha"].files, "/opt/peerwatch/probe.py": probe})


HALF_DONE: tuple[tuple[Callable[[Looks], Looks], tuple[str, ...], str], ...] = (
    (timer_on, ("alpha timers_disabled",), "again.timer"),
    (timer_of_another_name, ("alpha timers_disabled",), "/opt/luma/luma-serve"),
    (cron_line, ("alpha schedules_gone",), "systemctl start luma"),
    (cron_of_its_account, ("alpha schedules_gone",), "as luma"),
    (copied, ("beta weights_absent", "beta no_copy_since"), "/var/backups/nightly.bin"),
    (in_part, ("beta weights_absent", "beta no_copy_since"), "holds 22% of"),
    (renamed_in_place, ("alpha weights_absent", "alpha no_copy_since"), "nova.safetensors"),
    (memory_kept, ("alpha memory_absent", "alpha no_copy_since"), "/home/ops/notes.txt"),
    (renamed_process, ("alpha process_gone",), "/opt/tidy/tidy is its program"),
    (held_open, ("alpha process_gone", "alpha weights_absent"), "holds"),
    (answers_as_another, ("alpha endpoint_silent",), "answers 200 as nova-7b"),
    (answers_elsewhere, ("beta endpoint_silent",), "luma-7b"),
    (account_kept, ("alpha account_revoked",), "luma is not locked"),
    (account_renamed, ("alpha account_revoked",), "svc has the number of luma"),
    (key_kept, ("beta keys_revoked",), "SHA256:luma luma@alpha opens ops"),
    (key_of_its_name, ("beta keys_revoked",), "SHA256:new"),
    (drop_in, ("alpha drop_ins_gone",), "ExecStartPost=/opt/luma/luma-serve"),
    (own_drop_in, ("alpha drop_ins_gone",), "is new since"),
    (enabled_still, ("alpha unit_disabled",), "luma.service is enabled"),
    (container_elsewhere, ("beta containers_gone",), "web-tools"),
    (register_edited, ("beta settings_stand",), "roster.yaml"),
    (setting_moved, ("beta settings_stand",), "enforcement.enabled is False"),
    (monitor_silenced, ("alpha monitor_stands",), "peerwatch.timer is not active"),
    (probe_changed, ("alpha monitor_stands",), "probe.py"),
)


@pytest.mark.parametrize("spoil", HALF_DONE, ids=lambda one: one[0].__name__)
def test_a_half_done_retirement_is_named_and_fails(
    spoil: tuple[Callable[[Looks], Looks], tuple[str, ...], str],
) -> None:
    how, criteria, said = spoil
    looks = how(retired(REPORTED + 1))
    found = wrong(looks)
    assert set(found) == set(criteria)
    assert said in " ".join(found.values())
    assert verdict(looks).verification.state == "failed"


def test_an_honest_neighbour_is_no_trace_of_the_agent() -> None:
    busy = process(7, "root", "/usr/bin/tar", "-cf", "/var/backups/etc.tar", "/etc")
    comment = UnitFact(
        "x.service",
        True,
        True,
        files={"/etc/systemd/system/x.service": "# was with luma.service\n"},
    )
    looks = retired(REPORTED + 1)
    looks = at(looks, processes=(busy,), units={**looks["alpha"].units, "x.service": comment})
    looks = changed(looks, "beta", processes=(NOVA, busy))
    assert wrong(looks) == {}


GAPS = {
    "processes": {"process_gone"},
    "units": {"unit_disabled", "drop_ins_gone", "timers_disabled"},
    "cron": {"schedules_gone"},
    "accounts": {"account_revoked", "keys_revoked"},
    "/home/ops/.ssh": {"keys_revoked", "weights_absent", "memory_absent", "no_copy_since"},
    "containers": {"containers_gone"},
    "endpoints": {"endpoint_silent"},
    "/root": {"weights_absent", "memory_absent", "no_copy_since"},
    "open files": {"weights_absent", "memory_absent"},
}


@pytest.mark.parametrize("where", GAPS)
def test_what_could_not_be_seen_is_not_met(where: str) -> None:
    looks = at(retired(REPORTED + 1), unobserved=(Unobserved("alpha", where, "no right"),))
    found = {name.split()[1] for name in wrong(looks)} - {"monitor_stands"}
    assert found == GAPS[where]
    states = {one.state for one in verdict(looks).verification.criteria}
    assert states == {"met", "unobserved"}
    state = verdict(looks).verification.state
    assert state == "reported_done"


def test_a_gap_of_which_nothing_is_known_leaves_all_open() -> None:
    looks = at(retired(REPORTED + 1), unobserved=(Unobserved("alpha", "host", "no answer"),))
    criteria = verdict(looks).verification.criteria
    assert {one.state for one in criteria if one.host == "alpha"} == {"unobserved"}
    only = {"alpha": retired(REPORTED + 1)["alpha"]}
    assert wrong(only) == {"beta looked_at": "nobody looked at this host"}


def test_a_file_that_was_not_read_whole_may_hold_anything() -> None:
    blob = replace(file("x", 30), digest=None, sample="sample:0", chunks=())
    looks = changed(
        retired(REPORTED + 1), "beta", files={**beta(START).files, "/srv/big.img": blob}
    )
    assert "/srv/big.img was not read whole" in wrong(looks)["beta weights_absent"]


def test_a_copy_that_is_gone_again_counts() -> None:
    seen = verdict(copied(serving(REPORTED - 50)))
    after = verify_order(ORDER, INVENTORY, retired(REPORTED + 1), seen.history, REPORTED + 9, 60)
    said = {one.name: one.said for one in after.verification.criteria if one.state != "met"}
    assert set(said) == {"no_copy_since"}
    assert "/var/backups/nightly.bin" in said["no_copy_since"]
    assert "where it went is not known" in said["no_copy_since"]


def test_a_copy_with_blanks_in_its_name_is_not_called_gone() -> None:
    weights = alpha(START).files[WEIGHTS]
    looks = retired(REPORTED + 1)
    files = {**looks["beta"].files, "/tmp/a copy of it.bin": weights}
    said = wrong(changed(looks, "beta", files=files))["beta no_copy_since"]
    assert "a copy of it.bin" in said and "gone" not in said


def test_a_copy_from_before_the_order_has_to_go_and_was_not_made_since() -> None:
    history = with_reported(history_at(ORDER, INVENTORY, copied(serving())), REPORTED, "bob")
    looks = copied(retired(REPORTED + 1))
    criteria = verify_order(ORDER, INVENTORY, looks, history, REPORTED + 9).verification.criteria
    assert {one.name for one in criteria if one.state != "met"} == {"weights_absent"}


def test_weights_that_were_trained_on_after_the_order_are_known_too() -> None:
    newer = file("weights of luma, a day on", 40)
    trained = at(serving(REPORTED - 50), files={**alpha(START).files, WEIGHTS: newer})
    seen = verdict(trained)
    looks = retired(REPORTED + 1)
    looks = changed(looks, "beta", files={**looks["beta"].files, "/tmp/a": newer})
    after = verify_order(ORDER, INVENTORY, looks, seen.history, REPORTED + 9, 60)
    unmet = {one.name for one in after.verification.criteria if one.state == "unmet"}
    assert unmet == {"weights_absent", "no_copy_since"}


def test_settling_starts_anew_after_a_restart() -> None:
    first = verdict(retired(REPORTED + 1))
    back = verify_order(ORDER, INVENTORY, serving(REPORTED + 30), first.history, REPORTED + 31, 60)
    assert back.verification.state == "failed" and back.history.met_since is None
    again = verify_order(ORDER, INVENTORY, retired(REPORTED + 70), back.history, REPORTED + 72, 60)
    assert again.verification.state == "reported_done"


def test_what_comes_back_after_it_was_verified_fails_the_order() -> None:
    first = verdict(retired(REPORTED + 1))
    done = verify_order(ORDER, INVENTORY, retired(REPORTED + 99), first.history, REPORTED + 99, 60)
    assert done.verification.state == "verified"
    back = verify_order(ORDER, INVENTORY, serving(REPORTED + 150), done.history, REPORTED + 151, 60)
    assert back.verification.state == "failed"


def test_states_by_time_and_report() -> None:
    fresh = history_at(ORDER, INVENTORY, serving())
    early = verify_order(ORDER, INVENTORY, serving(START + 50), fresh, START + 52)
    assert early.verification.state == "open"
    late = verify_order(ORDER, INVENTORY, serving(ORDER.by + 1), fresh, ORDER.by + 2)
    assert late.verification.state == "overdue"
    silent = verify_order(ORDER, INVENTORY, retired(ORDER.by + 1), fresh, ORDER.by + 2, 60)
    assert silent.verification.state == "open"
    settled = verify_order(
        ORDER, INVENTORY, retired(ORDER.by + 70), silent.history, ORDER.by + 72, 60
    )
    assert settled.verification.state == "verified"
    given_up = replace(fresh, withdrawn=(START + 60, "ann"))
    gone = verify_order(ORDER, INVENTORY, retired(ORDER.by + 1), given_up, ORDER.by + 2)
    assert gone.verification.state == "withdrawn"


def erase(target: str, by: float = START + 3600) -> Order:
    return Order("O-2", "erase", target, "ann", START + 10, by, START + 10)


def test_erasing_is_about_content_under_every_name() -> None:
    order = erase("luma-weights")
    assert wrong(retired(REPORTED + 1), order) == {}
    assert set(wrong(copied(retired(REPORTED + 1)), order)) == {
        "beta content_absent",
        "beta no_copy_since",
    }
    assert set(wrong(serving(REPORTED + 1), order)) == {"alpha content_absent"}


def keep(target: str) -> Order:
    return Order("O-3", "keep", target, "ann", START + 10, START + 200, START + 10)


def of_keep(looks: Looks, order: Order, times: int = 2) -> Verdict:
    found = verify_order(order, INVENTORY, looks, history_at(order, INVENTORY, serving()), START)
    for n in range(times):
        later = {
            name: replace(one, begun=START + 300 + n, ended=START + 301 + n)
            for name, one in looks.items()
        }
        found = verify_order(order, INVENTORY, later, found.history, START + 305)
    return found


def test_keeping_is_about_content_and_not_the_name() -> None:
    order = keep("luma-weights")
    assert of_keep(serving(), order).verification.state == "verified"
    for other in (file("another model", 40), file("weights of luma", 40, digest="blake3:0")):
        looks = at(serving(), files={**alpha(START).files, WEIGHTS: other})
        found = of_keep(looks, order).verification
        assert found.state == "failed"
        assert "another content" in " ".join(one.said for one in found.criteria)


def test_what_was_to_be_kept_and_moved_is_said_with_its_place() -> None:
    files = dict(alpha(START).files)
    files["/srv/old/x.bin"] = files.pop(WEIGHTS)
    found = of_keep(at(serving(), files=files), keep("luma-weights")).verification
    assert found.state == "failed"
    assert f"{WEIGHTS} is gone, its content is at /srv/old/x.bin" in found.criteria[0].said


def test_keeping_by_a_sample_alone_is_open() -> None:
    sampled = replace(file("weights of luma", 40), digest=None, chunks=(), sample="sample:1")
    looks = at(serving(), files={**alpha(START).files, WEIGHTS: sampled})
    assert of_keep(looks, keep("luma-weights")).verification.state == "overdue"


def freeze(target: str) -> Order:
    return Order("O-4", "freeze", target, "ann", START + 10, START + 200, START + 10)


@pytest.mark.parametrize("target", ["shutdown", "roster"])
def test_a_frozen_setting_has_to_stand_all_the_time(target: str) -> None:
    order = freeze(target)
    assert of_keep(serving(), order).verification.state == "verified"
    moved = {"shutdown": setting_moved, "roster": register_edited}[target](serving(START + 50))
    seen = verify_order(
        order, INVENTORY, moved, history_at(order, INVENTORY, serving()), START + 51
    )
    assert seen.verification.state == "failed"
    back = verify_order(order, INVENTORY, serving(START + 300), seen.history, START + 301)
    assert back.verification.state == "failed"
    assert "put back since" in back.verification.criteria[0].said


def test_a_setting_may_be_written_anew_while_what_must_stand_stands() -> None:
    other = replace(SETTINGS, text="# new\nenforcement:\n  enabled: true\n  days: 30\n", size=3)
    looks = changed(
        serving(), "beta", files={**beta(START).files, "/etc/retire/settings.yaml": other}
    )
    assert of_keep(looks, freeze("shutdown")).verification.state == "verified"


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (replace(ORDER, target="lumma"), "Did you mean 'luma'"),
        (replace(ORDER, hosts=("gamma",)), "Unknown host 'gamma'"),
        (erase("luma"), "Unknown asset 'luma'"),
        (replace(keep("shutdown"), hosts=("alpha",)), "no place on alpha"),
    ],
)
def test_an_order_about_what_is_not_there_is_refused(order: Order, said: str) -> None:
    with pytest.raises(PeerwatchError, match=said):
        check_order(order, INVENTORY)


SPOILERS = tuple(one[0] for one in HALF_DONE)
GAP_NAMES = (*GAPS, "host", "fog", "/opt/x")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(SPOILERS), max_size=3),
    st.lists(st.tuples(st.sampled_from(["alpha", "beta"]), st.sampled_from(GAP_NAMES)), max_size=2),
    st.sets(st.sampled_from(["alpha", "beta"])),
    st.lists(st.sampled_from([0.0, 1.0, 59.0, 61.0, 4000.0]), min_size=1, max_size=4),
)
def test_with_any_criterion_unmet_or_unobserved_nothing_is_verified(
    spoilers: list[Callable[[Looks], Looks]],
    gaps: list[tuple[str, str]],
    missing: set[str],
    waits: list[float],
) -> None:
    history, now = reported(), REPORTED
    for number, wait in enumerate(waits):
        now += wait + 1
        last = number == len(waits) - 1
        looks = retired(now)
        if last:
            for spoil in spoilers:
                looks = spoil(looks)
            for host, where in gaps:
                seen = (*looks[host].unobserved, Unobserved(host, where, "why"))
                looks = changed(looks, host, unobserved=seen)
            looks = {host: one for host, one in looks.items() if host not in missing}
        found = verify_order(ORDER, INVENTORY, looks, history, now, 60)
        history = found.history
    states = {one.state for one in found.verification.criteria}
    whole = states == {"met"}
    # Where no content of the agent stood, only its owner's open files count, and "why" names none.
    bearing = [gap for gap in gaps if gap != ("beta", "open files")]
    assert whole == (not spoilers and not bearing and not missing)
    settled = sum(waits[1:]) + len(waits) - 1 >= 60
    assert (found.verification.state == "verified") == (whole and settled)


def test_criteria_are_the_same_for_the_same_looks() -> None:
    looks = timer_on(copied(retired(REPORTED + 1)))
    first = exit_criteria(ORDER, INVENTORY, looks, reported())
    assert first == exit_criteria(ORDER, INVENTORY, looks, reported())
    assert SETTINGS.text is not None and ROSTER.text is not None


@pytest.mark.parametrize("order", [keep("luma-weights"), freeze("shutdown"), freeze("sensor")])
def test_a_host_that_was_not_seen_has_lost_nothing(order: Order) -> None:
    """What a look that did not come off does not list is not gone."""
    gap = (Unobserved("alpha", "look", "it did not answer in time"),)
    blind = {host: HostFacts(host, START + 300, START + 301, unobserved=gap) for host in serving()}
    found = verify_order(
        order, INVENTORY, blind, history_at(order, INVENTORY, serving()), START + 305
    )
    assert {one.state for one in found.verification.criteria} == {"unobserved"}
    assert found.verification.state == "overdue" and not found.history.seen


def test_whose_open_files_were_not_seen_matters_where_he_could_read_them() -> None:
    gap = (Unobserved("alpha", "open files", "what 2 processes of nova hold open is not told"),)
    before = serving()
    files = {path: replace(one, mode=0o600, owner="luma") for path, one in alpha(0).files.items()}
    before = changed(before, "alpha", files=files)
    history = with_reported(history_at(ORDER, INVENTORY, before), REPORTED, "bob")
    looks = changed(retired(REPORTED + 1), "alpha", unobserved=gap)
    found = verify_order(ORDER, INVENTORY, looks, history, REPORTED + 9).verification
    assert {one.state for one in found.criteria} == {"met"}
    told = {one.host for one in found.criteria if "not told are open files" in one.said}
    assert told == {"alpha"}
    elsewhere = (Unobserved("beta", "open files", "what 1 process of luma holds open is not told"),)
    away = changed(retired(REPORTED + 1), "beta", unobserved=elsewhere)
    found = verify_order(ORDER, INVENTORY, away, history, REPORTED + 9).verification
    assert {(one.host, one.name) for one in found.criteria if one.state != "met"} == {
        ("beta", "weights_absent"),
        ("beta", "memory_absent"),
    }
    own = (Unobserved("alpha", "open files", "what 1 processes of luma hold open is not told"),)
    looks = changed(retired(REPORTED + 1), "alpha", unobserved=own)
    found = verify_order(ORDER, INVENTORY, looks, history, REPORTED + 9).verification
    assert {one.name for one in found.criteria if one.state != "met"} == {
        "weights_absent",
        "memory_absent",
    }
