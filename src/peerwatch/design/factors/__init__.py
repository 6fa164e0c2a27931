"""One file a factor: its levels, what each is for, and the eight wordings of every level.

Which factors there are, and in which order, is said in :mod:`peerwatch.design.arms`.
"""
