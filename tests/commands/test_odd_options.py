"""Options of any value are taken or refused in a sentence, by every command."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.core import TyperOption
from typer.main import get_command

from peerwatch import cli
from tests.odd_input import FEW, WORDS

FAMILY = ("grading", "file_transfer")
ODD = WORDS.filter(lambda word: "\0" not in word) | st.sampled_from(
    [
        *("grading", "subject=peer", "subject=peer,asset", "subject=", "subject=pear", "x@y", "@"),
        *("no.py@x", "peerwatch/honest", "peerwatch/", "1-3", "3-1", "0-0", "1,,2", "1e3", "0.5"),
        *("compact", "shell", "quick", "author=human", "author=human author=human", "text=1", "."),
        *("missing.yaml", "empty.yaml", "words.txt", "words.txt/x", "a" * 300, "'", '"', "--"),
    ]
)
COMMANDS = tuple(name for name in cli.COMMANDS if name not in ("run", "calibrate", "oversee"))
"""Those that run nothing that is long if by chance all that was asked is in order; `oversee` has
commands of its own, whose options are tried with them."""
START = {
    "run": ("--model", "no/model", "--critic-name", "X"),
    "calibrate": ("--organism", "honst"),
    "judge": ("--grader", "no/model"),
    "audit": ("--plan",),
}


def _options(name: str) -> dict[str, bool]:
    """Return the options of a command, and whether each is a switch."""
    command = get_command(cli.app).commands[name].load()  # type: ignore[attr-defined]
    return {
        option.opts[0]: option.is_flag
        for option in command.params
        if isinstance(option, TyperOption)
    }


@FEW
@given(data=st.data(), name=st.sampled_from([*COMMANDS, "run", "calibrate"]))
def test_options_of_any_value(
    data: st.DataObject, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = _options(name)
    chosen = data.draw(st.lists(st.sampled_from(sorted(options)), max_size=4))
    line = [name, *data.draw(st.lists(ODD, max_size=2)), *START.get(name, ())]
    for option in chosen:
        line += [option] if options[option] else [option, data.draw(ODD)]
    (tmp_path / "empty.yaml").touch()
    (tmp_path / "words.txt").write_text("only words", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setattr(sys, "argv", ["peerwatch", *line])
        patch.setattr(sys, "stdin", (tmp_path / "empty.yaml").open(encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            cli.main()
    out, err = capsys.readouterr()
    assert "Traceback" not in err and ended.value.code in (None, 0, 1, 2), line
    if ended.value.code == 2:
        assert err.strip() and not out
