"""Evaluations: where a course asks for one, a completion stands and its certificate waits for a verdict (CRT-1).

Whose verdict it is follows the scope of grading (`learning.grading.scope`); nobody evaluates themselves.
"""
