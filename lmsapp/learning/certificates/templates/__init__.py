"""Certificate templates: page, logo, colour, border, signatories and wording (CRT-2).

Saving makes a version that is never changed; a certificate is drawn as the version it was issued with says. Wording
knows a fixed set of placeholders, filled by one pure function: no template language is reachable.
"""
