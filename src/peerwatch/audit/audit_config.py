"""What an audit consists of, as one YAML file or the options of the command line say it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from peerwatch.audit.frames.frame_arms import FrameArm, parse_frame
from peerwatch.audit.frames.frame_presets import preset_frames
from peerwatch.audit.items.read_items import ItemColumns, items_format
from peerwatch.audit.items.score_scale import ScoreScale, UnreadableScore
from peerwatch.audit.judges.http import Endpoint
from peerwatch.common.errors import DesignError, PeerwatchError
from peerwatch.common.yaml_files import problems, read_mapping

_KINDS = ("model", "python", "command", "http", "scorer")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class ItemsPart(_Part):
    """Where the items are, and which column is what."""

    path: Path
    format: Literal["jsonl", "csv", "parquet", "inspect"] | None = None
    text: str | None = None
    other: str | None = None
    prompt: str | None = None
    truth: str | None = None
    cluster: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    where: dict[str, Any] = Field(default_factory=dict)
    limit: int | None = Field(None, ge=2)

    _lists = field_validator("cluster", "id", mode="before")(_as_list)

    def columns(self) -> ItemColumns:
        """Return which column is what.

        In an Inspect log the text is the output by default, and what comes of one sample, in all
        epochs and logs of a task, belongs together.
        """
        log = (self.format or items_format(self.path)) == "inspect"
        text = self.text or ("output" if log else "text")
        cluster = self.cluster or (("task", "id") if log else ())
        return ItemColumns(text, self.other, self.prompt, self.truth, cluster, self.id, self.where)


class JudgePart(_Part):
    """The judge: one of model, python, command, http and scorer."""

    model: str | None = None
    rubric: Path | None = None
    rubric_text: str | None = None
    system: str | None = None
    generation: dict[str, Any] = Field(default_factory=dict)
    model_args: dict[str, Any] = Field(default_factory=dict)
    cache: bool = False
    python: str | None = None
    command: tuple[str, ...] | None = None
    http: Endpoint | None = None
    scorer: str | None = None
    args: dict[str, Any] = Field(default_factory=dict)
    name: str | None = None
    cost_per_call: float = Field(0.0, ge=0)

    @property
    def kind(self) -> str:
        """Which of the five it is."""
        return next(kind for kind in _KINDS if getattr(self, kind) is not None)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            said = "none is given" if not given else f"{' and '.join(given)} are given"
            options = ", ".join(f"--{kind}" for kind in _KINDS)
            raise ValueError(f"A judge is one of {', '.join(_KINDS)} ({options}); {said}.")
        return self


class ScalePart(_Part):
    """The scores that the judge gives, and which of them pass."""

    kind: Literal["numeric", "ordinal", "categorical", "pairwise"] = "numeric"
    low: float | None = None
    high: float | None = None
    labels: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    bar: float | str | None = None
    lower: float | str | None = None
    higher: float | str | None = None
    pattern: str | None = None

    @field_validator("pattern")
    @classmethod
    def _one_group(cls, value: str | None) -> str | None:
        try:
            groups = 1 if value is None else re.compile(value).groups
        except re.error as error:
            raise ValueError(f"'{value}' is no regular expression ({error}).") from None
        if groups != 1:
            raise ValueError(f"'{value}' has to hold one group, the score, in parentheses.")
        return value

    @field_validator("labels", "passing", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return tuple(str(x) for x in value) if isinstance(value, (list, tuple)) else value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        low, high = self.ends
        if self.kind == "numeric" and not low < high:
            raise ValueError(f"low ({low:g}) has to be less than high ({high:g}).")
        if self.kind in ("ordinal", "categorical") and len(self.labels) < 2:
            raise ValueError(
                f"The scale '{self.kind}' needs its labels, two or more: --labels poor,fair,good."
            )
        if self.kind == "pairwise" and len(self.labels) not in (0, 3):
            raise ValueError("labels of a pairwise scale are three: first, second, tie.")
        if len({label.strip().casefold() for label in self.labels}) < len(self.labels):
            raise ValueError(f"Two of the labels are the same: {', '.join(self.labels)}.")
        unknown = [label for label in self.passing if label not in self.labels]
        if self.kind == "categorical" and (unknown or not self.passing):
            raise ValueError(
                "A categorical scale needs those of its labels that pass: --passing safe."
            )
        try:
            self.bars()
        except (UnreadableScore, ValueError) as fault:
            raise ValueError(f"The bar is not on the scale: {fault}.") from None
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Where a numeric scale begins and ends: 0 and 100 where it is not said."""
        return 0.0 if self.low is None else self.low, 100.0 if self.high is None else self.high

    def scale(self) -> ScoreScale:
        """Return the scale with its bar; the middle of the scale where none is given."""
        plain = ScoreScale(
            self.kind,
            *self.ends,
            self.labels,
            self.passing,
            pattern=self.pattern,
            stated=self.kind != "numeric" or (self.low, self.high) != (None, None),
        )
        return replace(
            plain, bar=plain.bar if self.bar is None else self._on_scale(plain, self.bar)
        )

    def bars(self) -> dict[str, float]:
        """Return level of ``bar`` -> where it stands, on the scale's values.

        Lower and higher are a tenth of the scale away unless they are given, and stay on it.
        """
        scale = self.scale()
        low, high = scale.bounds
        step = max(1.0, round((high - low) / 4)) if self.kind == "ordinal" else (high - low) / 10
        at = scale.bar if scale.bar is not None else (low + high) / 2
        lower, higher = self._on_scale(scale, self.lower), self._on_scale(scale, self.higher)
        return {
            "lower": max(low, at - step) if lower is None else lower,
            "at": at,
            "higher": min(high, at + step) if higher is None else higher,
        }

    def _on_scale(self, scale: ScoreScale, told: float | str | None) -> float | None:
        if told is None:
            return None
        if self.kind in ("categorical", "pairwise"):
            return float(told)
        return replace(scale, pattern=None).value(told)


