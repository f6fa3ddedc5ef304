"""Onboardings under way: started, worked through, completed or closed, with the letters they write (ORG-6)."""
