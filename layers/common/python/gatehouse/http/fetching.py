"""Fetch what an issuer answers: over https, for three seconds, half a megabyte at most."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

Fetch = Callable[[str, bytes | None], Mapping[str, Any]]
"""Get a URL, or post a form to it; return the JSON of the answer. Raises OSError or ValueError."""

_LARGEST: Final = 512 * 1024


class Rejected(ValueError):
    """The issuer said no (HTTP 4xx)."""


class _OverHttps(urllib.request.HTTPRedirectHandler):
    """Follows a redirection no further than an issuer may be asked at all."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not is_safe(newurl):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@cache
def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_OverHttps)


def fetch_json(url: str, form: bytes | None) -> Mapping[str, Any]:
    """Fetch over https (plain http from this machine only), for at most three seconds."""
    if not is_safe(url):
        raise ValueError("an issuer is reached over https")
    request = urllib.request.Request(  # noqa: S310  # the scheme is checked above
        url, data=form, headers={"Accept": "application/json"}
    )
    try:
        with _opener().open(request, timeout=3) as answer:
            document = json.loads(answer.read(_LARGEST))
    except urllib.error.HTTPError as failure:
        failure.close()
        if 400 <= failure.code < 500:  # the client's errors
            raise Rejected(failure.code) from failure
        raise
    if not isinstance(document, dict):
        raise ValueError("an issuer answers JSON objects")  # noqa: TRY004  # of what was fetched
    return document


def is_safe(url: object) -> bool:
    """Say whether an issuer may be asked at this address: https, or plain http on this machine."""
    if not isinstance(url, str):
        return False
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return False
    local = parts.hostname in {"127.0.0.1", "localhost"}
    return parts.scheme == "https" or (parts.scheme == "http" and local)
