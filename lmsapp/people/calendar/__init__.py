"""Working days: Monday to Friday without the organisation's holidays (ORG-6, CRS-5).

Due dates that are counted in working days ask here, so that every area means the same days.
"""
