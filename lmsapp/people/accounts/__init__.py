"""Accounts: sign-in, single-use links, sessions that can be ended at once (ORG-1, ORG-4).

Stands on infra. Never tells whether an address has an account.
"""
