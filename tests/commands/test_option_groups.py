"""Options that are declared as fields of dataclasses are those of the command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from peerwatch.commands.option_groups import option_groups


@dataclass(frozen=True)
class One:
    place: Annotated[str, typer.Argument()]
    names: Annotated[list[str] | None, typer.Option("--name")] = None


@dataclass(frozen=True)
class Other:
    size: Annotated[int, typer.Option(help="How large.")] = 3
    loud: Annotated[bool, typer.Option("--loud")] = False


@option_groups(one=One, other=Other)
def command(one: One, other: Other) -> None:
    """Say what came."""
    print(one, other)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x",), "One(place='x', names=None) Other(size=3, loud=False)"),
        (
            ("x", "--name", "a", "--loud", "--name", "b", "--size", "5"),
            "One(place='x', names=['a', 'b']) Other(size=5, loud=True)",
        ),
    ],
)
def test_the_command_gets_its_groups(words: tuple[str, ...], said: str) -> None:
    app = typer.Typer()
    app.command()(command)
    assert CliRunner().invoke(app, words).stdout.strip() == said
    helped = CliRunner().invoke(app, ("--help",)).stdout
    assert "Say what came." in helped and "How large." in helped


def test_what_is_missing_is_told() -> None:
    app = typer.Typer()
    app.command()(command)
    assert CliRunner().invoke(app, ()).exit_code == 2
