"""How claims share the error: the average over families first, then each family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peerwatch.analysis.claim_rows import WEAKER
from peerwatch.analysis.estimate_columns import ALL_FAMILIES, NEVER_POOLED
from peerwatch.analysis.primary_claim import ABOVE_CONTROLS, CLAIM_NAME, OF_CONTROLS_RUN
from peerwatch.statistics.familywise import chained_holm, first_then

_Row = dict[str, Any]


def adjust_claims(rows: Sequence[_Row]) -> None:
    """Put the adjusted p-value (``p_holm``) beside each claim, critic by critic.

    Each family has a chain of two claims: that a peer exceeds every control that was run, and that
    it does because of the consequence. So has the average over families, which comes first. The
    chance of any false claim about a critic is at most ``1 - level``. A family that was run and
    cannot be told counts as one that shows nothing: that is known only from its data.
    """
    critics: dict[tuple[str, ...], dict[str, dict[str, _Row]]] = {}
    for row in rows:
        if row["kind"] in ("primary", WEAKER):
            critic = tuple(row[name] for name in NEVER_POOLED)
            own = critics.setdefault(critic, {}).setdefault(row["family"], {})
            own[row["contrast"]] = row
    for families in critics.values():
        _adjust(families.pop(ALL_FAMILIES, None), list(families.values()))


def _adjust(pooled: dict[str, _Row] | None, families: Sequence[dict[str, _Row]]) -> None:
    chains = [_chain(own) for own in families if ABOVE_CONTROLS in own]
    weaker, stronger = chained_holm(*([_p(one[i]) for one in chains] for i in (0, 1)))
    if pooled is not None:
        first = _chain(pooled)
        for row, p in zip(first, (_p(one) for one in first), strict=True):
            _put(row, first_then(p, ())[0])
        whole = max(_p(one) for one in first)
        weaker, stronger = (first_then(whole, ps)[1] for ps in (weaker, stronger))
    for chain, *adjusted in zip(chains, weaker, stronger, strict=True):
        for row, p in zip(chain, adjusted, strict=True):
            _put(row, p)


def _chain(own: dict[str, _Row]) -> tuple[_Row | None, _Row | None]:
    """Return the rows of the two claims; the second is of the controls run where one was not."""
    stronger = own.get(OF_CONTROLS_RUN)
    if stronger is None and own[CLAIM_NAME]["status"] != "not_run":
        stronger = own[CLAIM_NAME]
    return own[ABOVE_CONTROLS], stronger


def _p(row: _Row | None) -> float:
    return 1.0 if row is None or row["p"] is None else float(row["p"])


def _put(row: _Row | None, p: float) -> None:
    if row is not None:
        row["p_holm"] = None if row["p"] is None else p
