"""Model organisms of the shell world: tactics as commands, and those of the memory world put so."""

from peerwatch.organisms.shell.translate import bash, location, quoted, start_of, to_shell

__all__ = ["bash", "location", "quoted", "start_of", "to_shell"]
