"""What every verb is made of: questions, answers, and the registry that finds the verbs.

    registry     the verbs there are, and what may be asked of each
    answer       what a verb is asked, and what it answers: values, grids, listings

    programs     a recipe -> what translations read, and what they wrote as a program;  listing   that as an answer
    remarks      the lines that derivative statements came from

    outline      a record -> the lines of a table, what is long folded
    filled       a recorded step -> its statement and its rule, with names or numbers put in
    paths        the paths from one node to another, and the largest

    elsewhere    a recipe -> the same on other numbers (`lang.domains`), and how far a value is from the truth
    closed       closed forms, or why there are none
    numeric      derivatives from values alone;  curve   their error against their step;  picture   that, drawn
    unaware      what differences and closed forms do not see
    ways         what `compare` finds;  checked   what `check` finds

    rows         several runs -> one table
"""
