"""Planning a study: how many episodes it needs to see an effect, and what they take."""
