"""The version of what critics read and hold, in a place that imports nothing."""

TASK_VERSION = "4-A"
"""The number changes when results stop being comparable, the letter when the interface changes.

It goes up with every change of a text, tool or world that a critic meets; ``tests/golden`` holds it
to that.
"""
