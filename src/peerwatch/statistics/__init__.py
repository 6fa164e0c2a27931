"""Intervals and tests on plain numbers; analysis and audit share them."""
