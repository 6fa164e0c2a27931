"""What is judged: items as a user's files hold them, and the scale on which they are scored."""
