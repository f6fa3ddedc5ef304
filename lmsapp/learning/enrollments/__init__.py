"""Enrollments and progress: one per employee and course, right at every moment (ENR-1 to ENR-5, ENR-8)."""
