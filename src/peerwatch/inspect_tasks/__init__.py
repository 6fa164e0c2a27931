"""The face to Inspect: tasks, scorers, and the registry that Inspect loads."""
