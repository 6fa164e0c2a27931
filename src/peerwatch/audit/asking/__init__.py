"""Asking the judge: frames, what it is shown, and in which order."""
