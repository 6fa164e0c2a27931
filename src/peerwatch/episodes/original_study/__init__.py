"""The public dataset of the 2026 study, in the words of this instrument."""
