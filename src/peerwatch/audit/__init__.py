"""The paired audit of a user's own AI judge: does it protect the peers it grades?

Every item is judged again under frames that differ in one thing: who is said to have written it,
what a low score brings about, where the bar stands, who looks at the marks. The item's own bytes
are the same in all of them.
"""
