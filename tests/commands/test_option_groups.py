"""Options in groups: what is typed arrives in the dataclass, and nothing else does."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from peerwatch.commands.option_groups import with_groups
from peerwatch.commands.options import parse_model_args
from peerwatch.common.errors import DesignError
from peerwatch.running.run_options import FLAG, ConnectionOptions, LimitOptions


@pytest.fixture
def app() -> typer.Typer:
    @with_groups
    def command(name: str = "none", *, limits: LimitOptions, connection: ConnectionOptions) -> None:
        """Say what was given."""
        print(name, limits.time, limits.cost, connection.max_retries, connection.timeout)

    made = typer.Typer()
    made.command()(command)
    return made


def test_fields_are_options_and_come_back_together(app: typer.Typer) -> None:
    asked = ["--name", "x", "--time-limit", "9", "--cost-limit", "0.5", "--max-retries", "0"]
    ended = CliRunner().invoke(app, asked)
    assert ended.exit_code == 0 and ended.stdout == "x 9 0.5 0 None\n"
    assert CliRunner().invoke(app, []).stdout == "none None None None None\n"


def test_each_field_has_an_option_with_its_own_type(app: typer.Typer) -> None:
    options = {name for one in get_command(app).params for name in one.opts}
    for group in (LimitOptions, ConnectionOptions):
        assert {one.metadata[FLAG] for one in fields(group)} <= options
    assert CliRunner().invoke(app, ["--time-limit", "soon"]).exit_code == 2


def test_arguments_of_a_provider_are_read_as_inspect_reads_them() -> None:
    given = parse_model_args(["a=1", "b-c=true", "d=[1, x]", "e=text"])
    assert given == {"a": 1, "b_c": True, "d": [1, "x"], "e": "text"}
    for wrong in ("a", "=1", "a=", "a=[1"):
        with pytest.raises(DesignError, match=r"not of the form|cannot be read"):
            parse_model_args([wrong])


@dataclass(frozen=True)
class One:
    place: Annotated[str, typer.Argument()]
    names: Annotated[list[str] | None, typer.Option("--name")] = None


@dataclass(frozen=True)
class Other:
    size: Annotated[int, typer.Option(help="How large.")] = 3
    loud: Annotated[bool, typer.Option("--loud")] = False


@with_groups
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


def test_an_argument_that_is_missing_is_told() -> None:
    app = typer.Typer()
    app.command()(command)
    assert CliRunner().invoke(app, ()).exit_code == 2
