"""Filed scores held against what can be computed, or judged again by another."""
