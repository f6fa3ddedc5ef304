"""Courses: what can be learned, and by which rule it counts as completed (CRS).

Stands on people, evidence and outreach. Knows nobody who takes a course; that is `learning`.
"""
