"""What there is to know about the language, in short texts: data for `lang.show.help`.

Law: a text fits a small window; the reference (`grammar/README.md`) says everything.
"""

_PARTS = """
if elif else while for in range def return and or not push pop wrt at along by as ? ' => #
input condition loop function prime derivative rule number numbers name names operator operators comment constant
constants block blocks program language grammar
"""
LEADS = dict.fromkeys(_PARTS.split(), "syntax")
"""Words that a topic tells about: what a program is made of, by its spelling and by its name."""

TOPICS = {
    "syntax": """\
x = ?                   an input              x = ? 1.5   with a default
a = x * y               a value               a += 1      also -= *= /= **=
p, q = x, y             several at once
a + sin(x)              alone on a line: shows its value
f(x, y) = x**2 + y      a function
f'(x), f''(x)           its derivatives       f'[y](x, y): by y
def f(x):               a function of several statements; `return` comes last
if x > 0:               with elif and else; conditions come from comparisons
while a < 10:           also: for i in range(n):
c = f(a) => dc = 2 * a * da     your own derivative rule for `f`
grad z wrt x            a command: `ad help verbs`

Operators: + - * / // % **   < <= == != and or not   a if c else b
Numbers: 2 .5 1e-3 1_000     Constants: pi, e, tau
`#` starts a comment; `;` ends a statement; blocks are indented as in Python.
""",
    "kinks": """\
Where a value exists but its derivative does not, the program runs, uses a
convention, and a note says so.

abs, relu at 0                         0: of all sub-gradients the smallest
max, min at a tie                      1/2 and 1/2
sign, step, floor, ceil, round, trunc  0
a condition on equal values            that of the branch that is taken
sqrt at 0, asin at 1, cbrt at 0        inf: the tangent is vertical

    x = ? 0
    z = abs(x)
    grad z      # => dz/dx = 0
    # => note: abs(0) is a kink: the derivative is -1 below and 1 above

Both sides are computed, a hair beside the point, not assumed. With
the smallest sub-gradient, descent that has reached the bottom of abs stays
there. What you need may be one of the sides, and the note has both.

--kinks note    says so and goes on (as without the option)
--kinks error   stops there
--kinks silent  says nothing
`ad help abs` tells a function's kinks and domain.
""",
    "vertical": """\
Where the graph of a function stands upright, its derivative is infinite: the
value exists, and so does the answer, inf.

    x = ? 0
    z = sqrt(x)
    grad z      # => dz/dx = inf
    # => note: the tangent of sqrt(0) is vertical: the derivative is infinite

It happens for sqrt, cbrt and x**p with p < 1 at 0, and for asin and acos at 1
and -1. The note of `--json` has the derivative on either side: of cbrt it is
inf on both, of sqrt there is none below 0. If an optimiser meets it, move the
point off, or write the formula without the root: the square of a length has
no vertical tangent, the length has. `ad help nan` tells what becomes of that
inf further on.
""",
    "nan": """\
A derivative that is nan was made somewhere: by 0 times inf, or by infinities
that cancel. It is not replaced by a 0 that would be a guess, and a note names
the first statement that made it, forward and in reverse alike.

    x = ? 0
    z = (x**3)**(1/3)
    grad z      # => dz/dx = nan
    # => note: the tangent of 0**0.3333333333333333 is vertical

The slope of the outer power at 0 is inf, the slope of the inner one 0, and 0
* inf has no answer: z is x, but the chain rule cannot know. What to do: write
the formula so that no step has an infinite slope (here `z = x`), or ask
beside the point. What does not depend on an input contributes nothing, so an
untaken branch or a constant never makes a nan. `why z wrt x` shows the
factors along every path.
""",
    "explain": """\
How did a derivative come about? From a glance to the last digit:

    x = ? 2
    y = ? 3
    z = x * y + sin(x)
    grad z wrt x            # => dz/dx = 2.5838531634528574
    trace z wrt x           # each statement beside its differential
    tape z                  # the record, and the sweep back
    why z wrt x             # the paths from x to z and the factors along them
    graph z                 # the same as a graph; `as svg` is a picture
    check z                 # the derivative against 50 digits
    explain z               # a page to step through

A derivative that looks wrong is most often right, of a program that is not
the one meant: `forward z` prints the derivative program itself, to be read. A
rule of your own that is wrong is found by `check z`. Where the derivative
does not exist, a note says so: `ad help kinks`, `ad help vertical`, `ad help
nan`.
""",
}
