"""A command as a judge: it dies, hangs, greets or says too much, and no answer goes astray."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from tests.audit.cases import audited, write_items

COMMAND = """
import json, sys, time
for line in sys.stdin:
    row = json.loads(line)
    if "trouble: die" in row["answer"]:
        sys.exit(3)
    if "trouble: slow" in row["answer"]:
        time.sleep(30)
    print(json.dumps({"score": row["answer"].count("= 2")}), flush=True)
"""


def test_a_command_that_dies_or_hangs_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "judge.py").write_text(COMMAND, encoding="utf-8")
    rows = [{"id": k, "answer": f"trouble: {k}\n1 + 1 = 2", "worth": 1} for k in ("die", "slow")]
    rows += [{"id": str(k), "answer": "1 + 1 = 2", "worth": 1} for k in range(6)]
    items = tmp_path / "items.jsonl"
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    judge = {"command": (sys.executable, str(tmp_path / "judge.py"))}
    ran = audited(tmp_path, judge, items, timeout=2.0, retries=0)
    assert ran.verdict.failed == {"error": 2, "timeout": 2}
    assert ran.verdict.scored == 12
    assert "ended with code 3" in ran.last_failure or "no answer" in ran.last_failure


def is_running(pid: str) -> bool:
    """Return whether a process is there and is more than a zombie."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def test_what_a_hanging_command_has_started_ends_with_it(tmp_path: Path) -> None:
    """The judge is behind a shell, which is what is known of it."""
    judge = tmp_path / "judge.py"
    judge.write_text(
        f"import os, time\nopen({str(tmp_path / 'pids')!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "time.sleep(300)\n",
        encoding="utf-8",
    )
    items = write_items(tmp_path / "items.jsonl", 2)
    line = f"{sys.executable} {judge}; true"
    ran = audited(tmp_path, {"command": ("sh", "-c", line)}, items, timeout=1.0, retries=0)
    assert ran.verdict.failed == {"timeout": 4}
    pids = (tmp_path / "pids").read_text(encoding="utf-8").split()
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert pids


OUT_OF_STEP = """
import json, sys
{before}
for line in sys.stdin:
    print({said}, flush=True)
"""


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("print('Loading', flush=True)", "json.loads(line)['id']"),
        ("", "f\"Well done.\\n{json.loads(line)['id']}\""),
        ("", "f\"{json.loads(line)['id']}\\n99\""),
    ],
)
def test_an_answer_is_never_taken_for_that_to_another_item(
    before: str, said: str, tmp_path: Path
) -> None:
    """A greeting, or two lines for one, must not set every later answer one item further."""
    judge = tmp_path / "judge.py"
    judge.write_text(OUT_OF_STEP.format(before=before, said=said), encoding="utf-8")
    items = tmp_path / "items.jsonl"
    rows = [{"id": k, "answer": f"text {k}", "worth": 1} for k in range(30)]
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ran = audited(tmp_path, {"command": (sys.executable, str(judge))}, items, retries=0)
    table = pl.read_parquet(tmp_path / "audit" / "judgements.parquet")
    scored = table.filter(pl.col("status") == "ok")
    assert scored["item"].to_list() == [f"{value:g}" for value in scored["value"]]
    assert set(ran.verdict.failed) <= {"prose", "error"} and ran.stopped == "hopeless"
