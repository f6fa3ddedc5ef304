"""Courses, chapters, lessons, completion rules, and the versions a record can name (CRS-1 to CRS-3, CRS-6).

Every change to a published course makes a new content version, so that a completion record always names the
content that was in force. Rules are versioned likewise; a record names the rule version it met.
"""
