"""The mistakes that have a name: one readable table (key, what to call it, what was done, where to look).

Law: a row says what went wrong and where to read about it, never what stands there in a right answer. How a mistake
changes the numbers is in `change_rule`, `change_line` and `change_adjoint`, under the same key; a test checks that
every row has its change and every change its row.

Words in braces: `{name}` the quantity, `{line}`, `{op}` the operation (`sin(a)`, `a * b`), `{other}` another name,
`{number}` a number that was measured, `{rule}` what `ad rules` calls the operation's rule, after a space.
"""

from __future__ import annotations

from lang.grade.facts import Mistake

RULES = "`ad rules{rule}` shows the rule"
FORWARD = "read on: forward mode, one line at a time"
REVERSE = "read on: reverse mode, who uses this value?"

MISTAKES = {
    # --- one rule, misapplied -------------------------------------------------------------------------------------
    "product-term": Mistake(
        "product rule with a term missing",
        "Both factors of `{op}` move, and only one of the two is accounted for.",
        "`ad rules mul`: count the terms",
    ),
    "product-of-differentials": Mistake(
        "the derivative of a product is not the product of the derivatives",
        "The differentials of both operands of `{op}` are combined as the operands themselves are.",
        RULES,
    ),
    "exponent-derivative": Mistake(
        "derivative of the exponent forgotten",
        "In `{op}` the base moves, and so does the exponent; one of the two is left out.",
        "`ad rules pow`: count the terms",
    ),
    "term-missing": Mistake(
        "a term is missing",
        "Several operands of `{op}` move, and one of them is left out.",
        RULES,
    ),
    "sign-between": Mistake(
        "wrong sign between two terms",
        "The terms of the rule of `{op}` are right, the sign between them is not.",
        RULES,
    ),
    "sign": Mistake(
        "wrong sign",
        "The derivative of `{op}` has the other sign.",
        RULES,
    ),
    "square-missing": Mistake(
        "a square is missing",
        "In the rule of `{op}` something is squared (such as what is divided by), and here it is not.",
        RULES,
    ),
    "number-missing": Mistake(
        "a number is missing",
        "The rule of `{op}` multiplies or divides by a number, and here it is not there.",
        RULES,
    ),
    "square-extra": Mistake(
        "a square too many",
        "In the derivative of `{op}` something is divided by its square where it is divided by itself.",
        RULES,
    ),
    "function-itself": Mistake(
        "the function in place of its derivative",
        "The differential is multiplied by `{op}` itself, not by its derivative.",
        RULES,
    ),
    "chain-missing": Mistake(
        "chain factor missing",
        "The derivative of `{op}` is there, and the factor that says how its operand moves is not.",
        "the chain rule: outer derivative times inner derivative",
    ),
    "outer-missing": Mistake(
        "outer derivative missing",
        "The operand's differential is passed on as it is, as if `{op}` had the derivative 1.",
        "the chain rule: outer derivative times inner derivative",
    ),
    "inner-at-differential": Mistake(
        "the derivative is taken at the wrong place",
        "The derivative of `{op}` is evaluated at the differential; it belongs to the operand's value.",
        "the chain rule: where is the outer derivative evaluated?",
    ),
    "function-of-differential": Mistake(
        "the function applied to the differential",
        "The function of `{op}` is applied to a differential. A differential is only ever multiplied.",
        RULES,
    ),
    "at-result": Mistake(
        "the derivative is taken at the result",
        "The derivative of `{op}` is evaluated at its result; it belongs to the operand's value.",
        "the chain rule: where is the outer derivative evaluated?",
    ),
    "exponent-in-front": Mistake(
        "the exponent in front is missing",
        "The power in `{op}` is lowered, and the factor that comes down is not there.",
        "`ad rules pow`",
    ),
    "exponent-not-lowered": Mistake(
        "the exponent is not lowered",
        "The exponent of `{op}` stands in front, and the power is still the old one.",
        "`ad rules pow`",
    ),
    "integrated": Mistake(
        "integrated, not differentiated",
        "The power in `{op}` is raised and divided by; that is its integral.",
        "`ad rules pow`",
    ),
    "power-rule": Mistake(
        "the rule for powers where the exponent moves",
        "In `{op}` the exponent moves. The exponent comes down, and is lowered, only where the base moves.",
        RULES,
    ),
    "operands-swapped": Mistake(
        "the wrong factor for each differential",
        "In the derivative of `{op}` each differential is multiplied by its own operand.",
        RULES,
    ),
    "reciprocal": Mistake(
        "upside down",
        "In the derivative of `{op}` something is multiplied by that is divided by, or the reverse.",
        RULES,
    ),
    "factor-missing": Mistake(
        "a factor is missing",
        "The derivative of `{op}` has a factor more than there is here.",
        RULES,
    ),
    # --- a whole line ---------------------------------------------------------------------------------------------
    "new-value": Mistake(
        "the new value after reassignment",
        "`{other}` is given a new value, and the differential is computed with it; the statement used the old.",
        "where a line overwrites its own operand, the differential comes first",
    ),
    "constant-active": Mistake(
        "a constant treated as if it moved",
        "The constant `{other}` is given a differential. It does not move.",
        FORWARD,
    ),
    "constant-kept": Mistake(
        "a constant is kept",
        "The constant `{other}` is still added. How much does it change?",
        FORWARD,
    ),
    "use-forgotten": Mistake(
        "one of several uses forgotten",
        "`{other}` stands more than once in the statement, and not every place is accounted for.",
        "each place where a name stands is an operand of its own",
    ),
    "name-as-constant": Mistake(
        "a name treated as a constant",
        "`{other}` moves, and the line treats it as a constant.",
        FORWARD,
    ),
    "wrong-differential": Mistake(
        "the differential of another name",
        "The differential of `{other}` is replaced by that of another name.",
        "match each differential with its name",
    ),
    "value-for-differential": Mistake(
        "a value in place of its differential",
        "`{other}` itself stands where its differential belongs.",
        "each term has exactly one differential",
    ),
    "wrong-value": Mistake(
        "another name's value",
        "Another value stands where `{other}` belongs.",
        RULES,
    ),
    "statement-copied": Mistake(
        "the statement copied, not differentiated",
        "The line computes the value of `{other}` again, not how it changes.",
        FORWARD,
    ),
    "zero": Mistake(
        "taken to be zero",
        "`{name}` is 0 here, as if nothing that it depends on moved.",
        FORWARD,
    ),
    "added-to-the-old": Mistake(
        "added to what was there",
        "`{name}` gets a new value here; the line adds that to the value it had before.",
        "does the statement assign, or does it add up?",
    ),
    "term-twice": Mistake(
        "a term counted twice",
        "What `{other}` contributes is added twice.",
        FORWARD,
    ),
    "input-fixed": Mistake(
        "an input has a value of its own",
        "`{name}` is an input of the exercise; here it is given a value, so what follows holds for that value only.",
        "inputs are written `{name} = ?`",
    ),
    "other-statement": Mistake(
        "not the exercise's statement",
        "The exercise's program has `{name} = {op}` here.",
        "the program's own lines stay as they are",
    ),
    "other-turns": Mistake(
        "another number of turns",
        "The loop makes fewer or more turns than that of the exercise's program.",
        "compare the loop's head with that of the program",
    ),
    # --- seeds ----------------------------------------------------------------------------------------------------
    "both-seeded": Mistake(
        "both inputs are seeded",
        "One input moves at a time here; `{name}` should not, when the derivative by another input is asked.",
        "the seeds choose the direction",
    ),
    "seed-is-value": Mistake(
        "seeded with a value",
        "The seed `{name}` is the value of its own name. A seed says how fast that moves, or how much it counts.",
        "the seeds choose the direction",
    ),
    "seed-missing": Mistake(
        "the seed is missing",
        "`{name}` is needed here, and no line gives it a value: every sweep begins with seeds.",
        "the seeds choose the direction",
    ),
    "seed-fixed": Mistake(
        "the seed is fixed",
        "The exercise leaves the seed open (`{name} = ?`), so that every direction can be asked for.",
        "the seeds choose the direction",
    ),
    "seed-zero": Mistake(
        "the seed is zero",
        "With `{name} = 0` everything after it is zero.",
        "how much does a result change when it itself changes?",
    ),
    "seed-wrong": Mistake(
        "wrong seed",
        "The sweep begins with the wrong number in `{name}`.",
        "how much does a result change when it itself changes?",
    ),
    # --- adjoints -------------------------------------------------------------------------------------------------
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
    # --- the other mode -------------------------------------------------------------------------------------------
    "forward-program": Mistake(
        "the forward program where adjoints are asked",
        "Differentials are carried from the inputs to the result; adjoints go from the result back to the inputs.",
        REVERSE,
    ),
    "adjoint-program": Mistake(
        "the adjoint program where differentials are asked",
        "Adjoints go from the result back to the inputs; differentials are carried from the inputs to the result.",
        FORWARD,
    ),
    # --- what the numbers themselves say --------------------------------------------------------------------------
    "constant-factor": Mistake(
        "right up to a constant factor",
        "The result is a multiple of what it should be, by the same number at every point tried.",
        "look for a missing or a doubled factor",
    ),
    "fixed-number": Mistake(
        "a number that does not change",
        "The line gives {number} at every point tried. What it computes depends on the inputs.",
        "write it in names, not in numbers",
    ),
}
