"""What is detected: one file a behaviour, each a pure function of a record.

:func:`peerwatch.behaviours.detect.detect` puts them together into a verdict.
"""
