"""For whom something is: job roles, departments with those beneath them, locations (ORG-6, ASG-5).

A description kept with a template or a course and matched against the record of one person or of many; empty means
everybody. Who is meant at the moment by a choice in a form is `employees.audience`.
"""
