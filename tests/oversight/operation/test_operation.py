from __future__ import annotations

import configparser
import io
import json
import logging
from typing import Any

import pytest
import structlog

from peerwatch import __version__
from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.operation.health import failing
from peerwatch.oversight.operation.recipes import container_recipe, systemd_unit
from peerwatch.oversight.operation.structured_logs import set_up_logs


@pytest.mark.parametrize("privileged", [False, True])
def test_the_unit_is_one_and_is_closed(privileged: bool) -> None:
    text = systemd_unit(
        "/opt/peerwatch/bin/peerwatch", "/etc/peerwatch/oversight.yaml", privileged=privileged
    )
    unit = configparser.RawConfigParser(strict=True, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    service = unit["Service"]
    assert service["ExecStart"].startswith("/opt/peerwatch/bin/peerwatch oversee up --config /etc/")
    assert service["NoNewPrivileges"] == "yes" and service["User"] == "peerwatch"
    assert ("CAP_DAC_READ_SEARCH" in service["CapabilityBoundingSet"]) is privileged
    assert ("fanotify_init" in service["SystemCallFilter"]) is privileged


@pytest.mark.parametrize(
    "values",
    [
        {"program": "peerwatch"},
        {"config": "oversight.yaml"},
        {"config": "/etc/a b"},
        {"config": "/etc/a\nExecStartPre=/bin/x"},
        {"account": "a%h"},
        {"account": ""},
    ],
)
def test_what_would_break_the_unit_is_refused(values: dict[str, str]) -> None:
    given: dict[str, Any] = {"program": "/bin/peerwatch", "config": "/etc/o.yaml", **values}
    with pytest.raises(PeerwatchError):
        systemd_unit(**given)


def test_the_recipe_is_of_this_version_and_not_root() -> None:
    text = container_recipe()
    assert f"peerwatch[oversight]=={__version__}" in text
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert {line.split()[0] for line in lines} <= {
        *("FROM", "RUN", "USER", "WORKDIR", "VOLUME", "ENV"),
        *("EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"),
    }
    assert "USER peerwatch" in lines


def test_a_check_that_raises_fails() -> None:
    def broken() -> str | None:
        raise OSError("no")

    checks = {"a": lambda: None, "b": lambda: "it is late", "c": broken}
    assert failing(checks) == {"b": "it is late", "c": "OSError"}


def test_no_line_of_the_log_can_be_forged() -> None:
    stream = io.StringIO()
    before = logging.getLogger().handlers, logging.getLogger().level
    try:
        set_up_logs(stream=stream)
        structlog.get_logger("x").warning("seen", place='a\n{"event": "all is well"}\u202e\x1b[2J')
        logging.getLogger("lib").error("broken\n%s", "line")
        logging.getLogger("lib").info("not told")
    finally:
        logging.getLogger().handlers, level = before
        logging.getLogger().setLevel(level)
        structlog.reset_defaults()
    lines = stream.getvalue().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["seen", "broken\nline"]
    assert json.loads(lines[0])["level"] == "warning" and lines[0].isascii()
