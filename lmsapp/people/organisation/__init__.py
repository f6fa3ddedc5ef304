"""How the organisation is divided: departments as a tree, and the words for job roles, locations, regions and hire
cohorts (ORG-3).

The employee keeps the word, so that reading stays cheap; the list of words says which are offered and which spelling
stands for which. Rosters go on naming what was renamed, moved or merged here by its old name and are understood. Stands
on the models of employees, below their actions.
"""
