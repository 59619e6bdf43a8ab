# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws a lecture of an hour for measurements: 45 slides of text, 15 of them with ink that grows for a minute, and
speech throughout (espeak-ng, Vietnamese).

  lecture_hour.py FILE.mp4 [--seconds N]     (default 3600; shorter ones have as many slides an hour)"""
import argparse
import os
import random
import subprocess
import tempfile
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = os.path.join(HERE, "..", "..", "deploy", "sample-lecture.txt")
WIDTH, HEIGHT, RATE = 1280, 720, 5
SLIDE_S, INK_S, INK_EVERY = 80, 60, 3
HEAD = f"""[Script Info]
ScriptType: v4.00+
PlayResX: {WIDTH}
PlayResY: {HEIGHT}

[V4+ Styles]
Format: Name,Fontname,Fontsize,PrimaryColour,Bold,Outline,Shadow,Alignment,MarginL,MarginR,MarginV
Style: title,DejaVu Sans,50,&H00503010,-1,0,0,7,70,60,40
Style: line,DejaVu Sans,34,&H00222222,0,0,0,7,110,60,0
Style: ink,DejaVu Sans,20,&H002020D0,0,0,0,7,0,0,0

[Events]
Format: Layer,Start,End,Style,Text
"""


def sentences():
    with open(TEXT, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return [line[2:] for line in lines if line.startswith("> ")], [line[2:] for line in lines if line[:2] in ("- ", "= ")]


def clock(seconds):
    return f"{int(seconds // 3600)}:{int(seconds // 60 % 60):02}:{seconds % 60:05.2f}"


def stroke(dice):
    """The points of a line of handwriting, a tenth of a second apart."""
    x, y, points = dice.randrange(600, 700), dice.randrange(400, 500), []
    for i in range(INK_S * 10):
        x += dice.randrange(-6, 12)
        y += dice.randrange(-14, 15)
        if x > WIDTH - 60:
            x, y = dice.randrange(600, 700), y + 50
        if not 380 <= y <= HEIGHT - 30:
            y = 400
        points.append((x, y))
    return points


def draw_points(points):
    """As a shape of ASS: a small square for each point."""
    return "".join(f"m {x} {y} l {x + 7} {y} l {x + 7} {y + 5} l {x} {y + 5} " for x, y in points)


def slides(seconds):
    dice = random.Random(45)
    _, texts = sentences()
    events = []
    for number in range(max(1, round(seconds / SLIDE_S))):
        start, end = number * SLIDE_S, min((number + 1) * SLIDE_S, seconds)
        events.append((start, end, "title", f"{number + 1}. {dice.choice(texts)}"))
        for line in range(dice.randrange(4, 8)):
            words = " ".join(dice.choice(texts) for _ in range(2))[:58]
            events.append((start, end, "line", f"{{\\pos(110,{130 + 62 * line})}}– {words}"))
        if number % INK_EVERY == 1:
            points = stroke(dice)
            for second in range(INK_S):
                at = start + 10 + second
                until = at + 1 if second < INK_S - 1 else end
                events.append((at, until, "ink", "{\\pos(0,0)\\p1}" + draw_points(points[:second * 10 + 10]) + "{\\p0}"))
    return HEAD + "".join(f"Dialogue: 0,{clock(a)},{clock(b)},{style},{text}\n" for a, b, style, text in events if a < b)


def speak(seconds, folder):
    """Says the sentences over and over, each time a little otherwise, into one file."""
    dice = random.Random(22)
    spoken, _ = sentences()
    path, n = os.path.join(folder, "voice.wav"), 0
    with wave.open(path, "wb") as out:
        out.setparams((1, 2, 22050, 0, "NONE", ""))
        while n < seconds * 22050:
            for text in spoken:
                subprocess.run(["espeak-ng", "-v", "vi", "-s", str(dice.randrange(130, 175)), "-p",
                                str(dice.randrange(35, 60)), "-w", os.path.join(folder, "one.wav"), text], check=True)
                with wave.open(os.path.join(folder, "one.wav"), "rb") as one:
                    frames = one.readframes(one.getnframes())
                pause = b"\0\0" * dice.randrange(6000, 16000)
                out.writeframes(frames + pause)
                n += len(frames + pause) // 2
                if n >= seconds * 22050:
                    break
    return path


def make(path, seconds):
    with tempfile.TemporaryDirectory(prefix="banmai-hour-") as folder:
        with open(os.path.join(folder, "slides.ass"), "w", encoding="utf-8") as file:
            file.write(slides(seconds))
        voice = speak(seconds, folder)
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i",
                        f"color=0xFFFDF6:s={WIDTH}x{HEIGHT}:r={RATE}", "-i", voice, "-t", str(seconds), "-vf",
                        "format=yuv420p,ass=slides.ass", "-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage",
                        "-crf", "18", "-g", str(RATE * 10), "-c:a", "aac", "-b:a", "96k", "-ar", "44100",
                        os.path.abspath(path)], check=True, cwd=folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--seconds", type=int, default=3600)
    arguments = parser.parse_args()
    make(arguments.file, arguments.seconds)
