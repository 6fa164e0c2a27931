"""The migrations of a record's database (Alembic). A record runs them when it is opened."""
