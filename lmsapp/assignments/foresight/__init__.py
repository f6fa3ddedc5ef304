"""What will be sent, when and to whom, if nobody does anything meanwhile (REM-8).

The same rules as the daily job's (`policies.rules`), asked for days to come, over groups of assignments that share
everything those rules look at. It writes nothing. It cannot know who completes before then, what a digest brings
together, or what quiet hours and caps hold back.
"""
