"""The certificates of a group at once: asked for as a row, put together by the worker (CRT-5).

What comes of it is one ZIP of the sealed PDFs, one file to print, or both, and a list of who has none and why.
"""
