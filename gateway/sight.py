"""Words in pictures: decoded by Pillow, made easy to read, read by tesseract; codes that telephones read, by zxing.

Theory of operation.  Pillow opens the picture in this process, whose memory is bounded, after its size was looked at.
It goes to tesseract as grey pixels, dark on light and large enough, through a pipe: nothing is written to disk.
tesseract is a process of its own, so that a picture that keeps it busy costs that picture alone, and coreutils'
`timeout` ends it even where this process was ended before.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from gateway import message
from gateway.message import Collector, limits, pictures
from gateway.model import Document, Message, Part, PartKind, Reason, Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

_PROGRAM: Final = "tesseract"
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "JPEG2000", "AVIF", "ICO")
"""Formats that are decoded; of others the pixels stay unseen, and the picture is named."""
_ENLARGED: Final = 2.0
"""Type on a screen is 8 pixels high; tesseract was taught 30.  Twice the size reads best: 97 of 100 figures, not 87."""
_LONGEST: Final = 8.0
"""Seconds for one picture: a full screen takes one or two, a page of a scan three."""
_SHARE: Final = 0.7
"""Share of a deadline in which pictures are begun: what is left is for the one at work, and for the answer."""
_UNHURRIED: Final = 60.0
"""Seconds for the pictures of a document, or of a mail, where nobody waits for an answer."""
_DARK: Final = 128


def problem() -> str | None:
    """Why pictures cannot be read on this machine, if so."""
    if shutil.which(_PROGRAM) is None:
        return "tesseract is not installed (Debian: tesseract-ocr)"
    if find_spec("PIL") is None:
        return "Pillow is not installed (pip install 'embargo-gateway[ocr]')"
    return None


@cache
def prepare() -> None:
    """Load what opens pictures, before a process gives up reaching files; once."""
    from PIL import Image, ImageFile

    Image.init()
    Image.MAX_IMAGE_PIXELS = limits.PIXELS
    # What is there of a picture that was cut is what programs show.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    _codes()


def read_document(document: Document, seconds: float = _UNHURRIED) -> Message:
    """A document, and the words of the pictures in it as far as `seconds` from now reach; total."""
    prepare()
    end = time.monotonic() + seconds * _SHARE
    collector = Collector(pictures=[])
    found = message.extract(document, collector)
    return sum((read_picture(each, end - time.monotonic()) for each in collector.pictures or ()), found)


def read_all(documents: Iterable[Document], seconds: float = _UNHURRIED) -> Message:
    """The words of pictures as far as `seconds` from now reach."""
    prepare()
    end = time.monotonic() + seconds * _SHARE
    return sum((read_picture(each, end - time.monotonic()) for each in documents), Message())


def read_picture(document: Document, seconds: float) -> Message:
    """The words of one picture, and why they may not be all; total."""
    seen = _see(bytes(document.data), min(seconds, _LONGEST))
    text = "\n".join(seen.texts)
    parts = (Part(document.path, PartKind.DOCUMENT, text),) if text.strip() else ()
    marks = (Unreadable(document.path, seen.fault),) if seen.fault is not None else ()
    return Message(parts, unreadable=marks)


@dataclass(frozen=True, slots=True)
class _Seen:
    texts: tuple[str, ...] = ()
    fault: Reason | None = None


def _see(data: bytes, seconds: float) -> _Seen:
    """Frame by frame; what was read before a fault counts."""
    end, texts = time.monotonic() + seconds, []
    fault: Reason | None = None
    try:
        for frame in _frames(data):
            texts += [*_coded(frame), _written(frame, end - time.monotonic())]
    except subprocess.TimeoutExpired:
        fault = Reason.DEADLINE
    except MemoryError:
        fault = Reason.TOO_LARGE
    except _Unseen as unseen:
        fault = unseen.reason
    except Exception:
        # Whatever a picture does to its decoder is the picture's fault.
        fault = Reason.BROKEN
    return _Seen(tuple(texts), fault)


class _Unseen(Exception):
    """A picture, or what is left of one, whose pixels nobody here looks at."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def _frames(data: bytes) -> Iterator[Image]:
    """The frames or pages as grey pixels, dark on light; raises _Unseen behind the last that is looked at."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    if (fault := pictures.fault(data)) is not None:
        raise _Unseen(fault)
    try:
        opened = Image.open(io.BytesIO(data), formats=[each for each in _FORMATS if each in Image.OPEN])
    except UnidentifiedImageError:
        raise _Unseen(Reason.IMAGE) from None
    with opened:
        if opened.width * opened.height > limits.PIXELS:
            raise _Unseen(Reason.TOO_LARGE)
        for frame in islice(ImageSequence.Iterator(opened), limits.FRAMES):
            yield _readable(frame)
        if getattr(opened, "n_frames", 1) > limits.FRAMES:
            raise _Unseen(Reason.IMAGE)


def _readable(frame: Image) -> Image:
    """A frame as tesseract reads it best: upright, grey, dark on light, large enough and no larger."""
    from PIL import Image, ImageOps

    room = (limits.READ_PIXELS / (frame.width * frame.height)) ** 0.5
    frame.draft("L", (int(frame.width * min(1, room)), int(frame.height * min(1, room))))
    grey = _grey(ImageOps.exif_transpose(frame))
    if _median(grey) < _DARK:
        grey = ImageOps.invert(grey)
    factor = min(_ENLARGED, (limits.READ_PIXELS / (grey.width * grey.height)) ** 0.5)
    if factor > 1 or factor < 0.8:
        size = (max(1, int(grey.width * factor)), max(1, int(grey.height * factor)))
        grey = grey.resize(size, Image.Resampling.BICUBIC)
    return grey


def _grey(frame: Image) -> Image:
    """Grey pixels; what is transparent stands on white, or on black where what is drawn is light itself."""
    from PIL import Image

    if not frame.has_transparency_data:
        return frame.convert("L")
    drawn = frame.convert("LA")
    grey, seen = drawn.split()
    light = _median(grey, seen.point(lambda value: 255 if value > _DARK else 0)) >= _DARK + 64
    ground = Image.new("L", grey.size, 0 if light and seen.getextrema()[0] == 0 else 255)
    ground.paste(grey, mask=seen)
    return ground


def _median(grey: Image, mask: Image | None = None) -> int:
    counts = grey.histogram(mask)
    half, seen = sum(counts) / 2, 0
    for value, count in enumerate(counts):
        seen += count
        if seen > half:
            return value
    return 255


def _written(grey: Image, seconds: float) -> str:
    """What tesseract reads.  Raises TimeoutExpired where it takes longer, _Unseen where it fails."""
    if seconds <= 0:
        raise subprocess.TimeoutExpired(_PROGRAM, seconds)
    pixels = io.BytesIO()
    grey.save(pixels, "PPM")
    command = ["timeout", "--signal=KILL", f"{seconds + 1:.1f}", _PROGRAM, "stdin", "stdout", "--psm", "6"]
    done = subprocess.run(  # noqa: S603 (the program that an administrator installed; nothing of a mail but on its input)
        command,
        input=pixels.getvalue(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        check=False,
    )
    if done.returncode:
        raise _Unseen(Reason.IMAGE)
    return done.stdout.decode("utf-8", "replace")


def _coded(grey: Image) -> Iterator[str]:
    """What the codes for telephones say, where the library for them is installed."""
    codes = _codes()
    if codes is not None:
        yield from (str(code.text) for code in codes.read_barcodes(grey))


@cache
def _codes() -> Any:
    if find_spec("zxingcpp") is None:
        return None
    import zxingcpp

    return zxingcpp
