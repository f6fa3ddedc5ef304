"""Single-use links for field workers: a reminder that opens one course, where the organisation wants that (REM-5).

A link is 128 random bits, of which only the SHA-256 is kept; it comes into being when a message is handed over and
stands nowhere but in that message. Opening it with a button begins a session that reaches one course (`only_course` of
the viewer) and ends soon. Stands on enrollments; never knows how messages are sent, nor what an assignment is.
"""
