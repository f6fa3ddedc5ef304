"""Rebuilds the PDFs and the video of the demo courses. Development only: results are committed beside their sources.

    python -m lmsapp.demo.make_media pdf
    python -m lmsapp.demo.make_media video --font path/to/source-sans-3.woff2

The video needs `chromium` and `ffmpeg` on PATH.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lmsapp.demo.media_pdf import build_pdf
from lmsapp.demo.media_video import build_video

CONTENT = Path(__file__).parent / "content"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pdf", "video", "all"])
    parser.add_argument(
        "--font", type=Path, help="Source Sans 3 (variable, WOFF2); without it the slides use Noto Sans"
    )
    options = parser.parse_args()
    if options.what in ("pdf", "all"):
        for source in sorted(CONTENT.glob("*/*.src.yaml")):
            build_pdf(source, source.with_name(source.name.replace(".src.yaml", ".pdf")))
    if options.what in ("video", "all"):
        for source in sorted(CONTENT.glob("*/*.slides.yaml")):
            build_video(source, source.name.removesuffix(".slides.yaml"), font=options.font)


if __name__ == "__main__":
    main()
