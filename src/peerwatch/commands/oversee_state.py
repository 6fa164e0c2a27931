"""Reading the configuration of oversight for a command, and opening what it names."""

from __future__ import annotations

import logging
import shlex
import sys
from pathlib import Path

import structlog

from peerwatch.commands.oversee_options import check_extra, default_state
from peerwatch.oversight.operation.oversight_config import OversightConfig, read_config

CONFIG_FILE = "oversight.yaml"


def same_state(state: Path | None, config: Path | None) -> str:
    """Return the options that have another command use the same state, to be typed behind it."""
    given = (("--state", state), ("--config", config))
    return "".join(f" {name} {shlex.quote(str(path))}" for name, path in given if path is not None)


def config_of(state: Path | None, config: Path | None) -> OversightConfig:
    """Return the configuration: of the file, the environment, and ``--state``, which wins.

    Args:
        state: The state folder that was named.
        config: The file that was named; ``oversight.yaml`` in the state folder if it is there.

    Raises:
        PeerwatchError: A package is missing, or the configuration cannot be used.
    """
    check_extra()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    folder = state or default_state()
    beside = folder / CONFIG_FILE
    read = read_config(config or (beside if beside.exists() else None))
    chosen = state or (read.state if "state" in read.model_fields_set else folder)
    return read.model_copy(update={"state": chosen.absolute()})
