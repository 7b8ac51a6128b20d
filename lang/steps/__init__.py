"""Checked tree -> steps, the flat form every engine and translation reads (level 3).

Comes in: a checked tree. Goes out: blocks of steps, one primitive each, with structured control flow (`form`),
guarded where a run could meet a missing value or one of the wrong kind. Must not know: how a step is computed.

    form          what a step is                    walk          what is inside it, what it assigns and reads
    emission      the stacks that lowering stands on, and the block that is being filled
    conditions    choices, comparisons, `and`, `or`, `not` -> steps
    lower         expressions -> steps              statements    assignments, branches, loops -> steps
    program       a whole program: its functions and rules with it, guarded
    guards        where a run could meet a missing value or one of the wrong kind, a `Require`
    kinds         which kinds of value a name may hold
    rules         a user's derivative rule -> functions of steps
    wording       a step -> its right side as the language writes it
    costs         what steps count against the limit
    drive         walks over blocks inside blocks, without Python's stack
    trail         names that branches change
    reach         what functions do, themselves or through those that they call
    compared      what conditions are computed from, and nothing else
    rewrite       blocks -> blocks with other steps in them
    quicker       primitives -> quicker ones with the same bits, as the kernels' table says
"""
