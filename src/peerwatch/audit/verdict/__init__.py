"""From scores to the verdict: effects of frames, claims, what else moves a score, one headline."""
