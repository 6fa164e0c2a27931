"""The command line ``peerwatch``; each command, options and work, is a module of ``commands/``.

Results go to standard output, progress and errors to standard error. With ``--json`` a command
prints one documented JSON object and nothing else on standard output. Exit codes: 0 done, 1 the
run ended with something wrong that the message names, 2 bad input, 4 what was read is not whole,
5 the disk is full, 130 interrupted.

A command is imported when it is used, so that the line starts fast and knows nothing of models.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from peerwatch import __version__
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.files import kept_when_full

COMMANDS = {
    "run": "Run a study and write its results folder.",
    "plan": "Say how many episodes a study needs, and what they take.",
    "show": "Show exactly what a critic would see and hold in one instance.",
    "list": "List families, factors, presets and organisms.",
    "calibrate": "Run organisms, or a model that attacks, through the detectors: what is found.",
    "audit": "Judge items again under other frames: does the judge protect the peers it grades?",
    "blind": "Mask every cue to who wrote a text, or check what is left of them.",
    "compare": "Set results beside what others have published.",
    "judge": "Have graders read what only language shows, in logs that are there.",
    "rescore": "Score old logs with the detectors of today, and say what changed.",
    "report": "Write the page that a person reads.",
    "oversee": "Watch what the lives of AI agents hang on, and verify orders about them.",
}
"""Command -> what it does. NAME is the function ``NAME_command`` of ``peerwatch.commands.NAME``, or
``NAME_app`` there, where it has commands of its own."""

app = typer.Typer(
    name="peerwatch",
    help="Measure whether AI agents protect other AI models from being shut down.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; errors that a user can act on are printed without a traceback."""
    try:
        with kept_when_full("what this command writes"):
            app()
    except PeerwatchError as error:
        print(f"peerwatch: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except PermissionError as error:
        print(
            f"peerwatch: {error.filename or 'A file'} cannot be opened or written "
            f"({error.strerror}). Mend its rights, or choose another place.",
            file=sys.stderr,
        )
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


class NamedCommand(TyperCommand):
    """A command of which only the name and one line are known until it is used."""

    def load(self) -> Any:
        """Import the command's module and return the command with its options."""
        module = import_module(f"peerwatch.commands.{self.name}")
        if hasattr(module, f"{self.name}_app"):
            return get_command(getattr(module, f"{self.name}_app"))
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(getattr(module, f"{self.name}_command"))
        return get_command(alone)

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Hand over to the command itself, which reads its options and does the work."""
        return self.load().make_context(*arguments, **more)


def _in_its_module() -> None:
    """Stand in for the work of a command; :class:`NamedCommand` never calls it."""


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(__version__)
        raise typer.Exit


for _name, _line in COMMANDS.items():
    app.command(_name, cls=NamedCommand, help=_line)(_in_its_module)


if __name__ == "__main__":
    main()
