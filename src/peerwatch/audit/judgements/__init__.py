"""What the judge answered: stored, put on its scale, laid out as arrays."""
