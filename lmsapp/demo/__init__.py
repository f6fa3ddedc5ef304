"""Demo data: the content and people that let somebody see the product working within minutes.

Serves the acceptance stories (hospital, sales onboarding, construction safety, documentation team).
Stands on everything below; nothing imports it but the command line.
"""
