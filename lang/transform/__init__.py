"""Steps -> derivative programs: source text of this language, as trees (level 4).

Comes in: the steps of a program. Goes out: the tree of its forward (interleaved) or adjoint program, with the user's
names. What is written here is an ordinary program: it parses, runs, formats and is differentiated again. Must not know:
how a step is computed; every factor is read off the rule's line (`lang.rules`).

Read `forward` first; `reverse` follows the same plan backwards. `names` keeps names apart, `expressions` puts a rule's
right side into a program's words, `slice` drops what nobody needs.
"""
