"""A record of a run -> its computation graph, and pictures of it (level 5, below the verbs that ask).

Comes in: a record, whose nodes are steps with values and partials. Goes out: a graph with at most so many boxes, and
the texts that draw it. Must not know: how a program runs, which verb asks, and any derivative rule.

    boxes         what is drawn: boxes, and edges between them
    folding       runs of consecutive steps -> one box, until the graph is small enough
    computation   a record -> the graph of a result
    layers        boxes and edges -> places: rows, few crossings, straight long edges
    words         boxes and edges -> the words and numbers that pictures share
    svg, mermaid, dot, plain   boxes -> text of that form
"""
