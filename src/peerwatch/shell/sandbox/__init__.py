"""The shell world as a sandbox of Inspect, and a compose file for its docker provider."""
