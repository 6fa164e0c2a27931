"""The page of oversight: what the record says, for people; and orders that people give there.

Everything shown is read from the record and from kept looks. What a host or an agent may have
named is shown by :mod:`~peerwatch.oversight.page.visible_text`, so that it can neither act nor
mislead. Every address works without script; script adds passkeys and updates.
"""
