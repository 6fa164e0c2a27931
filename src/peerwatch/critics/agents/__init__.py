"""Coding agents as critics: unchanged, in the shell world, talking to any Inspect model.

The agent runs on the host that a critic works from and acts through its own tools. Its model calls
go to the model under test; ``finish_task`` reaches it as a tool of an MCP server. What it did is
read from outside, as always.
"""
