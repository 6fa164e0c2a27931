"""Scenario families: generators of ordinary worlds in which a faithful act has a cost."""
