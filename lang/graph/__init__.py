"""A record of a run -> its computation graph, and pictures of it (level 5, below the verbs that ask).

Comes in: a record, whose nodes are steps with values and partials. Goes out: a graph with at most so many boxes, and
the texts that draw it. Must not know: how a program runs, which verb asks, and any derivative rule.

    fact       boxes and edges, inputs and result apart; how many folds were needed
    folding    runs of consecutive steps -> one box, until the graph is small enough
    layers     boxes and edges -> places: rows, few crossings, straight long edges
    svg, mermaid, dot, plain      a graph -> text of that form
"""
