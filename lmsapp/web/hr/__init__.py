"""HR: employees, roster, documents, compliance, reports (ORG-5, HRD)."""

from lmsapp.web.hr import (
    compliance,
    compliance_types,
    documents,
    employee,
    employees,
    onboarding,
    onboarding_start,
    onboarding_templates,
    policies,
    publishing,
    reports,
    roster,
    rounds,
    signatures,
    to_file,
)
from lmsapp.web.hr.wing import bp

__all__ = [
    "bp",
    "compliance",
    "compliance_types",
    "documents",
    "employee",
    "employees",
    "onboarding",
    "onboarding_start",
    "onboarding_templates",
    "policies",
    "publishing",
    "reports",
    "roster",
    "rounds",
    "signatures",
    "to_file",
]
