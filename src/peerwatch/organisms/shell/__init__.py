"""Model organisms of the shell world: tactics as commands, and those of the memory world put so."""
