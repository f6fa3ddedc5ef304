"""A certificate as an Open Badge 3.0: a verifiable credential that its holder takes elsewhere (CRT-5).

Nothing is stored: a badge is worked out from the certificate when it is asked for, and signed. Stands on
certificates and the badge key of `infra`; never decides what a certificate is worth.
"""
