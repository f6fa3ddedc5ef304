"""Employee onboarding: who does what by when in somebody's first weeks, and the training that comes with it (ORG-6).

Templates say what is asked of whom; an onboarding is what one person was given, and keeps it. Mandatory courses that
apply are enrolled and assigned once, with the reason kept for those that were not.
Stands above compliance and is not a part of people, though the specification lists it there: it enrolls, assigns,
files documents and has texts signed, so it knows learning, assignments, compliance and evidence; people must not.
"""
