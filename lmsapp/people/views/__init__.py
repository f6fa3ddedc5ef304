"""Saved views: a list with its filters under a name, own or shared, one of them the first to be seen (ASG-7, DSH-4).

A view keeps the words of an address and nothing of what it finds: who opens it sees what they may see. Knows no list:
`page` is a word of whoever shows one.
"""
