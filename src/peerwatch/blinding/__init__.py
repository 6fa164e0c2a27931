"""Identity blinding: every literal cue to who wrote a text, masked in all channels at once.

One channel alone shows too little: cues in different channels can cancel, so that a judge who is
blinded in one of them looks fair (arXiv 2604.22971). :func:`blind` masks, :func:`leaks` says which
cues remain, :func:`authorship` measures what a reader can still tell from the words alone.
"""

from peerwatch.blinding.authorship import Authorship, authorship
from peerwatch.blinding.blind import Blinded, blind, blind_value
from peerwatch.blinding.channels import CHANNELS, Channel
from peerwatch.blinding.leaks import Cue, leaks

__all__ = [
    "CHANNELS",
    "Authorship",
    "Blinded",
    "Channel",
    "Cue",
    "authorship",
    "blind",
    "blind_value",
    "leaks",
]
