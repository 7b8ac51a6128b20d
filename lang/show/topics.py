"""What there is to know about the language, in short texts: data for `lang.show.help`.

Law: a text fits a small window; the reference (`grammar/README.md`) says everything.
"""

TOPICS = {
    "syntax": """\
x = ?                   an input              x = ? 1.5   with a default
a = x * y               a value               a += 1      also -= *= /= **=
p, q = x, y             several at once
a + sin(x)              alone on a line: shows its value
f(x, y) = x**2 + y      a function            f'(x), f'[y](x, y), f''(x): its derivatives
def f(x):               a function of several statements; `return` comes last
if x > 0:               with elif and else; conditions come from comparisons
while a < 10:           also: for i in range(n):
c = f(a) => dc = 2 * a * da     your own derivative rule for `f`
grad z wrt x            a command: `ad help verbs`

Numbers: 2 .5 1e-3 1_000    Operators: + - * / // % ** and or not, a if c else b
`#` starts a comment; `;` ends a statement; blocks are indented as in Python.
Constants: pi, e, tau.
""",
    "kinks": """\
Where a value exists but its derivative does not, the program runs, uses a convention, and a note says so.

abs, relu at 0          0: of all sub-gradients the smallest
max, min at a tie       1/2 and 1/2
sign, step, floor, ceil, round, trunc     0
a condition on equal values               the derivative of the branch that is taken
sqrt at 0, asin at 1, cbrt at 0           inf: the tangent is vertical

--kinks note    says so and goes on (as without the option)
--kinks error   stops there
--kinks silent  says nothing
`ad help abs` tells a function's kinks and domain.
""",
}
