"""How long, how much memory and how many calls reports, scores and summaries take: `make bench`.

The functions run in a process of their own against a server in another, so that the memory measured is theirs.
"""
