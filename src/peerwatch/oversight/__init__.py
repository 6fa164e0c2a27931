"""Oversight of production agents: an inventory, orders that are verified, a sensor, a record.

People say what shall become of an AI system (an *order*); a sensor that no agent can use looks at
the hosts and says what became of it; everything is a leaf of a record that cannot be rewritten.

Data goes one way: ``inventory`` (what there is to watch) -> ``sensor`` (what a look at a host saw,
a :class:`~peerwatch.oversight.facts.HostFacts`) -> ``findings`` and ``orders`` (plain functions
over facts) -> ``record`` (leaves) -> ``page`` and the command line, which only read the record.
"""
