"""The mistakes of adjoint programs: on the way back through lines, loops and branches; how, is in `change_contribution`
and `change_sweep`.

Law: that of `mistakes`.
"""

from __future__ import annotations

from lang.grade.facts import Mistake
from lang.grade.mistakes_rule import FORWARD, REVERSE, RULES

BACKWARDS = {
    "use-missing": Mistake(
        "forgot to add up all uses",
        "`{other}` is used in more than one statement, and not all of them contribute to `{name}`.",
        REVERSE,
    ),
    "overwritten": Mistake(
        "overwrote an adjoint",
        "A later line gives `{name}` a new value, and what was there is lost; contributions are added up.",
        "the second contribution is an addition (`+=`)",
    ),
    "signs": Mistake(
        "the other sign",
        "All that contributes to `{name}` has the other sign.",
        "one contribution at a time: in which direction does the result move?",
    ),
    "counted-twice": Mistake(
        "a contribution counted twice",
        "One of the contributions to `{name}` is added twice.",
        REVERSE,
    ),
    "adjoint-missing": Mistake(
        "forgot the adjoint of the result",
        "The partial derivative is there, and the adjoint of `{other}`, by which it is multiplied, is not.",
        "the chain rule, from the result back: partial times adjoint",
    ),
    "partial-missing": Mistake(
        "forgot the partial derivative",
        "The adjoint of `{other}` is passed on as it is, as if the statement had the derivative 1.",
        "the chain rule, from the result back: partial times adjoint",
    ),
    "own-operand": Mistake(
        "multiplied by its own operand",
        "`{name}` is computed with `{other}` itself where the other operand belongs.",
        RULES,
    ),
    "wrong-adjoint": Mistake(
        "the adjoint of another result",
        "The adjoint of another name stands where that of `{other}` belongs.",
        REVERSE,
    ),
    "forward-order": Mistake(
        "forward order in an adjoint program",
        "`{other}` is used before it is complete. An adjoint program runs backwards: last statement first.",
        "reverse the order of the statements",
    ),
    "forward-rule": Mistake(
        "the forward rule in an adjoint program",
        "`{name}` is computed from the adjoints of the operands; it is the other way round.",
        REVERSE,
    ),
    "adjoint-kept": Mistake(
        "an adjoint that should have been used up",
        "A statement gives `{other}` a new value, so its adjoint starts anew there; here the old one is kept.",
        "what was computed from the name before the statement, and what after it?",
    ),
    "adjoint-early": Mistake(
        "an adjoint overwritten while it is still needed",
        "The adjoint of `{other}` gets its new value first, and what other names contribute is read from it.",
        "what does each line need, the adjoint from before the statement or from after it?",
    ),
    "value-not-restored": Mistake(
        "the value after the statement where the one before it belongs",
        "The way back through `{other}` is computed with the value that the statement left behind.",
        "`push` a value before it is overwritten, and `pop` it before its statement is gone back through",
    ),
    "nothing-saved": Mistake(
        "nothing was saved",
        "`{name}` is taken back here, and on the way there it was not put away (often enough).",
        "each `pop()` takes what one `push` put away",
    ),
    "last-value": Mistake(
        "the values of the last turn in every turn",
        "On the way back every turn is computed with the values that the loop ended with.",
        "`push` what a turn overwrites, and `pop` it on the way back",
    ),
    "loop-order": Mistake(
        "the turns of the loop in forward order",
        "An adjoint program goes back through a loop: the last turn comes first.",
        "`for i in range(n - 1, -1, -1)`",
    ),
    "turn-missing": Mistake(
        "a turn of the loop is missing",
        "The way back makes one turn fewer than the way there.",
        "count the turns of both loops",
    ),
    "old-value": Mistake(
        "the value before a new one",
        "`{other}` is given a new value further down, and the statement read that one.",
        "a differential reads what its statement reads: it stands beside it",
    ),
    "differential-missing": Mistake(
        "a statement without its differential",
        "`{other}` is given a new value by `{op}`, and `{name}` is not.",
        FORWARD,
    ),
    "no-first-value": Mistake(
        "no value to begin with",
        "`{name}` is computed from its own value, and has none before this line.",
        "what is it before the first contribution, or before the first turn?",
    ),
    "used-before": Mistake(
        "used before it has a value",
        "`{other}` is used here, and gets its value further down.",
        "each line may use only lines above it",
    ),
}
