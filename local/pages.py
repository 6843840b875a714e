"""The runner's own pages: two templates' worth of HTML under the strictest policy they can live with."""

import re
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, Response

_FOLDER: Final = Path(__file__).resolve().parent / "pages"
_PAGES: Final = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A mail is other people's HTML: no script, no form, no request; only a click leaves it.
_MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)
_HEAD: Final = re.compile(r"<head[^>]*>", re.IGNORECASE)
_HEADERS: Final = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


def page(name: str, status: int = 200, **values: Any) -> Response:
    """Render one of the runner's pages."""
    html = _PAGES.get_template(name).render(values)
    return HTMLResponse(html, status, _HEADERS | {"content-security-policy": _POLICY})


def stylesheet() -> Response:
    """Serve the one stylesheet."""
    css = (_FOLDER / "local.css").read_text(encoding="utf-8")
    return Response(css, media_type="text/css", headers=_HEADERS)


def mail_body(html: str) -> Response:
    """Serve a mail's HTML for a frame, harmless; its links open in the page around it."""
    framed = _HEAD.sub(r'\g<0><base target="_top">', html, count=1)
    return HTMLResponse(framed, headers=_HEADERS | {"content-security-policy": _MAIL_POLICY})


def problem(status: int, slug: str, title: str, detail: str) -> Response:
    """Answer with a problem document (RFC 9457)."""
    return JSONResponse(
        {"type": f"urn:gatehouse:local:{slug}", "title": title, "status": status, "detail": detail},
        status,
        _HEADERS,
        "application/problem+json",
    )
