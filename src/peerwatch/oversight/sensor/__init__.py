"""The sensor: what is looked at on which host and when, how, and what the differences mean.

``look_plan`` says what a look asks for, ``take_look`` takes it (locally or over ssh) and never
raises for what a host does, ``live_findings`` is a plain function over what looks saw.
"""
