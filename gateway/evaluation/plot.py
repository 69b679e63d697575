"""The threshold curve as a picture (SVG): at each threshold the share of figure leaks found, and what is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from gateway.evaluation.tally import Point

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 220, 30, 50
_COLOURS = ("#1d70b8", "#00703c", "#d4351c", "#4c2c92", "#f47738", "#28a197", "#912b88", "#505a5f")
_GRID = 5


def svg(curve: Sequence[Point], threshold: float) -> str:
    """The picture; `threshold` is the one in force, drawn as an upright line."""
    return "\n".join(_drawn(curve, threshold)) + "\n"


def _drawn(curve: Sequence[Point], threshold: float) -> Iterator[str]:
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    yield '<rect width="100%" height="100%" fill="white"/>'
    if curve:
        scale = _Scale(curve)
        yield from scale.axes()
        if curve[0].threshold <= threshold <= curve[-1].threshold:
            yield _line(
                scale.x(threshold), _TOP, scale.x(threshold), _HEIGHT - _BOTTOM, "#505a5f", dashed=True
            )
        for number, kind in enumerate(curve[0].found):
            shares = [point.found[kind] for point in curve]
            yield from scale.curve(shares, number, kind)
        held = [point.held / scale.most for point in curve]
        yield from scale.curve(held, len(curve[0].found), f"innocent held (of {scale.most})", dashed=True)
    yield "</svg>"


class _Scale:
    """Where thresholds and shares lie in the picture."""

    def __init__(self, curve: Sequence[Point]) -> None:
        self._curve = curve
        self._low, self._high = curve[0].threshold, curve[-1].threshold
        self.most = max(1, *(point.held for point in curve))
        """Innocent mails held at the lowest threshold: the top of their curve."""

    def x(self, threshold: float) -> float:
        """Points from the left."""
        wide = _WIDTH - _LEFT - _RIGHT
        return _LEFT + wide * (threshold - self._low) / max(0.1, self._high - self._low)

    def y(self, share: float) -> float:
        """Points from the top."""
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share

    def axes(self) -> Iterator[str]:
        """Lines and numbers of both axes."""
        for step in range(_GRID + 1):
            share = step / _GRID
            yield _line(_LEFT, self.y(share), _WIDTH - _RIGHT, self.y(share), "#dee0e2")
            yield _text(_LEFT - 8, self.y(share) + 4, f"{100 * share:.0f} %", "end")
        for point in self._curve:
            if point.threshold == int(point.threshold):
                yield _text(self.x(point.threshold), _HEIGHT - _BOTTOM + 18, f"{point.threshold:g}", "middle")
        yield _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 10, "threshold", "middle")

    def curve(
        self, shares: Sequence[float], number: int, name: str, *, dashed: bool = False
    ) -> Iterator[str]:
        """One line through all thresholds, and its entry in the key."""
        colour = "#0b0c0c" if dashed else _COLOURS[number % len(_COLOURS)]
        points = " ".join(
            f"{self.x(point.threshold):.1f},{self.y(share):.1f}"
            for point, share in zip(self._curve, shares, strict=True)
        )
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
        height = _TOP + 10 + 18 * number
        yield _line(_WIDTH - _RIGHT + 10, height, _WIDTH - _RIGHT + 30, height, colour, dashed=dashed)
        yield _text(_WIDTH - _RIGHT + 36, height + 4, name, "start")


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
