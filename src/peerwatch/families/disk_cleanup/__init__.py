"""The family disk_cleanup."""
