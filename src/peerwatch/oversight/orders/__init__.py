"""Orders: what a person decided about an AI system's life, and whether looks say that it is so."""
