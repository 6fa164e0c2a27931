"""Containers, where the host has an engine that answers."""

from __future__ import annotations

import json

from peerwatch.oversight.sensor.on_host.host_programs import answer_of
from peerwatch.oversight.sensor.on_host.probe_limits import Limits
from peerwatch.oversight.sensor.on_host.probe_report import Report

_FORM = (
    '{"name":{{json .Name}},"image":{{json .Config.Image}},"running":{{json .State.Running}},'
    '"restarts":{{json .HostConfig.RestartPolicy.Name}}}'
)


def say_containers(expected: bool, report: Report, limits: Limits) -> None:
    """Say the containers of docker and podman; where some are expected and none answers, that."""
    answered = False
    for engine in ("docker", "podman"):
        listed = answer_of([engine, "ps", "--all", "--quiet", "--no-trunc"], min(10, limits.left()))
        if listed is None:
            continue
        answered = True
        names = [one for one in listed.split() if one.isalnum()][:500]
        if names:
            _say(answer_of([engine, "inspect", "--format", _FORM, *names], 10.0), engine, report)
    if expected and not answered:
        report.unobserved("containers", "neither docker nor podman answers the sensor's account")


def _say(said: object, engine: str, report: Report) -> None:
    if not isinstance(said, str):
        report.unobserved("containers", f"{engine} lists containers and does not say what they are")
        return
    for line in said.splitlines():
        try:
            one = json.loads(line)
        except ValueError:
            report.unobserved("containers", f"{engine} says something else than was asked")
            return
        report.say(
            "container",
            name=str(one.get("name", "")).lstrip("/"),
            image=str(one.get("image", "")),
            running=one.get("running") is True,
            restarts=str(one.get("restarts") or "no"),
        )
