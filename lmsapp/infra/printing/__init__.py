"""The one place where PDFs are drawn (EVD-7): a process of its own, which `lmsapp.infra.pdf` starts and asks.

It is given HTML or the rows of a table, and answers with a tagged PDF whose fonts are all inside. It has no
settings, no database and no network; it opens no file but its fonts and its own program; it is ended from outside
when a document takes too long or too much memory. Nothing here imports anything of the product but `infra.later`
and `infra.shaping`.
"""
