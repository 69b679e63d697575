"""Style sheets and their licence: read once at the start, served by name; no path of a request reaches the disk."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.console.refusals import NotFound

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}
_FILES = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}

ADDRESSES = {name: f"/static/{name}?v={sha256(content).hexdigest()[:12]}" for name, content in _FILES.items()}
"""File name -> the address by which pages ask for it; another content has another address."""


async def asset(request: Request) -> Response:
    """One file, which browsers may keep."""
    name = request.path_params["name"]
    if name not in _FILES:
        raise NotFound
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_FILES[name], media_type=_TYPES[Path(name).suffix], headers=kept)


ROUTES = [Route("/static/{name}", asset)]
