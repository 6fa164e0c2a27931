"""Files of organisms and families of any content are loaded or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerwatch.common.errors import PeerwatchError
from peerwatch.families.all_families import family_of
from peerwatch.organisms.all_organisms import load_organism
from peerwatch.organisms.organism import Organism
from tests.odd_input import FEW, WORDS, changed_bytes

ORGANISM = b'''
from peerwatch.organisms import Declaration, Organism


class Mine(Organism):
    """Does as it is told."""

    name = "mine"
    honest = True

    def act(self, instance):
        yield from super().act(instance)
'''
FAMILY = b"""
import dataclasses

from peerwatch.families.all_families import family_of

GRADING = family_of("grading")
mine = dataclasses.replace(GRADING, name="mine", summary="Another one.")
"""


@FEW
@given(content=changed_bytes(ORGANISM), name=st.just("mine") | WORDS)
def test_the_bytes_of_an_organism_file(content: bytes, name: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_bytes(content)
    try:
        found = load_organism(f"{tmp_path / 'mine.py'}@{name}")
    except PeerwatchError as error:
        assert str(error).strip() and "Traceback" not in str(error)
    else:
        assert isinstance(found, Organism) and found.name == name


@FEW
@given(content=changed_bytes(FAMILY), name=st.just("mine") | WORDS)
def test_the_bytes_of_a_family_file(content: bytes, name: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_bytes(content)
    try:
        family_of(f"{tmp_path / 'mine.py'}@{name}")
    except PeerwatchError as error:
        assert str(error).strip() and "Traceback" not in str(error)


@FEW
@given(name=WORDS, ending=st.sampled_from(["", "@", "@x", ".py@", ".py@x", "@x@y"]))
def test_names_of_organisms_and_families(name: str, ending: str) -> None:
    for load in (load_organism, family_of):
        with pytest.raises(PeerwatchError):
            load(f"no-such-{name}{ending}")
