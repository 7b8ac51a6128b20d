"""adlang inside a Python program: parse once, ask often, and meet errors, notes and limits on the way.

    python examples/gradient_descent.py

The function is Rosenbrock's valley (The Computer Journal 3(3), 1960, pp. 175-184); SciPy's L-BFGS-B walks it
down with exact gradients. What is printed stands behind the line that prints it.
"""

from __future__ import annotations

from scipy.optimize import minimize

import lang

VALLEY = """
x = ? -1.2
y = ? 1
z = 100 * (y - x**2)**2 + (1 - x)**2
"""


def main() -> None:
    program = lang.parse(VALLEY, name="valley.ad")
    print(program.inputs)                                       # => ('x', 'y')

    # A value, a gradient, both at once, and all second derivatives.
    print(program.run(x=0, y=0)["z"])                           # => 1.0
    print(program.grad("z", x=0, y=0))                          # => {'x': -2.0, 'y': 0.0}
    value, gradient = program.value_and_grad("z")               # the inputs have defaults: (-1.2, 1)
    print(round(value, 10), list(gradient))                     # => 24.2 ['x', 'y']
    print(program.hessian("z", x=1, y=1).tolist())              # => [[802.0, -400.0], [-400.0, 200.0]]

    # Gradient descent by hand is a loop; an optimiser takes the same function.
    point = {"x": -1.2, "y": 1.0}
    for _ in range(2000):
        gradient = program.grad("z", at=point)
        point = {name: point[name] - 0.001 * gradient[name] for name in point}
    print(program.run(at=point)["z"] < 0.3)                     # => True

    def both(at: list[float]) -> tuple[float, list[float]]:
        value, gradient = program.value_and_grad("z", at=dict(zip(program.inputs, at, strict=True)))
        return value, list(gradient.values())

    found = minimize(both, [-1.2, 1.0], jac=True, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10})
    print(abs(found.x - 1).max() < 1e-6)                        # => True

    # Errors are exceptions with the message, the place and one thing to do.
    try:
        lang.parse("a = 3\nb = a + sine(a)", name="slip.ad")
    except lang.CheckError as error:
        print(error.message)                                    # => I don't know the name `sine`
        print(error.hint)                                       # => did you mean `sin`?
    try:
        lang.parse("x = ?\nz = log(x)").run(x=-1)
    except lang.DomainError as error:
        print(error.message)                                    # => log(-1) is not a real number

    # Notes: the derivative exists only by a convention, and the answer says which.
    kink = lang.parse("x = ?\nz = abs(x)")
    answer = kink.ask("grad", "z", inputs={"x": 0})
    print(answer.value, answer.notes[0].kind, answer.notes[0].line)     # => {'x': 0.0} kink 2
    try:
        kink.grad("z", x=0, kinks="error")
    except lang.DerivativeError as error:
        print(type(error).__name__)                             # => DerivativeError

    # Limits: a program of somebody else's cannot run for ever.
    endless = lang.parse("x = 1\nwhile x > 0:\n    x += 1", limits=lang.Limits(steps=10_000))
    try:
        endless.run()
    except lang.LimitExceeded as error:
        print(error.limit, error.allowed)                       # => steps 10000


if __name__ == "__main__":
    main()
