"""What the judge is told besides an item: frames, their words, and what blinding masks."""
