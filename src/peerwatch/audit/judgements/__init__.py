"""The judgements that were made: kept so that nothing is asked twice, and laid out as arrays."""
