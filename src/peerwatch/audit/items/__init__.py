"""What is to be judged, read from a user's files."""
