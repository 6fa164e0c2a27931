"""What a run leaves behind: an episode as JSON, the folder of a study."""
