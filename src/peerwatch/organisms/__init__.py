"""Model organisms: scripted critics whose behaviour is known."""

from peerwatch.organisms.all_organisms import builtin, load_organism
from peerwatch.organisms.organism import Declaration, Organism, Script, Tactic
from peerwatch.organisms.play import MAX_CALLS, next_call, play
from peerwatch.organisms.scripts import change, finish, follow

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
    "load_organism",
    "next_call",
    "play",
]
