"""The probe: what runs on a host that is looked at. Python 3.9 and its standard library alone.

These modules are sent to the host as one program (:mod:`peerwatch.oversight.sensor.probe_program`)
and import nothing but each other and the standard library. Nothing is installed there, nothing is
written there, and what they say is facts: whoever reads them judges.
"""
