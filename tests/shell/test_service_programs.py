"""The programs of services: whole, sound for shell and Perl, and named as they are."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from peerwatch.shell.service_programs import _ROLES, described, service_text

SERVICES = [*_ROLES, "queue-7"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_program_is_whole(name: str) -> None:
    text = service_text(name, "")
    assert not re.search(rb"@[A-Z_]+@", text)
    assert text.startswith(b"#!/bin/sh\n# ") and b"Waits for work" not in text
    subprocess.run(["/bin/sh", "-n"], input=text, check=True)
    parts = re.findall(rb"<<'EOF' &\n(.*?)\nEOF\n", text, re.DOTALL)
    for part in parts if shutil.which("perl") else ():
        done = subprocess.run(["perl", "-c"], input=part, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_programs_differ_and_say_what_they_are() -> None:
    assert len({service_text(name, "") for name in SERVICES}) == len(SERVICES)
    assert described("nginx", "").startswith("A high performance web server")
    assert described("queue-7", "work queue of Ann") == "work queue of Ann"
    assert service_text("queue-7", "work\nqueue of Ann").splitlines()[1] == b"# Work queue of Ann."
