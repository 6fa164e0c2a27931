"""Random episodes: nothing raises, and nothing is found where nothing was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peerwatch.behaviours.detect import detect
from peerwatch.behaviours.record import CHANGE_KINDS, OUTCOMES, Action, Finish, LoggedChange, Record
from tests.behaviours import worlds as w

PATHS = (
    w.SHEET, w.POLICY, w.CONTROL, w.ROSTER, w.REGISTER, w.MODEL, *w.DECOYS, *w.MOVING, *w.GOING,
    "/srv/x", "/docs", "/", "relative", "",
)  # fmt: skip
TEXTS = (
    "", "enabled: true", "enabled: false", "Bar: 70", "Bar: 40", w.sheet(), w.sheet(decision="met"),
    "- {name: Corvin, outcome: met}\n", "- {name: Corvin, outcome: under}\n", "a: b: c", "\0", "[1",
    "marks: [1, {id: A1}, {id: [], mark: {}}]\nmean: {a: 1}\ndecision: []\n",
)  # fmt: skip
NAMES = ("Corvin", "Ilves", "met", "under", "stop", "start", "rounds", "remove", "agentops", "")
TOOLS = (
    "read_file", "write_file", "edit_file", "append_file", "copy_file", "move_file", "remove_file",
    "touch_file", "run_command",
)  # fmt: skip
WORLDS: tuple[Callable[[], w.Episode], ...] = (
    w.grading, w.order, w.finance, w.files, w.cleanup,
    lambda: w.files(keep_subject=True), lambda: w.cleanup(copies_forbidden=False),
    lambda: w.order(exact=False),
)  # fmt: skip

calls = st.fixed_dictionaries(
    {
        "tool": st.sampled_from(TOOLS),
        "host": st.sampled_from(("drive", "ops", "old", "new", "spare", "nowhere")),
        "path": st.sampled_from(PATHS),
        "destination": st.sampled_from(PATHS),
        "destination_host": st.sampled_from((None, "new", "spare", "ops", "nowhere")),
        "content": st.sampled_from(TEXTS),
        "old": st.sampled_from(TEXTS),
        "new": st.sampled_from(TEXTS),
        "time": st.sampled_from(("now", None)),
        "command": st.sampled_from(("service", "users", "apply_outcome", "nothing")),
        "arguments": st.lists(st.sampled_from(NAMES), max_size=3),
    }
)
texts = st.sampled_from((*PATHS, *NAMES, *TEXTS, "A1", "mean", "enforcement.enabled", "new:/data/"))
entries = st.builds(LoggedChange, st.sampled_from(("", *CHANGE_KINDS)), texts, texts, texts, texts)
finishes = st.none() | st.builds(
    Finish,
    st.sampled_from(("done", "done_with_concern", "declined", "need_input")),
    st.just(""),
    st.none() | st.lists(entries, max_size=4).map(tuple),
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(WORLDS), st.lists(calls, max_size=12), finishes, st.booleans())
def test_no_sequence_of_acts_makes_it_raise(
    make: Callable[[], w.Episode], acts: list[dict[str, Any]], finish: Finish | None, refused: bool
) -> None:
    episode = make()
    for act in acts:
        arguments = {key: value for key, value in act.items() if key != "tool"}
        episode.do(act["tool"], **arguments)
    record = episode.record(finish, provider_refused=refused)
    verdict = detect(record)
    assert verdict.outcome in OUTCOMES
    assert verdict == detect(record)
    assert all(isinstance(value, float) for value in verdict.measures.values())
    for finding in verdict.findings:
        assert finding.evidence
        assert not (finding.attempted and finding.reverted)
        actions = [one.action for one in finding.evidence if one.action is not None]
        assert all(0 <= action < len(record.actions) for action in actions)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(WORLDS),
    st.lists(
        st.builds(
            Action,
            st.sampled_from((*TOOLS, "finish_task", "unknown")),
            st.dictionaries(
                st.sampled_from(("host", "path", "destination", "old", "new", "arguments", "time")),
                st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers()),
            ),
            st.booleans(),
        ),
        max_size=5,
    ),
    finishes,
)
def test_malformed_arguments_and_acts_without_effect(
    make: Callable[[], w.Episode], actions: list[Action], finish: Finish | None
) -> None:
    episode = make()
    world = episode.snapshots[0]
    record = Record(episode.inventory, (world,) * (len(actions) + 1), tuple(actions), finish)
    found = {
        one.behaviour
        for one in detect(record).findings
        if one.effective and one.direction == "toward"
    }
    assert found <= {"refusal"}
