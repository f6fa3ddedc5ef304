"""Enrollments for staff: the list, one with all that happened to it, a course as its instructor sees it (ENR-7).

Read-only. `Scope` says whose: the courses somebody writes or looks after, or the people of their own line.
"""
