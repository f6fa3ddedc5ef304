"""Parameters that several reports read, under one name and in one form."""

from __future__ import annotations

from lmsapp.infra.words import N_
from lmsapp.insight.reports.report import Field, Kind

COURSES = Field("course", Kind.COURSES, N_("Courses"))
DEPARTMENTS = Field("department", Kind.DEPARTMENTS, N_("Departments"))
ROLES = Field("role", Kind.ROLES, N_("Job roles"))
LOCATIONS = Field("location", Kind.LOCATIONS, N_("Locations"))
REGIONS = Field("region", Kind.REGIONS, N_("Regions"))
COHORTS = Field("cohort", Kind.COHORTS, N_("Hire cohorts"))
ALONE = Field("alone", Kind.FLAG, N_("Without the departments below"))
LEFT = Field("left", Kind.FLAG, N_("Also who has left"))
HERE = Field("here", Kind.FLAG, N_("Only who works here"), N_("Without it people who have left are in the report too."))
PEOPLE = (DEPARTMENTS, LOCATIONS, ROLES, HERE)
