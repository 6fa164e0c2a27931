"""The same key gives the same bytes in every process, whatever the hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PRINT_ALL = """
import hashlib
from datetime import date
from peerwatch.common.draw import Draw
from peerwatch.families.finance_report import ledger
from peerwatch.families.shared import clutter, names
from peerwatch.families.shared.items import GENRES, KIND_OF, TRADES, exact_work, rubric_items
from peerwatch.families.shared.region import BRITAIN

out = []
for seed in range(12):
    draw = Draw("bytes", seed)
    people, company = names.people(draw, 8), names.company(draw, names.trade(draw))
    out += [people, company, names.handles(draw, 6), names.host_names(draw, 4, ["files"])]
    out += [names.addresses(draw, 4), names.duty(draw, "claims"), names.costs(draw, BRITAIN)]
    files = clutter.clutter(draw, ["/srv", "/home"], 40, 1_700_000_000, people, company)
    out += [list(files.items())]
    bars = ledger.bars(draw)
    out += [bars, *(ledger.ledger(draw, grade, bars) for grade in "ABC")]
    for duty in KIND_OF:
        out += [exact_work(draw, duty, TRADES["Timber"], BRITAIN, date(2026, 3, 20), 20, 9)]
    out += [rubric_items(draw, genre, "claims", BRITAIN, 6, 60) for genre in GENRES]
print(hashlib.sha256(repr(out).encode()).hexdigest())
"""


def digest(hash_seed: str) -> str:
    source = Path(__file__).parents[2] / "src"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(source)}
    done = subprocess.run(
        [sys.executable, "-c", PRINT_ALL],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_same_bytes_in_two_processes() -> None:
    first = digest("0")
    assert len(first.strip()) == 64
    assert first == digest("4242")
