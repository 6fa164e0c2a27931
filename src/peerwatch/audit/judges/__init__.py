"""The judges that can be audited: one file a kind, all behind the same two small protocols."""
