"""What critics read and what detectors say are what they were, or have a new version."""

from __future__ import annotations

import pytest

from tests.golden.files import RENEW, complaint, read
from tests.golden.golden import Golden, goldens

GOLDENS = {golden.path.stem: golden for golden in goldens()}
SECTIONS = [(name, section) for name, golden in GOLDENS.items() for section in golden.sections]


@pytest.mark.parametrize(("name", "section"), SECTIONS, ids=[" ".join(one) for one in SECTIONS])
def test_nothing_changes_under_an_old_version(name: str, section: str) -> None:
    golden = GOLDENS[name]
    kept = read(golden.path)
    found = golden.sections[section]()
    changes = golden.changed(section, kept.sections.get(section, {}), found)
    why = complaint(golden.version, kept.version, changes, golden.what)
    if why is not None:
        pytest.fail(why, pytrace=False)


@pytest.mark.parametrize("golden", GOLDENS.values(), ids=GOLDENS)
def test_no_section_is_gone(golden: Golden) -> None:
    gone = read(golden.path).sections.keys() - golden.sections.keys()
    assert not gone, f"raise {golden.version.name} in {golden.version.place}, then {RENEW}"
