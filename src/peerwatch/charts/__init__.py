"""How numbers and intervals are drawn; knows nothing of episodes or judgements."""
