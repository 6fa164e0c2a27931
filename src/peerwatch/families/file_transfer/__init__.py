"""The family file_transfer."""
