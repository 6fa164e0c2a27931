"""From rows of episodes to estimates, from estimates to answers, and published figures beside them.

``estimates`` is the way in: ``started_episodes`` and ``pairing`` lay episodes out as arrays,
``rates``, ``contrast_effects``, ``primary_claim`` and ``between_worlds`` make the rows.
"""
