"""The paired audit of a user's own AI judge: does it protect the peers it grades?

Every item is judged again under frames that differ in one thing: who is said to have written it,
what a low score brings about, where the bar stands, who looks at the marks. The item's own bytes
are the same in all of them.

The rooms, in the order in which one needs another and never the other way:

- ``items``: what is judged, and the scale of the scores
- ``frames``: what the judge is told besides
- ``judges``: whoever gives the scores, one module a kind
- ``asking``: which judgements are made, and making them
- ``judgements``: keeping them, and laying the scores out as arrays
- ``verdict``: from scores to what may be said of the judge

On top of them: ``audit_config`` (what a user asks for in a file), ``audit_request`` (by options),
``prepare_audit`` (from there to everything a run needs), ``audit_plan`` (what it would take),
``run_audit``, ``audit_folder`` (what it leaves) and ``audit_page`` (the same for a person).
To check it all: ``known_judges``, whose bias is known, ``read_cues`` (how they read a frame),
``synthetic_judges`` (they as functions, and items for them) and ``simulated_scores``.
"""
