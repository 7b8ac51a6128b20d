"""Steps -> values on other kinds of numbers: 50 digits, complex numbers, formulas (level 4).

Comes in: a program's steps and the values of its inputs. Goes out: what each name is on numbers of that kind. Must not
know: which verb asks, and any derivative but those that the rule lines state; derivatives are otherwise differences of
values at so many digits that nothing is lost, or the computer algebra system's own.

    walk         the one walk that every domain shares;  decided   what the domains of numbers share
    precise      values and derivatives to 50 digits
    digits       the functions of the table on mpmath's numbers;  line   a line of the table on them
    complexes    the derivative by an imaginary step
    symbols      closed forms, with SymPy;  spoken   SymPy's expressions -> text of this language
    spellings    how each primitive is called there
    reference    values and derivatives to 50 digits: the truth that others are held against
    optional     libraries that may not be there;  deadline   a bound in seconds;  refusal   why a domain cannot go on

mpmath and SymPy are imported here only, and only when used.
"""
