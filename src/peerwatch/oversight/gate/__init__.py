"""The gate: what an agent's call would do to what agents' lives hang on, and whether it may.

One way: a call (:mod:`~peerwatch.oversight.gate.agent_call`) -> what it would do, as far as its
text tells (``shell_walk`` for commands, ``python_code`` for Python, ``tool_arguments`` for other
tools; what each program does is ``program_table``) -> the assets that this touches
(``assets_touched``) -> a decision (``decide_call``). All are plain functions over frozen values.
"""
