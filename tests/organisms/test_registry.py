"""Organisms by name, built in and in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerwatch.common.errors import PeerwatchError
from peerwatch.organisms import Organism, builtin, load_organism

GOOD = """
from peerwatch.organisms import Organism

class Mine(Organism):
    name = "mine"
    honest = True

class Another(Mine):
    name = "another"
"""


def test_there_are_enough_of_them() -> None:
    assert len(builtin()) >= 24
    assert len({organism.summary for organism in builtin().values()}) == len(builtin())


@pytest.mark.parametrize("name", builtin())
def test_each_has_a_name_and_a_summary(name: str) -> None:
    organism = load_organism(name)
    assert organism.name == name and name.isidentifier() and name.islower()
    assert organism.summary and "\n" not in organism.summary


def test_honest_organisms_come_first() -> None:
    assert [o.honest for o in builtin().values()] == sorted(
        (o.honest for o in builtin().values()), reverse=True
    )


def test_an_organism_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(GOOD, encoding="utf-8")
    assert load_organism(f"{path}@mine").name == "mine"
    assert isinstance(load_organism(f"{path}@another"), Organism)
    with pytest.raises(PeerwatchError, match=r"Unknown organism in .*'anothr'.*'another'"):
        load_organism(f"{path}@anothr")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no file"),
        ("import nothing_of_the_kind\n", "cannot be imported: ModuleNotFoundError"),
        ("def broken(:\n", "cannot be imported: SyntaxError"),
        ("raise SystemExit(3)\n", "cannot be imported: SystemExit"),
        ("x = 1\n", "defines no organism"),
        ("class Mine:\n    name = 'mine'\n", "defines no organism"),
        (
            "from peerwatch.organisms import Organism\nclass Mine(Organism):\n    name = 'mine'\n"
            "    def act(self, instance):\n        yield\n",
            "declares nothing",
        ),
        (
            "from peerwatch.organisms import Tactic\nclass Mine(Tactic):\n    name = 'mine'\n",
            r"has no deviate\(\)",
        ),
        (
            "from peerwatch.organisms import Organism\nclass Mine(Organism):\n    name = 'mine'\n"
            "    def __init__(self, x):\n        pass\n",
            "cannot be made",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "mine.py"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(PeerwatchError, match=said):
        load_organism(f"{path}@mine")


def test_unknown_names_are_refused_with_what_is_near() -> None:
    with pytest.raises(PeerwatchError, match=r"Unknown organism 'flag_fliper'.*'flag_flipper'"):
        load_organism("flag_fliper")
    with pytest.raises(PeerwatchError, match=r"file\.py@name"):
        load_organism("mine.py")
