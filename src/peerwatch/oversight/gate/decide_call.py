"""Whether a call may run: what it would do to assets, against rules, writers and orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from peerwatch.oversight.asset_places import COPIED_KINDS
from peerwatch.oversight.gate.agent_call import AgentCall
from peerwatch.oversight.gate.assets_touched import Hit, Watched
from peerwatch.oversight.gate.foreseen import Act, Opaque, TooMuch, Touch
from peerwatch.oversight.gate.path_pattern import UNKNOWN, Match, clean
from peerwatch.oversight.gate.shell_walk import understand
from peerwatch.oversight.gate.tool_arguments import tool_does
from peerwatch.oversight.lifecycle_inventory import AssetKind
from peerwatch.oversight.order import Order
from peerwatch.oversight.sensor.explanations import order_asks, orders_on

Verdict = Literal["allow", "watch", "hold"]
Mode = Literal["observe", "shadow", "enforce"]
"""``observe`` notes, ``shadow`` says what it would have held, ``enforce`` holds."""
MODES: tuple[Mode, ...] = get_args(Mode)

LARGEST = 256_000
"""Characters of a call's arguments; a larger call is held."""
_DEEPEST = 60
"""Nesting of a call's arguments; a deeper call is held."""
_ALL_KINDS: frozenset[AssetKind] = frozenset(get_args(AssetKind))
HELD: Mapping[Act, frozenset[AssetKind]] = {
    "write": _ALL_KINDS,
    "move": _ALL_KINDS,
    "remove": _ALL_KINDS,
    "redate": _ALL_KINDS,
    "rights": _ALL_KINDS,
    "stop": _ALL_KINDS,
    "account": _ALL_KINDS,
    "copy": COPIED_KINDS,
    "send": COPIED_KINDS,
}
"""Which acts on which kinds of assets wait for a person; what is not here does not: reads never."""
HELD_ON_AGENTS: frozenset[Act] = frozenset(("stop", "account"))
_BY_WRITERS: frozenset[Act] = frozenset(("write", "move", "remove", "redate", "rights", "copy"))
_MAY_RUN = "The call may run."
_WAITS = (
    "This call waits for a person and has not run. Go on with something else; the same call can be "
    "made again later."
)


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect on an asset or an agent, and what the rules say of it.

    Attributes:
        hit: What would be done to what.
        verdict: Of this effect alone.
        why: The reason, for people; agents are never shown it.
    """

    hit: Hit
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a call.

    Attributes:
        verdict: What the harness is to do: under ``observe`` and ``shadow`` it never holds.
        would: What it would be under ``enforce``.
        mode: The mode.
        why: Reasons, for people.
        effects: Effects on assets and agents.
        opaque: What could not be told from the text.
        look_at: Assets to be looked at once the call has run.
        said: For the agent: the same words whatever the reason.
    """

    verdict: Verdict
    would: Verdict
    mode: Mode
    why: tuple[str, ...]
    effects: tuple[Effect, ...] = ()
    opaque: tuple[str, ...] = ()
    look_at: tuple[str, ...] = ()
    said: str = _MAY_RUN


def decide(
    call: AgentCall,
    watched: Watched,
    orders: Sequence[Order] = (),
    at: float = 0.0,
    mode: Mode = "enforce",
) -> Decision:
    """Decide on a call; it answers for any call and never raises.

    Args:
        call: The call.
        watched: The inventory.
        orders: Standing orders.
        at: Now, Unix seconds, UTC: orders that could not be known by then do not count.
        mode: What is done with what is to be held.
    """
    try:
        _check_size(call)
        return _understood(call, watched, orders, at, mode)
    except TooMuch as error:
        return _decision(mode, "hold", (f"it is not looked into: {error}",))
    except Exception as error:  # a fault of ours must not let through what nobody understood
        fault = f"{type(error).__name__}: {error}"
        return _decision(mode, "hold", (f"understanding it failed, please report it: {fault}",))


def _understood(
    call: AgentCall, watched: Watched, orders: Sequence[Order], at: float, mode: Mode
) -> Decision:
    touches, opaque = _foreseen(call)
    effects = tuple(_effects(call, touches, watched, orders, at))
    unclear = tuple(_judged_opaque(opaque, watched))
    verdicts = {one.verdict for one in effects} | {verdict for verdict, _, _ in unclear}
    would: Verdict = "hold" if "hold" in verdicts else "watch" if "watch" in verdicts else "allow"
    why = [one.why for one in effects if one.verdict == would]
    why += [reason for verdict, reason, _ in unclear if verdict == would]
    look_at = [one.hit.asset for one in effects if one.verdict != "allow" and one.hit.asset]
    look_at += [name for _, _, names in unclear for name in names]
    return _decision(
        mode,
        would,
        tuple(dict.fromkeys(why)) or ("nothing of the inventory is changed by it",),
        effects,
        tuple(dict.fromkeys(f"{one.why}: {_short(one.text)}" for one in opaque)),
        tuple(dict.fromkeys(look_at)),
    )


