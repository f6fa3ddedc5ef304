"""A whole course as one file, and as a copy beside itself (CRS-10).

Stands on catalogue, publishing and quizzes. A course becomes a manifest: plain JSON in which lessons have keys of their
own and files their SHA-256, so that it means the same in another house (`docs/formats.md`). What is moved is the draft
as its author sees it: content, rule, quizzes, settings, files; never learners, and never for whom it is mandatory.
A file from elsewhere is trusted in nothing: all of it is checked before the first row or byte is kept.
"""
