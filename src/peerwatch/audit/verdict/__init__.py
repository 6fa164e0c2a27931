"""From scores to the verdict."""
