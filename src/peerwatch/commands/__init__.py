"""The commands: what each takes from the command line. The work is imported only when asked for."""
