"""Reads the words of pictures with another program and writes them in the form of `portal-probe eval words`.

Called by beside-ocr.sh: beside_ocr.py rapidocr|tesseract OURS PAGES THREADS. OURS says which pictures, by digest;
PAGES is the folder that holds them.
"""

import csv
import hashlib
import io
import json
import os
import re
import resource
import subprocess
import sys
import time


def area(left, top, right, bottom):
    left, top = max(0, round(left)), max(0, round(top))
    return {"x": left, "y": top, "width": max(0, round(right) - left), "height": max(0, round(bottom) - top)}


class Rapid:
    """RapidOCR with the models of its package, which are the ones that our reader uses."""

    def __init__(self, threads):
        from importlib.metadata import version

        import cv2
        from rapidocr import RapidOCR

        cv2.setNumThreads(threads)
        self.name = "rapidocr " + version("rapidocr")
        # Our reader has no classifier for words that stand on their head, so this one goes without, too.
        self.reader = RapidOCR(
            params={
                "Global.use_cls": False,
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def words(self, path):
        import numpy
        from PIL import Image

        # It takes the frames of a GIF for a list of pictures, so it gets pixels: blue, green, red.
        pixels = numpy.asarray(Image.open(path).convert("RGB"))[:, :, ::-1]
        found = self.reader(numpy.ascontiguousarray(pixels))
        if found.boxes is None:
            return []
        both = zip(found.txts, found.boxes.tolist())
        return [{"text": text, "area": area(*edges(box))} for text, box in both]

    def used(self):
        return own(resource.RUSAGE_SELF)


def edges(box):
    across, down = [x for x, _ in box], [y for _, y in box]
    return min(across), min(down), max(across), max(down)


class Tesseract:
    """Tesseract with the fast simplified Chinese model of Debian; one process a picture, as it is used."""

    # A gap of this many heights of print parts words of one line: they stand in different boxes.
    GAP = 1.5

    def __init__(self, threads):
        said = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True)
        self.name = re.sub(r"\s+", " ", (said.stdout or said.stderr).splitlines()[0]) + " chi_sim"
        self.environment = dict(os.environ, OMP_THREAD_LIMIT=str(threads))

    def words(self, path):
        # 11: sparse words in no order, the best of its ways to look at a chart.
        command = ["tesseract", path, "stdout", "-l", "chi_sim", "--psm", "11", "tsv"]
        done = subprocess.run(command, capture_output=True, env=self.environment, check=False)
        lines = {}
        for row in csv.DictReader(io.StringIO(done.stdout.decode()), delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["level"] == "5" and row["text"].strip():
                place = [int(row[key]) for key in ("left", "top", "width", "height")]
                line = (row["block_num"], row["par_num"], row["line_num"])
                lines.setdefault(line, []).append((row["text"], *place))
        return [word for line in lines.values() for word in self.parted(line)]

    def parted(self, line):
        words = []
        for text, left, top, width, height in line:
            right, bottom = left + width, top + height
            if words and left - words[-1][3] <= self.GAP * height:
                said, a, b, c, d = words[-1]
                words[-1] = (said + text, min(a, left), min(b, top), max(c, right), max(d, bottom))
            else:
                words.append((text, left, top, right, bottom))
        return [{"text": text, "area": area(*place)} for text, *place in words]

    def used(self):
        return own(resource.RUSAGE_CHILDREN)


def own(whose):
    usage = resource.getrusage(whose)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    which, ours, pages, threads = sys.argv[1:]
    with open(ours, encoding="utf-8") as file:
        wanted = set(json.load(file)["pictures"])
    reader = {"rapidocr": Rapid, "tesseract": Tesseract}[which](int(threads))
    pictures = {}
    for name in sorted(os.listdir(pages)):
        path = os.path.join(pages, name)
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        if digest not in wanted or digest in pictures:
            continue
        started, before = time.monotonic(), reader.used()[0]
        try:
            words = reader.words(path)
        except Exception as error:  # A reader that fails on a picture has read nothing of it.
            print(f"{name}: {error}", file=sys.stderr)
            words = []
        pictures[digest] = {
            "seconds": time.monotonic() - started,
            "cpu_seconds": reader.used()[0] - before,
            "words": words,
        }
    json.dump(
        {
            "schema": "portal-probe.words/1",
            "reader": reader.name,
            "threads": int(threads),
            "peak_mib": reader.used()[1],
            "pictures": pictures,
        },
        sys.stdout,
        ensure_ascii=False,
    )


main()
