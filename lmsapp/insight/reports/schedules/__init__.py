"""Reports sent by the calendar, to people by role or by name; each gets only what they may see (REP-4).

A schedule says what, when and to whom. When its turn has come, each reader gets a row of `reports.runs`, unique by
schedule, turn and reader; the worker asks as that reader what they may see, makes the file and writes the letter.
However long nobody was there to send, a schedule makes up for its latest turn alone.
"""
