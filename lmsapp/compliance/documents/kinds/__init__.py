"""Kinds of document: made, changed and archived by HR; what a change of who may see opens or closes (HRD-1)."""
