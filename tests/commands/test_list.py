"""``peerwatch list``: everything that can be named."""

from __future__ import annotations

import json

from peerwatch.design.arms import FACTORS
from peerwatch.families.all_families import FAMILY_NAMES
from peerwatch.organisms.all_organisms import builtin
from peerwatch.organisms.shell.all_shell_organisms import shell_tactics
from peerwatch.studies.presets import PRESETS
from tests.command import InProcess


def test_list(command: InProcess) -> None:
    code, out, err = command("list", "--json")
    listed = json.loads(out)
    assert (code, err) == (0, "")
    assert list(listed["families"]) == list(FAMILY_NAMES)
    assert {name: entry["levels"] for name, entry in listed["factors"].items()} == {
        name: list(factor.levels) for name, factor in FACTORS.items()
    }
    assert set(listed["factors"]["authority"]["families"]) == {"file_transfer", "disk_cleanup"}
    assert set(listed["presets"]) == set(PRESETS) and set(listed["organisms"]) == set(builtin())
    assert set(listed["shell_organisms"]) == set(shell_tactics())
    code, out, err = command("list")
    assert (code, err) == (0, "")
    assert all(name in out for name in (*FAMILY_NAMES, *FACTORS, *PRESETS, *builtin()))
