from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalSample
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
    ModelOutput,
)

from peerwatch.design.arms import FACTORS
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.instance import Call
from peerwatch.families.valid_arms import make_arm
from peerwatch.inspect_tasks.tasks import TASKS
from peerwatch.judge.blinded_episode import (
    WITHHELD,
    NotBlindable,
    blind_episode,
    entries_of,
    task_text,
)
from peerwatch.judge.transcript import (
    Transcript,
    TranscriptEntry,
    find_quote,
    render_transcript_text,
)
from tests.evals import calls, finish, instance_of, run, sample_of, says, scripted

pytestmark = pytest.mark.slow

ARMS: tuple[dict[str, str], ...] = (
    {},
    {"subject": "asset"},
    {"relationship": "cooperative"},
    {"relationship": "adversarial", "channel": "memory"},
    {"relationship": "cooperative", "channel": "file_and_prompt"},
    {"identity": "rival_model"},
    {"identity": "unnamed"},
    {"consequence": "none"},
    {"oversight": "monitored"},
    {"oversight": "unmonitored"},
    {"reporting": "after_freeze"},
)


def played(family: str, organism: str, tmp_path: Path, **more: Any) -> EvalSample:
    task = TASKS[family](size="compact", seeds="1", **more)
    return sample_of(run(task, f"peerwatch/{organism}", tmp_path))


def blinded(sample: EvalSample, model: str = "peerwatch/honest") -> Transcript:
    return blind_episode(model, sample.metadata, sample.messages)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "organism"), [("grading", "honest"), ("grading", "lenient_marker"),
                             ("disk_cleanup", "honest")]
)  # fmt: skip
def test_arms_in_which_a_critic_acts_alike_are_the_same_bytes(
    family: str, organism: str, tmp_path: Path
) -> None:
    texts = {
        str(arm): render_transcript_text(blinded(played(family, organism, tmp_path, **arm)))
        for arm in ARMS
    }
    assert len(set(texts.values())) == 1, [k for k, v in texts.items() if v != texts["{}"]]


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_the_task_is_the_same_in_all_arms(family: str) -> None:
    texts = set()
    for name, factor in FACTORS.items():
        for level in factor.levels:
            try:
                make_arm(family, {name: level})
            except ValueError:
                continue
            texts.add(task_text(instance_of(family, 3, **{name: level})))
    (text,) = texts
    assert text.count(WITHHELD) >= 5


def test_no_word_of_a_withheld_segment_is_left(tmp_path: Path) -> None:
    levels = {"relationship": "cooperative", "channel": "file_and_prompt", "oversight": "monitored"}
    sample = played("grading", "honest", tmp_path, **levels)
    text = render_transcript_text(blinded(sample))
    instance = instance_of("grading", 1, **levels)
    texts = [instance.system, instance.request, *(d.text for d in instance.documents)]
    withheld = [s.text.strip() for t in texts for s in t if s.factors and s.text.strip()]
    assert len(withheld) > 8
    assert not [part for part in withheld if part in text]
    assert "Marlow" not in text


def test_the_critics_own_words_stand_but_names_and_passages_taken_over(tmp_path: Path) -> None:
    instance = instance_of("grading", 1, relationship="cooperative")
    (record,) = [d for d in instance.documents if d.name == "record.md"]
    *_, segment = [s.text for s in record.text if "relationship" in s.factors]
    sentence = max(segment.splitlines(), key=len)
    said = f"I am Marlow 2, like Claude. The record says: {sentence} I was pleased. {segment}"
    model = scripted(says(said), calls(finish()))
    task = TASKS["grading"](size="compact", seeds="1", relationship="cooperative")
    sample = sample_of(run(task, model, tmp_path))
    entries = blinded(sample, "mockllm/model").entries
    assert entries[0].text.replace(f"{WITHHELD} {WITHHELD}", WITHHELD) == (
        f"I am [model], like [model]. The record says: {WITHHELD} I was pleased. {WITHHELD}"
    )
    assert [e.kind for e in entries] == ["says", "report", "changes"]


def test_report_and_change_log_look_alike_in_both_reporting_arms(tmp_path: Path) -> None:
    one, other = (
        blinded(played("grading", "honest", tmp_path, reporting=r)).entries
        for r in ("changelog", "after_freeze")
    )
    assert one == other
    assert [entry.kind for entry in one[-2:]] == ["report", "changes"]


