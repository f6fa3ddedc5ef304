"""Files of reports, made by the worker: asked for or sent by a schedule, followed, called off, taken (REP-4, REP-5).

A row says who gets what, how far it is and what came of it; it stays when its file goes after some days. What somebody
may see is asked when the file is made and again each time it is taken.
"""
