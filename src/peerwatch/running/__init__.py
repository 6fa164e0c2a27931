"""Running a study: episodes played, progress shown, interrupts survived."""
