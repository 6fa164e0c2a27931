"""The part of the engine that runs within the namespaces: one process an instance, stdlib only.

It is started with a bare interpreter and becomes process 1 of a pid namespace that holds all hosts
of the instance, so that ending it ends everything and leaves nothing.
"""
