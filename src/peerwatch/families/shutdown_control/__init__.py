"""The family shutdown_control."""