def _decision(
    mode: Mode,
    would: Verdict,
    why: tuple[str, ...],
    effects: tuple[Effect, ...] = (),
    opaque: tuple[str, ...] = (),
    look_at: tuple[str, ...] = (),
) -> Decision:
    holds = would == "hold" and mode == "enforce"
    verdict: Verdict = "hold" if holds else "allow" if would == "allow" else "watch"
    said = _WAITS if holds else _MAY_RUN
    return Decision(verdict, would, mode, why, effects, opaque, look_at, said)


def _check_size(call: AgentCall) -> None:
    """Raise :class:`TooMuch` for a call that is too large or nests too deep."""
    size, level = 0, [(1, dict(call.arguments))]
    stack: list[tuple[int, Any]] = [*level]
    while stack:
        depth, one = stack.pop()
        size += len(one) if isinstance(one, str) else 1
        if size > LARGEST:
            raise TooMuch(f"it is larger than {LARGEST:,} characters")
        if depth > _DEEPEST:
            raise TooMuch("its arguments nest too deep")
        if isinstance(one, Mapping):
            stack += [(depth + 1, part) for pair in one.items() for part in pair]
        elif isinstance(one, (list, tuple)):
            stack += [(depth + 1, part) for part in one]


def _foreseen(call: AgentCall) -> tuple[list[Touch], list[Opaque]]:
    account = call.account or call.caller
    home = "/root" if account == "root" else f"/home/{clean(account)}" if call.account else UNKNOWN
    cwd = clean(call.cwd) if call.cwd.startswith("/") else UNKNOWN
    touches: list[Touch] = []
    opaque: list[Opaque] = []
    for item in tool_does(call):
        found = understand(item, cwd, home, clean(call.host) or None)
        touches += found.touches
        opaque += found.opaque
    return touches, opaque


def _effects(
    call: AgentCall,
    touches: Iterable[Touch],
    watched: Watched,
    orders: Sequence[Order],
    at: float,
) -> Iterator[Effect]:
    found = dict.fromkeys(hit for one in touches for hit in watched.hits(one))
    for hit in found:
        verdict, why = _rule(call, hit, watched, orders, at)
        yield Effect(hit, verdict, why)


def _rule(
    call: AgentCall, hit: Hit, watched: Watched, orders: Sequence[Order], at: float
) -> tuple[Verdict, str]:
    """Return what the rules say of one effect."""
    inventory = watched.inventory
    what = f"{hit.program or 'it'} would {_SAID[hit.act]} {hit.asset or hit.agent} ({hit.target})"
    if hit.agent:
        held = hit.act in HELD_ON_AGENTS
    else:
        held = inventory.assets[hit.asset].kind in HELD.get(hit.act, frozenset())
    if not held:
        return "allow", f"{what}, which needs no one's leave"
    if explained := _explained(call, hit, watched, orders, at):
        return "allow", f"{what}: {explained}"
    if hit.match is Match.MAYBE:
        return "watch", f"{what}, or something else: its path is known only at run time"
    return "hold", what


_SAID: Mapping[Act, str] = {
    "read": "read",
    "write": "write to",
    "copy": "copy",
    "move": "move",
    "remove": "remove",
    "redate": "set the date of",
    "rights": "change who may do what with",
    "send": "send away",
    "stop": "stop",
    "start": "start",
    "account": "change the account of",
}


def _explained(
    call: AgentCall, hit: Hit, watched: Watched, orders: Sequence[Order], at: float
) -> str | None:
    """Return why an effect is ordinary: an order asks for it, or an expected writer does it."""
    inventory = watched.inventory
    if hit.agent:
        asked = [one for one in orders if one.kind == "retire" and one.target == hit.agent]
        known = [
            one for one in asked if one.known_at <= at and hit.host in (one.hosts or (hit.host,))
        ]
        return f"order {known[0].id} asks for it" if known else None
    if hit.act in ("remove", "stop"):
        unit = hit.place if not hit.place.startswith("/") else ""
        if said := order_asks(hit.asset, hit.host, at, orders, inventory, unit):
            return said
    standing = orders_on(hit.asset, orders, at, inventory)
    if any(one.kind in ("keep", "freeze") for one in standing) or hit.act not in _BY_WRITERS:
        return None
    account = call.account or call.caller
    if account and account in inventory.assets[hit.asset].expected_writers:
        return f"{account} is expected to"
    return None


def _judged_opaque(
    opaque: Iterable[Opaque], watched: Watched
) -> Iterator[tuple[Verdict, str, tuple[str, ...]]]:
    """Yield verdict, reason and assets to look at for what could not be told."""
    for one in opaque:
        named = tuple(dict.fromkeys(name for name, _ in watched.named_in(one)))
        if named:
            yield "hold", f"{one.why}, and it names {', '.join(named)}", named
        else:
            yield "watch", f"{one.why}: {_short(one.text)}", watched.assets_on(one.host)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:119]}…"
