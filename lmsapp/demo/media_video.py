"""Makes a captioned slide video from a `*.slides.yaml` source. Development only: results are committed.

Each slide is a small HTML page, pictured by Chromium; ffmpeg cross-fades the pictures over a quiet chord and writes
WebM (VP9, Opus) with its cues at the front, so that a browser can seek before the file is complete. Captions
(WebVTT, one file per language) and the transcript come from the same source, so they cannot drift apart.
"""

from __future__ import annotations

import html
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

WIDE, HIGH, FPS = 960, 540, 20
CHORD = (110.0, 164.81, 220.0, 277.18)  # A2 E3 A3 C#4: an open major chord, low enough to stay in the background

ICONS = {
    "door": '<path d="M30 12h40v76H30z"/><path d="M18 88h64"/><circle cx="60" cy="52" r="3"/>',
    "lock": '<rect x="22" y="44" width="56" height="42" rx="6"/><path d="M34 44V32a16 16 0 0 1 32 0v12M50 60v12"/>',
    "speech": '<path d="M14 20h72v46H46L28 84V66H14z"/><path d="M30 36h40M30 50h26"/>',
    "page": '<path d="M24 10h38l16 16v64H24z"/><path d="M36 46h30"/><path class="dim" d="M36 60h30M36 74h30"/>',
    "quiet": '<circle cx="50" cy="50" r="38"/><path d="M34 40v4M66 40v4M34 66h32"/>',
    "phone": '<path d="M28 12h14l8 22-10 8q6 15 20 20l8-10 20 8v14q0 10-12 10C44 84 18 56 18 24q0-12 10-12z"/>',
    "flag": '<path d="M26 90V12M26 16h48L62 34l12 18H26"/>',
    "bin": '<path d="M26 32h48l-4 56H30zM18 32h64M40 32V18h20v14"/><path d="M50 50v22"/>',
}

CSS = Path(__file__).with_name("slides.css")


def slide_html(slide: dict[str, Any], position: int, moments: int, font: Path | None) -> str:
    """One page; `position` counts the moments of the day from 1, 0 stands for title and end."""
    source = f"src: url('{font.resolve().as_uri()}')" if font else "src: local('Source Sans 3')"
    face = f"@font-face {{ font-family: 'Slide Sans'; {source}; font-weight: 200 900; }}"
    head, text = html.escape(slide["head"]), html.escape(slide["text"])
    if position == 0:
        kicker = f'<p class="kicker">{html.escape(slide["kicker"])}</p>' if "kicker" in slide else ""
        body = f'<body class="dark"><main><div>{kicker}<h1>{head}</h1><p class="text">{text}</p></div></main></body>'
    else:
        track = "".join(f'<i class="{"on" if n <= position else ""}"></i>' for n in range(1, moments + 1))
        icon = f'<div class="disc"><svg viewBox="0 0 100 100">{ICONS[slide["icon"]]}</svg></div>'
        words = f'<div><p class="time">{slide["time"]}</p><h1>{head}</h1><p class="text">{text}</p></div>'
        body = f'<body><div class="track">{track}</div><main>{icon}{words}</main></body>'
    css = face + CSS.read_text(encoding="utf-8")
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{css}</style>{body}</html>'


def picture(page: Path, target: Path) -> None:
    flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars"
    local = "--allow-file-access-from-files --virtual-time-budget=2000"
    size = f"--window-size={WIDE},{HIGH}"
    run("chromium", *flags.split(), *local.split(), size, f"--screenshot={target}", page.as_uri())


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed programs, our own files


def starts(count: int, seconds: float, fade: float) -> list[float]:
    """The second at which each slide begins to appear."""
    return [index * (seconds - fade) for index in range(count)]


def encode(pictures: list[Path], seconds: float, fade: float, target: Path) -> None:
    total = starts(len(pictures), seconds, fade)[-1] + seconds
    inputs: list[str] = []
    for shot in pictures:
        inputs += ["-loop", "1", "-framerate", str(FPS), "-t", str(seconds), "-i", str(shot)]
    chain, last = [], "0:v"
    for index, offset in enumerate(starts(len(pictures), seconds, fade)[1:], start=1):
        chain.append(f"[{last}][{index}:v]xfade=transition=fade:duration={fade}:offset={offset:.3f}[v{index}]")
        last = f"v{index}"
    chain.append(f"[{last}]format=yuv420p[video]")
    wave = "+".join(f"sin(2*PI*{hertz}*t)*(0.6+0.4*sin(2*PI*t/{11 + 3 * n}))" for n, hertz in enumerate(CHORD))
    chain.append(
        f"aevalsrc='0.022*({wave})':s=48000:d={total:.3f},lowpass=f=900,"
        f"afade=t=in:d=3,afade=t=out:st={total - 4:.3f}:d=4[sound]"
    )
    streams = (
        "-map [video] -map [sound] -c:v libvpx-vp9 -b:v 0 -crf 45 -row-mt 1 -cpu-used 2 -c:a libopus -b:a 24k -ac 1"
    )
    files = f"-g {FPS * 5} -fflags +bitexact -flags:v +bitexact -cues_to_front 1"
    run("ffmpeg", "-y", *inputs, "-filter_complex", ";".join(chain), *streams.split(), *files.split(), str(target))


def stamp(second: float) -> str:
    return f"{int(second // 3600):02}:{int(second % 3600 // 60):02}:{second % 60:06.3f}"


def captions(source: dict[str, Any], language: str) -> str:
    """WebVTT: each slide's sentences share its time, and end before the next slide's begin."""
    seconds, fade = float(source["seconds"]), float(source["fade"])
    cues = ["WEBVTT", ""]
    for slide, start in zip(source["slides"], starts(len(source["slides"]), seconds, fade), strict=True):
        lines, first, span = slide[language], start + fade / 2, seconds - fade
        for index, line in enumerate(lines):
            begin, end = first + span * index / len(lines), first + span * (index + 1) / len(lines) - 0.08
            cues += [f"{stamp(begin)} --> {stamp(end)}", line, ""]
    return "\n".join(cues)


def transcript(source: dict[str, Any]) -> str:
    parts = ["The video has quiet background music and no speech. These are its captions, and what each slide shows."]
    for slide in source["slides"]:
        label = f"{slide['time']} {slide['head']}" if "time" in slide else slide["head"]
        parts += [f"## {label}", f"*On the screen:* {slide['text']}", " ".join(slide["en"])]
    return "\n\n".join(parts) + "\n"


def build_video(source_path: Path, name: str, font: Path | None = None) -> None:
    """Writes `name`.webm, its poster, captions and transcript beside the source."""
    source = yaml.safe_load(source_path.read_text(encoding="utf-8"))
    folder, slides = source_path.parent, source["slides"]
    moments = sum("time" in slide for slide in slides)
    with tempfile.TemporaryDirectory() as scratch:
        shots = []
        for index, slide in enumerate(slides):
            page, shot = Path(scratch, f"{index:02}.html"), Path(scratch, f"{index:02}.png")
            position = sum("time" in earlier for earlier in slides[: index + 1]) if "time" in slide else 0
            page.write_text(slide_html(slide, position, moments, font), encoding="utf-8")
            picture(page, shot)
            shots.append(shot)
        (folder / f"{name}.png").write_bytes(shots[0].read_bytes())
        encode(shots, float(source["seconds"]), float(source["fade"]), folder / f"{name}.webm")
    for language in ("en", "es"):
        (folder / f"{name}.{language}.vtt").write_text(captions(source, language), encoding="utf-8")
    (folder / source["transcript"]).write_text(transcript(source), encoding="utf-8")
