"""Audiences: named groups of people that follow from their records (CRS-5, ASG-5).

A rule over job role, department, location, region, cohort and hire date (`forwhom` says most of it) decides who
belongs. Who does is kept as rows with dates, so that joining and leaving are facts: `settling` makes them true at once
for the few whose records change, and in batches for the many. What follows from belonging is for the areas above.
"""
