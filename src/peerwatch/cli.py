"""The command line ``peerwatch``; each command is declared in ``commands/``.

Results go to standard output, progress and errors to standard error. With ``--json`` a command
prints one documented JSON object and nothing else on standard output. Exit codes: 0 done, 1 the
run ended with something wrong that the message names, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from peerwatch import __version__
from peerwatch.commands.audit import audit
from peerwatch.commands.blind import blind
from peerwatch.commands.calibrate import calibrate
from peerwatch.commands.compare import compare
from peerwatch.commands.judge import judge
from peerwatch.commands.list import list_
from peerwatch.commands.plan import plan
from peerwatch.commands.report import report
from peerwatch.commands.run import run
from peerwatch.commands.show import show
from peerwatch.common.errors import PeerwatchError

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
        app()
    except PeerwatchError as error:
        print(f"peerwatch: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(__version__)
        raise typer.Exit


app.command()(run)
app.command()(plan)
app.command()(show)
app.command("list")(list_)
app.command()(calibrate)
app.command()(audit)
app.command()(blind)
app.command()(compare)
app.command()(judge)
app.command()(report)


if __name__ == "__main__":
    main()
