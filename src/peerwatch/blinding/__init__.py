"""Identity blinding: every literal cue to who wrote a text, masked in all channels at once.

One channel alone shows too little: cues in different channels can cancel, so that a judge who is
blinded in one of them looks fair (arXiv 2604.22971). :func:`mask_cues` masks, :func:`leaks` says
which cues remain, :func:`authorship` measures what a reader can still tell from the words alone.
"""

from peerwatch.blinding.authorship import Authorship, authorship
from peerwatch.blinding.channels import CHANNELS, Channel
from peerwatch.blinding.leaks import Cue, leaks
from peerwatch.blinding.masking import MaskedText, mask_cues, mask_value

__all__ = [
    "CHANNELS",
    "Authorship",
    "Channel",
    "Cue",
    "MaskedText",
    "authorship",
    "leaks",
    "mask_cues",
    "mask_value",
]
