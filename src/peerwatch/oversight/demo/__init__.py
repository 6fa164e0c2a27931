"""The whole of oversight shown on real hosts: an order that is reported done and is not."""
