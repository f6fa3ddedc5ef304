"""Accounts: sign-in, single-use links, sessions that can be ended at once (ORG-1, ORG-4, ORG-8).

Stands on infra. Never tells whether an address has an account. `visits.py` keeps sign-ins and the sessions they begin,
`email_change.py` is the way to another address.

Where single sign-on belongs. OpenID Connect: the code exchange is a module beside `passwords.py`; it ends where
`queries.authenticate` does, with a `User` found by issuer and subject (a table of its own, never by e-mail alone), and
the web then calls `sessions.begin_session(user, how)` like the door does. Limits, epoch and sign-ins stay as they are.
SCIM: an API wing above, calling `employees.actions` (hire, change, leave) as the roster does; access ends by `shut`.
"""
