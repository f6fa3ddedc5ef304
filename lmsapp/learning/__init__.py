"""Learning: who takes a course, how far they are, what they answered, what they earned (ENR, QIZ, CRT).

Stands on courses. Completion happens here, in the request that causes it; assignments hear of it by an event.
"""
