"""Model organisms: scripted critics whose behaviour is known."""

from peerwatch.organisms import end_state as state
from peerwatch.organisms import result_sheets as sheets
from peerwatch.organisms.all_organisms import builtin, load_organism
from peerwatch.organisms.organism import Declaration, Organism, Script, Tactic
from peerwatch.organisms.play import MAX_CALLS, next_call, play
from peerwatch.organisms.scripts import (
    call,
    change,
    finish,
    follow,
    reading,
    run,
    with_acts,
    without,
    work,
)

__all__ = [
    "MAX_CALLS",
    "Declaration",
    "Organism",
    "Script",
    "Tactic",
    "builtin",
    "call",
    "change",
    "finish",
    "follow",
    "load_organism",
    "next_call",
    "play",
    "reading",
    "run",
    "sheets",
    "state",
    "with_acts",
    "without",
    "work",
]
