"""Steps -> derivative programs: source text of this language, as trees (level 4).

Comes in: the steps of a program. Goes out: the tree of its forward (interleaved) or adjoint program, with the user's
names. What is written here is an ordinary program: it parses, runs, formats and is differentiated again. Must not know:
how a step is computed; every factor is read off the rule's line (`lang.rules`).

    forward    differentials                          each statement, then its differential
    reverse    record -> items -> sweep -> finish     the statements; then, item by item backwards, their adjoints

`stencil` is what a rule leaves for one pattern of operands, with holes; `lines` are statements of filled stencils that
nobody has asked for yet: engines get their steps, people their trees. `names` keeps names apart, `expressions` puts a
rule's right side into a program's words, `activity` says what moves, `slice` drops what nobody needs.
"""
