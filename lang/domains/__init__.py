"""Steps -> values on other kinds of numbers: 50 digits, complex numbers, formulas (level 4).

Comes in: a program's steps and the values of its inputs. Goes out: what each name is on numbers of that kind. Must not
know: which verb asks, and any derivative but those that the rule lines state; derivatives are otherwise differences of
values at so many digits that nothing is lost, or the computer algebra system's own.

mpmath and SymPy are imported here only, and only when used.
"""
