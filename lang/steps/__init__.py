"""Checked tree -> steps, the flat form every engine and translation reads (level 3).

Comes in: a checked tree. Goes out: blocks of steps, one primitive each, with structured control flow (`form`),
guarded where a run could meet a missing value or one of the wrong kind. Must not know: how a step is computed.
"""
