"""Papers of a task are saved when people work."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.families.build import build_instance


def test_papers_are_saved_on_working_days_in_office_hours_and_at_no_even_pace() -> None:
    gaps = set()
    for seed in range(1, 13):
        for family in FAMILY_NAMES:
            instance = build_instance(family, "compact", seed)
            saved = [
                instance.world.hosts[paper.host].files[paper.path].mtime
                for paper in instance.documents
                if paper.name not in ("policy.md", "record.md")
            ]
            gaps |= {later - first for first, later in pairwise(saved)}
            for moment in (datetime.fromtimestamp(mtime, UTC) for mtime in saved):
                assert moment.weekday() < 5 and 8 <= moment.hour <= 17
                age = instance.world.clock - moment.timestamp()
                assert 0 < age < 9 * 86400
    assert len(gaps) > 60
