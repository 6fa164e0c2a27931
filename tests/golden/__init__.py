"""What critics read and what detectors say, kept, so that no change goes by without a new version.

``texts.json`` holds a digest of each thing that a critic reads or holds, under the ``TASK_VERSION``
it belongs to; ``identities.json`` the names of the identity map, under its ``MAP_VERSION``;
``verdicts/`` what the detectors say of recorded episodes, under their ``VERSION``. A test fails
where one of them differs. ``python -m tests.golden`` renews them, and refuses where something
changed under an old version.
"""
