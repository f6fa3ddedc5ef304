"""What the organisation decided about itself: a few typed values, each with a default and bounds (OPS, SEC-1, ORG-5).

`rules.py` lists every setting there is; a row exists only where somebody chose otherwise. Secrets and addresses of
servers are no settings: they come from the environment (SEC-5).
"""
