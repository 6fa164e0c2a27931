"""Where rows of episodes come from: Inspect logs, tables, the original study's dataset."""
