"""Onboarding templates: an ordered list of tasks for a kind of newcomer (ORG-6)."""
