"""Simulated studies whose effects are known, to check the estimates."""
