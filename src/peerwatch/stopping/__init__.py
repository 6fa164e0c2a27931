"""When a study may stop by itself: the rule, and what it has seen so far."""
