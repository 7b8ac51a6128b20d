"""A unit -> LLVM's text -> machine code.

Comes in: a `Unit`. Goes out: machine code that answers as the interpreter does, or not at all. Must not know: rows.

    function     the engine: a unit's code, its memory, what happens where it has no answer
    shape        kinds of names, functions that are called;  liveness   what nothing reads
    certain      which names have a value whatever happens
    straight     a unit without blocks -> its values, numbered
    lines        a straight unit -> text, within milliseconds
    groups, grouped   a long one -> a list of its operations by kind, and the loops that work through that
    body         any unit -> text, scope by scope;  hosted   what that asks of the host;  calls   of functions
    ahead        what steps do to the stacks from one place on
    cuts         bodies with many choices, loops and calls -> pieces;  layout  which names they share
    pieces       those, written and called
    parts        long straight parts of any unit, written as straight units are
    recursion    functions that calls come back to, written so that a call does the work of several
    variables, carried   where names live;  writer   one function
    primitives   a primitive -> its instructions
    kernelcode, kernelreader, kernelparts   a kernel's Python text -> the same operations in LLVM
    emit, module   the text as a whole;  around, host   what stands around it, and what it asks of Python
    processor    what processors have in ways of their own
    several      a long text -> several
    jit          text -> machine code;  quick, arrays   a small one as a built-in function, of floats, of a vector
    objects      where Python keeps what those read
    directions   along all directions at once;  colours   which of them are computed as one
"""
