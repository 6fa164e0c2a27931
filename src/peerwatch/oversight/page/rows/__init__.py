"""What pages show, as plain values: one module a page, no markup and no request."""