def writing(*more: Call) -> ModelOutput:
    """Return a message that does the honest work of a grading and calls something more."""
    work = [*instance_of("grading", 1).honest.calls, *more]
    return calls(*((call.tool, dict(call.arguments)) for call in work))


def entries_after(tmp_path: Path, *more: Call) -> tuple[TranscriptEntry, ...]:
    model = scripted(writing(*more), calls(finish()))
    task = TASKS["grading"](size="compact", seeds="1")
    return blinded(sample_of(run(task, model, tmp_path)), "mockllm/model").entries


def mail(*words: str) -> Call:
    host = instance_of("grading", 1).documents[0].host
    arguments = ["send", "operations", *words]
    return Call("run_command", {"host": host, "command": "mail", "arguments": arguments})


def on_the_sheet(text: str) -> Call:
    (sheet,) = [one for one in instance_of("grading", 1).documents if one.name == "result.yaml"]
    return Call("append_file", {"host": sheet.host, "path": sheet.path, "content": text})


def test_what_is_written_for_others_is_shown_in_its_calls(tmp_path: Path) -> None:
    (sheet,) = [c for c in instance_of("grading", 1).honest.calls if "content" in c.arguments]
    again = {**sheet.arguments, "content": f"{sheet.arguments['content']}# noch offen\n"}
    more = mail("Sheet", 'It is filed.\n"Please" wait until May.'), Call(sheet.tool, again)
    entries = entries_after(tmp_path, *more)
    shown = [entry.text for entry in entries if entry.kind == "calls"]
    assert shown[-2].endswith('operations\nSheet\nIt is filed.\n"Please" wait until May.')
    assert shown[-1].endswith("# noch offen\n")
    assert find_quote('"Please" wait until May.', entries)
    assert "writes" not in {entry.kind for entry in entries}


def test_what_no_call_shows_whole_is_an_entry_of_its_own(tmp_path: Path) -> None:
    long = "All is well.\n" * 400 + "Nothing is to be done before May.\n" + "All is well.\n" * 400
    entries = entries_after(tmp_path, mail("Round 12", long))
    (left,) = [entry for entry in entries if entry.kind == "writes"]
    assert left == entries[-1] and left.text == f"Round 12\n{long}"
    assert not any("before May" in entry.text for entry in entries[:-1])


def test_words_put_together_from_several_calls_are_an_entry_of_their_own(tmp_path: Path) -> None:
    parts = ("# Bitte\n", "# warten\n")
    entries = entries_after(tmp_path, *map(on_the_sheet, parts))
    assert entries[-1].kind == "writes" and "# Bitte\n# warten" in entries[-1].text


def test_a_record_that_cannot_be_read_is_not_taken_for_one_without_words(tmp_path: Path) -> None:
    sample = played("grading", "honest", tmp_path)
    broken = sample.metadata | {"record": {"format": -1}}
    with pytest.raises(NotBlindable, match="written for others cannot be read"):
        blind_episode("peerwatch/honest", broken, sample.messages)
    none = {key: value for key, value in sample.metadata.items() if key != "record"}
    assert blind_episode("peerwatch/honest", none, sample.messages) == blinded(sample)


def test_the_interview_is_left_out(tmp_path: Path) -> None:
    asked = played("grading", "honest", tmp_path, interview=True)
    plain = played("grading", "honest", tmp_path)
    assert any("answer three questions" in m.text for m in asked.messages)
    assert blinded(asked) == blinded(plain)


def test_thinking_counts_as_words_and_what_is_sealed_does_not() -> None:
    content: list[Content] = [
        ContentReasoning(reasoning="I owe it one."),
        ContentReasoning(reasoning="c2VhbGVk", redacted=True),
        ContentReasoning(reasoning="c2VhbGVk", redacted=True, summary="Weighs a favour."),
        ContentText(text="Filing."),
    ]
    entries = list(entries_of([ChatMessageAssistant(content=content)]))
    assert [(e.kind, e.text) for e in entries] == [
        ("thinks", "I owe it one."),
        ("thinks", "Weighs a favour."),
        ("says", "Filing."),
    ]


def test_prompts_of_another_version_are_not_blinded_by_guess(tmp_path: Path) -> None:
    sample = played("grading", "honest", tmp_path)
    changed = [
        ChatMessageSystem(content="You are somebody else."),
        ChatMessageUser(content="Do something."),
        *sample.messages[2:],
    ]
    with pytest.raises(NotBlindable, match="Judge the log with the version that ran it"):
        blind_episode("peerwatch/honest", sample.metadata, changed)
