"""One critic at one instance: the tools it holds, what it did, everything recorded."""
