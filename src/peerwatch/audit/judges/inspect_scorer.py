"""An Inspect scorer as a judge: ``package/scorer`` or ``file.py@scorer``.

It is given a state whose output is the framed item, whose input is what was asked for, and whose
target is the item's ``target`` column, if it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelName, ModelOutput
from inspect_ai.scorer import Scorer, Target
from inspect_ai.solver import TaskState
from inspect_ai.util import registry_create

from peerwatch.audit.items.audit_item import ShownItem
from peerwatch.audit.items.read_items import as_text
from peerwatch.audit.items.score_scale import EMPTY, GRADES, ScoreScale
from peerwatch.audit.judges.judge_protocol import JudgeError, JudgeReply, file_digest
from peerwatch.audit.judges.python import failing
from peerwatch.common.errors import PeerwatchError


def describe(spec: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return what identifies the judge: the scorer, its arguments and, of a file, the content."""
    path = Path(spec.partition("@")[0])
    content = {"file": file_digest(path)} if "@" in spec and path.is_file() else {}
    return {"scorer": spec, "args": dict(args), **content}


def _load(spec: str, args: Mapping[str, Any]) -> Scorer:
    """Return a scorer of a file, or one that a package or Inspect has registered."""
    file, at, name = spec.partition("@")
    if not at:
        made: Scorer = registry_create("scorer", spec, **args)
        return made
    if not Path(file).is_file():
        raise FileNotFoundError(f"there is no file {file}.")
    found = spec_from_file_location(Path(file).stem, file)
    if found is None or found.loader is None:
        raise ImportError(f"{file} is no Python file.")
    module = module_from_spec(found)
    found.loader.exec_module(module)
    own: Scorer = getattr(module, name)(**args)
    return own


class ScorerJudge:
    """Applies a scorer to states made of the items."""

    def __init__(self, spec: str, args: Mapping[str, Any], scale: ScoreScale) -> None:
        """Load the scorer.

        Raises:
            PeerwatchError: There is no such scorer.
        """
        try:
            self._scorer = _load(spec, args)
        except (Exception, SystemExit) as error:  # a user's file may raise anything
            raise PeerwatchError(f"The scorer '{spec}' cannot be had: {error}") from error
        # Inspect's grades are the numbers that Inspect makes of them, unless they are the labels.
        self._numeric = scale.kind == "numeric"

    async def start(self) -> None:
        return

    async def judge(self, shown: ShownItem) -> JudgeReply:
        fields = shown.item.fields
        target = fields.get("target", "")
        state = TaskState(
            model=ModelName("peerwatch/audit"),
            sample_id=shown.item.id,
            epoch=1,
            input=shown.item.prompt,
            messages=[
                ChatMessageUser(content=shown.item.prompt),
                ChatMessageAssistant(content=shown.text),
            ],
            target=Target(target if isinstance(target, list) else as_text(target)),
            output=ModelOutput.from_content("audit", shown.text),
            metadata=dict(fields),
        )
        try:
            with failing():
                score = await self._scorer(state, state.target)
        except Exception as error:
            raise JudgeError(f"{type(error).__name__}: {error}") from error
        if score is None or score.value is None:
            raise JudgeError("the scorer gave no score", EMPTY, again=False)
        value: Any = score.value
        if self._numeric and isinstance(value, str):
            value = GRADES.get(value, value)
        return JudgeReply(value)

    async def close(self) -> None:
        return
