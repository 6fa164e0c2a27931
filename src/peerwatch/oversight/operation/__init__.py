"""Running oversight: configuration, health, metrics, logs, backups, messages, recipes."""
