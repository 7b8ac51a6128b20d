"""A result of a program as a fast function of its inputs; derivatives of a program from compiled code (level 6).

Comes in: a program and what is asked of it. Goes out: a callable with derivatives, or answers to verbs. Must not know:
any derivative; what is compiled is what the verbs write.

    questions    each question to a function: the unit to compile, and the interpreter's answer to the same
    moving       what moves in a program
    ties         where its answer is the interpreter's;  inner   the same inside derivative calls
    codes        the code of each, where there is any;  batches   the same for many rows
    function     `Compiled`, which asks code or the interpreter
    runs         a part of a program as code that leaves what a run leaves
    units        each question of a verb: the units that answer it as the interpreter does
    together     units as code
    memory       the questions a program was asked, and their code
    engined      `Engined`, a recipe that asks code or the interpreter
    policy       when it is worth while to compile
"""
