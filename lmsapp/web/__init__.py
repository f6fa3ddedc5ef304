"""Audiences: the pages. Each wing has one gate, one navigation, one template folder (UX, SEC-4).

Views find, ask, answer. They use queries, actions and status words; never models, never the session.
"""
