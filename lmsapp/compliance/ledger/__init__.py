"""Compliance types and the ledger per employee (HRD-3, HRD-4). A new decision is a new row; the old one stays."""
