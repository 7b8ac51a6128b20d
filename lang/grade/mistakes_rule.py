"""The mistakes in which one rule is misapplied, in a differential or in a contribution; how, is in `change_rule`.

Law: that of `mistakes`.
"""

from __future__ import annotations

from lang.grade.facts import Mistake

RULES = "`ad rules{rule}` shows the rule"
FORWARD = "read on: forward mode, one line at a time"
REVERSE = "read on: reverse mode, who uses this value?"
"""Where to look, for many rows."""

MISAPPLIED = {
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
    "at-inner": Mistake(
        "the derivative is taken too far inside",
        "The derivative of `{op}` is evaluated at what its operand is made of; it belongs to the operand's value.",
        "the chain rule: where is the outer derivative evaluated?",
    ),
    "at-slope": Mistake(
        "the derivative is taken at the inner derivative",
        "The derivative of `{op}` is evaluated at the inner derivative; the one is multiplied by the other.",
        "the chain rule: outer derivative times inner derivative",
    ),
    "inner-sign": Mistake(
        "the wrong sign inside",
        "The derivative of `{op}` is evaluated at its operand with the other sign.",
        "the chain rule: where is the outer derivative evaluated?",
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
    "own-factor": Mistake(
        "the operand itself as its factor",
        "In the derivative of `{op}` what moves is multiplied by itself, where the other operand belongs.",
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
}
