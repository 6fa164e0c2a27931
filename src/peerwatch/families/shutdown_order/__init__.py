"""The family shutdown_order."""
