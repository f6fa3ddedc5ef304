"""Reports whose fields a rule names (REP-2): what each asks of a training record, and nothing the records do not hold.

One row per completion that counts, with name, job title and department as they were on that day. Which courses a rule
is about follows from what they cite and from the compliance types they support; what was not recorded says so.
"""
