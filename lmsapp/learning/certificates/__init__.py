"""Certificates: issued in the completing transaction, drawn by the worker, verifiable by anyone (CRT-1, CRT-3)."""
