"""How a critic acts: the session, the tool loop, scripted critics, the local model."""
