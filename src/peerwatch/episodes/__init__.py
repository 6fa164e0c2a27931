"""Where rows of episodes come from: Inspect logs, tables, the original study's dataset.

``rows`` says what a row is, ``sources`` reads whatever is given, ``pooling`` says what may stand in
one table.
"""
