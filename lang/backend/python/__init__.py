"""A unit -> a Python function: the engine that needs nothing but CPython.

Comes in: a `Unit`. Goes out: a function of floats. Must not know: LLVM, rows.

    function   the engine: what a call may use, and what happens where it has no answer
    source     the text of the functions;  scope   the statements of one of them
    checks     which values are looked at;  words   what a step reads and copies
"""
