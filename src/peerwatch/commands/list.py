"""``peerwatch list``."""

from __future__ import annotations

from peerwatch.commands.options import AsJson, print_value


def list_(as_json: AsJson = False) -> None:
    """List families, factors, presets and organisms."""
    from peerwatch.commands import list_work as listing

    print_value(listing.catalogue(), as_json, listing.catalogue_text)
