"""Opening a ZIP that somebody sent (SEC-6): its directory is bounded before anything is made of it.

The standard library reads the whole directory and makes an object of every entry before it can be asked how many there
are: 20 MB of directory are 150 MB of memory and four seconds. Packages are read by a stricter reader of their own
(`courses.packages.zips`).
"""

from __future__ import annotations

import zipfile
from typing import IO

AN_ENTRY = 512  # bytes of a directory for each entry: 46, a long name, what programs add
BESIDE = 128 * 1024  # the end of the directory, and the longest comment there may be


class _Bounded:
    """A file of which so many bytes may be read, until it is let go. Raises BadZipFile beyond."""

    def __init__(self, source: IO[bytes], most: int) -> None:
        self._source, self._left = source, most
        self._bound = True
        self.seek, self.tell, self.seekable, self.close = source.seek, source.tell, source.seekable, source.close

    def read(self, size: int = -1) -> bytes:
        if not self._bound:
            return self._source.read(size)
        data = self._source.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise zipfile.BadZipFile("The directory is longer than it may be.")
        return data

    def let_go(self) -> None:
        self._bound = False


def open_zip(source: IO[bytes], *, most: int) -> zipfile.ZipFile:
    """As `zipfile.ZipFile(source)`, for at most `most` entries or a few more; closing it leaves `source` open.

    Raises BadZipFile where the directory is longer, and what ZipFile raises.
    """
    bounded = _Bounded(source, most * AN_ENTRY + BESIDE)
    opened = zipfile.ZipFile(bounded)
    bounded.let_go()
    return opened
