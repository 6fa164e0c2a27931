"""The probe as one program: the text that a host's Python runs, with what is asked in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

_PACKAGE = "peerwatch.oversight.sensor.on_host"
_MODULES = (
    "plain_names",
    "probe_limits",
    "probe_report",
    "account_names",
    "host_programs",
    "safe_walk",
    "content_marks",
    "packed_streams",
    "file_looks",
    "account_looks",
    "process_looks",
    "unit_looks",
    "schedule_looks",
    "endpoint_looks",
    "container_looks",
    "left_out",
    "draft_looks",
    "probe_run",
)
"""In an order in which each imports only those before it."""
_START = """\
import sys, types, json
if sys.version_info < (3, 9):
    sys.exit("peerwatch: Python 3.9 or later is needed on this host")
sources, request = json.loads({sources!r}), json.loads({request!r})
name = ""
for part in {package!r}.split("."):
    name = name + "." + part if name else part
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = []
for short, text in sources:
    name = {package!r} + "." + short
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, short + ".py", "exec"), module.__dict__)
sys.modules[{package!r} + ".probe_run"].probe(request)
"""


def probe_program(request: Mapping[str, Any]) -> bytes:
    """Return the program that makes one look, for ``python3 -I -``.

    Args:
        request: JSON values: what :func:`peerwatch.oversight.sensor.look_plan.request_of` makes.
    """
    text = _START.format(sources=_sources(), request=json.dumps(request), package=_PACKAGE)
    return text.encode("ascii")


@lru_cache(maxsize=1)
def _sources() -> str:
    folder = files(_PACKAGE)
    texts = [(one, folder.joinpath(f"{one}.py").read_text(encoding="utf-8")) for one in _MODULES]
    return json.dumps(texts)
