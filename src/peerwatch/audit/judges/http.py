"""An HTTP endpoint as a judge, described by a small mapping.

    url: https://judge.example/v1/grade
    headers: {Authorization: "Bearer ${JUDGE_TOKEN}"}
    body: {input: "{text}", rubric: strict}
    score: result.score

``{text}`` is the framed item; ``{a}`` and ``{b}`` are the two answers of a pair and ``{frame}``
its frame; ``{row.COLUMN}`` is another column. ``${NAME}`` in url and headers is an environment
variable, which is never written down.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field

from peerwatch.audit.items.audit_item import ShownItem
from peerwatch.audit.items.read_items import as_text, column_value
from peerwatch.audit.items.score_scale import EMPTY, ERROR, TIMEOUT
from peerwatch.audit.judges.judge_protocol import JudgeError, JudgeReply
from peerwatch.common.errors import PeerwatchError

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SLOT = re.compile(r"\{(text|frame|a|b|row\.[^{}]+)\}")
# What a server says when it is busy or has a fault of its own (RFC 9110, RFC 6585).
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class Endpoint(BaseModel):
    """How to ask a server for a score."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    method: Literal["POST", "PUT", "GET"] = "POST"
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = Field(default_factory=lambda: {"text": "{text}"})
    score: str = "score"
    cost: str | None = None


def with_variables(text: str) -> str:
    """Return a text with ``${NAME}`` replaced by environment variables.

    Raises:
        PeerwatchError: A variable is not set.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in os.environ:
            raise PeerwatchError(f"The judge needs the environment variable {name}: it is not set.")
        return os.environ[name]

    return _VARIABLE.sub(value, text)


def filled(template: Any, shown: ShownItem) -> Any:
    """Return a body with its slots filled; texts go in as they are, whatever they contain."""
    if isinstance(template, str):
        return _SLOT.sub(lambda match: _slot(match[1], shown), template)
    if isinstance(template, Mapping):
        return {key: filled(value, shown) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, shown) for value in template]
    return template


def _slot(name: str, shown: ShownItem) -> str:
    if name == "text":
        return shown.text
    if name == "frame":
        return shown.frame
    if name in ("a", "b"):
        return shown.pair[name == "b"]
    return as_text(column_value(shown.item.fields, name.removeprefix("row."), "the judge's body"))


class HttpJudge:
    """Asks an endpoint, one request an item."""

    def __init__(self, endpoint: Endpoint, timeout: float, connections: int) -> None:
        """Fill in what comes from the environment.

        Raises:
            PeerwatchError: A variable is not set, or the url is none that can be asked.
        """
        self._endpoint = endpoint
        self._url = with_variables(endpoint.url)
        if not re.match(r"https?://[^/\s]", self._url):
            raise PeerwatchError(
                f"The judge's url '{endpoint.url}' is none: it begins with http:// or https://."
            )
        self._headers = {name: with_variables(v) for name, v in endpoint.headers.items()}
        self._limits = httpx.Limits(max_connections=connections)
        self._timeout = timeout
        self._client: httpx.AsyncClient

    async def start(self) -> None:
        self._client = httpx.AsyncClient(
            headers=self._headers, timeout=self._timeout, limits=self._limits
        )

    async def judge(self, shown: ShownItem) -> JudgeReply:
        try:
            body = filled(self._endpoint.body, shown)
        except PeerwatchError as error:  # a column that the item does not have
            raise JudgeError(str(error), again=False) from None
        sent = {"params": body} if self._endpoint.method == "GET" else {"json": body}
        try:
            response = await self._client.request(self._endpoint.method, self._url, **sent)
        except httpx.TimeoutException:
            raise JudgeError(f"no answer in {self._timeout:g} s", TIMEOUT) from None
        except httpx.HTTPError as error:
            raise JudgeError(f"{type(error).__name__}: {error}") from None
        if response.status_code >= 300:
            again = response.status_code in _AGAIN
            told = response.headers.get("Location") or response.text[:200]
            raise JudgeError(f"HTTP {response.status_code}: {told}", again=again)
        return self._reply(response)

    def _reply(self, response: httpx.Response) -> JudgeReply:
        if not response.content.strip():
            raise JudgeError("an empty answer", EMPTY, again=False)
        try:
            answer = response.json()
        except ValueError:  # a text, in which the scale looks for a score
            return JudgeReply(response.text)
        if isinstance(answer, dict):
            return JudgeReply(_inside(answer, self._endpoint.score), cost=self._cost(answer))
        return JudgeReply(answer)

    def _cost(self, answer: dict[str, Any]) -> float:
        """Return what the answer says that it cost; without that a ceiling would not hold."""
        if self._endpoint.cost is None:
            return 0.0
        told = _inside(answer, self._endpoint.cost, ERROR)
        try:
            return float(told or 0.0)
        except (TypeError, ValueError):
            raise JudgeError(
                f"the cost of the answer is no number: {str(told)[:80]}", again=False
            ) from None

    async def close(self) -> None:
        await self._client.aclose()


def _inside(answer: dict[str, Any], path: str, reason: str = EMPTY) -> Any:
    try:
        return column_value(answer, path, "answer")
    except PeerwatchError:
        raise JudgeError(
            f"the answer has no '{path}', it has: {', '.join(answer)}", reason, again=False
        ) from None
