"""The family grading."""
