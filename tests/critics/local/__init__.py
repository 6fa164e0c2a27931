"""Tests of the packaged local model."""
