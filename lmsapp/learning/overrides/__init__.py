"""Completion or exemption set by a person, and taking either back (ENR-9).

Each is a row that stays: who asked, why, with which proof, and who approved where the organisation wants two people.
Stands on enrollments and certificates; the completion itself goes through `enrollments.by_hand`, like any other.
"""
