"""What only language shows, read by a grader model: codes, prompt, blinding, quotes, agreement.

Nothing outside this room and the page depends on it. See ``docs/judge.md``.
"""
