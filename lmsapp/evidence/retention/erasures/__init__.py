"""Somebody asked to be forgotten (GDPR 17): what no duty keeps goes, the rest is explained."""
