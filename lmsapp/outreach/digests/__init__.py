"""One letter a day in place of many (REM-6, REM-8): notices that were gathered for a reader, carried by another one.

It knows readers, mornings and lines. What a gathered notice says, and whether it is still true, is asked of whoever
wrote it, once for all notices of a digest; what became untrue meanwhile is suppressed with its reason, what is
somebody else's by now goes to theirs.
"""
