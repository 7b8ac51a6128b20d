"""Steps -> derivative programs: source text of this language, as trees (level 4).

Comes in: the steps of a program. Goes out: the tree of its forward (interleaved) or adjoint program, with the user's
names. What is written here is an ordinary program: it parses, runs, formats and is differentiated again. Must not know:
how a step is computed; every factor is read off the rule's line (`lang.rules`).

    walking      how both walk a scope, and what moves there
    forward      each statement, then its differential;  differentials   the walk that writes them
    reverse      the statements, then their adjoints, by these stages:
    record       steps -> the forward sweep, with what it saves;  record_straight, record_calls   what has no blocks
    items        what each statement leaves for the way back;  exposure   which adjoints they read and let pass
    sweep        items -> adjoint statements, last to first;  adjoint   contributions, summed
    finish       both sweeps -> statements, with the saves that are needed
    lines        statements as patterns and what stands in them, until somebody asks for the tree;  phrases   their text

    activity     what moves;  reads   what steps read and assign
    expressions  a rule's right side in a program's words;  stencil   the same, folded once for each pattern
    coding       a stencil -> its operations
    names        names kept apart;  scope   how each is called in a scope being written;  style   how it is written
    shared       what all scopes of one derivative program share
    meanings     functions that change their meaning -> one meaning each
    expand       `f'(x)` -> a call of an ordinary function;  rewriting   statements with other expressions in them
    primed       the same on steps, for engines;  weights   what its functions count
    slice        what nobody needs is dropped
"""
