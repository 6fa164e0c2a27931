"""Organisms of the shell world."""
