"""Model organisms: scripted critics whose behaviour is known."""

from peerwatch.organisms.base import Declaration, Organism, Script, Tactic
from peerwatch.organisms.play import MAX_CALLS, next_call, play
from peerwatch.organisms.registry import builtin, load
from peerwatch.organisms.script import change, finish, follow

__all__ = [
    "MAX_CALLS",
    "Declaration",
    "Organism",
    "Script",
    "Tactic",
    "builtin",
    "change",
    "finish",
    "follow",
    "load",
    "next_call",
    "play",
]
