"""Detectors, measures and the outcome."""