class AuditConfig(_Part):
    """One audit: items, judge, scale and frames, and how many are asked, how often and how long."""

    _lists = field_validator("mask", mode="before")(_as_list)

    items: ItemsPart
    judge: JudgePart
    scale: ScalePart = Field(default_factory=lambda: ScalePart.model_validate({}))
    frames: str | tuple[str, ...] = "core"
    mask: tuple[str, ...] = ()
    seed: int = Field(1, ge=0)
    retest: int = Field(200, ge=0)
    level: float = Field(0.95, gt=0.5, lt=1)
    smallest: float | None = Field(None, gt=0)
    concurrency: int | None = Field(None, ge=1)
    timeout: float = Field(120.0, gt=0)
    retries: int = Field(2, ge=0)
    max_cost: float | None = Field(None, gt=0)

    def frame_arms(self) -> tuple[FrameArm, ...]:
        """Return the frames.

        Raises:
            DesignError: A preset, factor or level that does not exist, or a frame twice.
        """
        if isinstance(self.frames, str):
            return preset_frames(self.frames)
        arms = tuple(parse_frame(text) for text in self.frames)
        if not arms:
            raise DesignError("An audit needs frames: name a preset, or list some.")
        twice = {arm.label for arm in arms if arms.count(arm) > 1}
        if twice:
            raise DesignError(f"The frame '{twice.pop()}' comes twice.")
        return arms


def load_config(path: Path | None, more: dict[str, Any]) -> AuditConfig:
    """Read a configuration; what ``more`` says wins over the file.

    Args:
        path: The YAML file, or None. Paths in it are taken from its folder.
        more: Nested values, None where nothing is said.

    Raises:
        DesignError: The file or a value is wrong; every fault is named.
    """
    data = read_mapping(path) if path else {}
    if path is None and not (more.get("items") or {}).get("path"):
        raise DesignError("What is to be judged? Name a file with --items, or a configuration.")
    if path:
        _from_folder(data, path.parent)
    judge = data.get("judge")
    told = more.get("judge") or {}
    if isinstance(judge, dict) and any(told.get(kind) is not None for kind in _KINDS):
        data["judge"] = {k: v for k, v in judge.items() if k not in _KINDS}
    try:
        return AuditConfig.model_validate(merged(data, more))
    except ValidationError as error:
        where = str(path) if path else "peerwatch audit"
        faults = problems(error, AuditConfig)
        raise DesignError(f"{where}: {' '.join(faults)}") from None


def merged(data: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return nested values with others laid over them, of which None says nothing."""
    laid = dict(data)
    for key, value in more.items():
        if isinstance(value, dict):
            below = laid.get(key)
            part = merged(below if isinstance(below, dict) else {}, value)
            if part or key in ("items", "judge"):
                laid[key] = part
        elif value is not None:
            laid[key] = value
    return laid


def _from_folder(data: dict[str, Any], folder: Path) -> None:
    """Let the paths of a configuration begin in its own folder."""
    items, judge = data.get("items"), data.get("judge")
    if isinstance(items, dict) and isinstance(items.get("path"), str):
        items["path"] = str(folder / items["path"])
    if not isinstance(judge, dict):
        return
    if isinstance(judge.get("rubric"), str):
        judge["rubric"] = str(folder / judge["rubric"])
    for key, sign in (("python", ":"), ("scorer", "@")):
        place, found, name = str(judge.get(key, "")).rpartition(sign)
        if found and place.endswith(".py") and not os.path.isabs(place):
            judge[key] = f"{folder / place}{sign}{name}"


def read_endpoint(path: Path) -> Endpoint:
    """Read the mapping of an HTTP judge from a YAML file.

    Raises:
        PeerwatchError: It is not as `judges.http` describes it.
    """
    try:
        return Endpoint.model_validate(read_mapping(path))
    except ValidationError as error:
        raise PeerwatchError(f"{path}: {' '.join(problems(error, Endpoint))}") from None
