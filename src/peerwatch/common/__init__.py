"""What every room uses: errors a user can act on, seeded choices, small effects on files."""
