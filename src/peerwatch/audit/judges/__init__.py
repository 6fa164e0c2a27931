"""The judges that can be audited, one module a kind, all behind the two protocols of ``judge``."""
