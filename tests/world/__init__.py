"""Worlds, operations and differences."""
