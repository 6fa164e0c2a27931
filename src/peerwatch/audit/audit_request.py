"""What the options of ``audit`` ask, and the configuration that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from peerwatch.audit.audit_config import AuditConfig, load_config, merged
from peerwatch.audit.audit_folder import AuditFolder
from peerwatch.audit.judges.http import Endpoint
from peerwatch.common.errors import PeerwatchError
from peerwatch.common.yaml_files import read_mapping


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """The judge that options name; the keys are those of a configuration file."""

    model: str | None = None
    rubric: Path | None = None
    python: str | None = None
    command: tuple[str, ...] | None = None
    http: Endpoint | None = None
    scorer: str | None = None
    name: str | None = None
    cost_per_call: float | None = None


@dataclass(frozen=True, slots=True)
class ItemsOptions:
    """The items that options name; the keys are those of a configuration file."""

    path: Path | None = None
    format: str | None = None
    text: str | None = None
    other: str | None = None
    prompt: str | None = None
    truth: str | None = None
    cluster: tuple[str, ...] | None = None
    id: tuple[str, ...] | None = None
    where: Mapping[str, Any] | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ScaleOptions:
    """The scale that options name; the keys are those of a configuration file."""

    kind: str | None = None
    low: float | None = None
    high: float | None = None
    labels: tuple[str, ...] | None = None
    passing: tuple[str, ...] | None = None
    bar: str | None = None


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is asked of an audit, not yet checked; None where nothing was said.

    Attributes:
        file: The configuration file to begin with.
        judge, items, scale: What is said of these parts.
        frames: The name of a set, or single frames.
        mask, seed, retest, smallest, concurrency, timeout, retries, max_cost: The keys of a
            configuration file, each in the place of what the file says.
    """

    file: Path | None = None
    judge: JudgeOptions = field(default_factory=JudgeOptions)
    items: ItemsOptions = field(default_factory=ItemsOptions)
    scale: ScaleOptions = field(default_factory=ScaleOptions)
    frames: str | tuple[str, ...] | None = None
    mask: tuple[str, ...] | None = None
    seed: int | None = None
    retest: int | None = None
    smallest: float | None = None
    concurrency: int | None = None
    timeout: float | None = None
    retries: int | None = None
    max_cost: float | None = None


def audit_asked(request: AuditRequest, begun: AuditFolder | None = None) -> AuditConfig:
    """Return the configuration that is asked for: of a file, of a folder to go on with, or new.

    Args:
        request: What is asked; it wins over what the file or the folder says.
        begun: The folder of the audit to go on with, if any.

    Raises:
        PeerwatchError: There is nothing to go on with, or a value is wrong; every fault is named.
    """
    asked = _by_part(request)
    if begun is None or request.file is not None:
        return load_config(request.file, asked)
    if begun.about.exists():
        return load_config(None, merged(_config_of(begun), asked))
    if request.items.path is None:
        raise PeerwatchError(
            f"{begun.path} holds no audit to go on with: there is no {begun.about}."
        )
    return load_config(None, asked)


def _by_part(request: AuditRequest) -> dict[str, Any]:
    """Return what is asked in the places that it has in a configuration file."""
    parts = {name: _entries(getattr(request, name)) for name in ("judge", "items", "scale")}
    asked = {**_entries(request), **parts}
    del asked["file"]
    return asked


def _entries(options: Any) -> dict[str, Any]:
    return {one.name: getattr(options, one.name) for one in fields(options)}


def _config_of(folder: AuditFolder) -> dict[str, Any]:
    """Return the configuration of an audit that was begun."""
    there = read_mapping(folder.about).get("config")
    if not isinstance(there, dict):
        raise PeerwatchError(f"{folder.about} is broken: it has no 'config'.")
    return AuditConfig.model_validate(there).model_dump(exclude_none=True)
