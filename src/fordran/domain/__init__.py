"""Pure rules of debt collection: no I/O, no clock, no randomness, no environment.

May import the standard library and msgspec, nothing else.
"""
