"""Files that are answered at once, as a browser or a program saves them."""

import base64

from gatehouse.http.answers import Answer
from gatehouse.http.call import Call
from gatehouse.usecases.export_log import Download


def download(file: Download) -> Answer:
    """Answer a file, in base64 whatever it is: so its size is known before the gateway sees it.

    Compressing tells nobody anything (BREACH): a file is answered to who shows what no other site
    can, a bearer token or the CSRF token, and neither is in it. So nobody can have a browser fetch
    it again and again to watch its size.
    """
    coded = {"Content-Encoding": "gzip"} if file.is_compressed else {}
    headers = {
        "Content-Type": file.wanted.format.content_type,
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Vary": "Accept-Encoding",
        **coded,
    }
    return Answer(200, base64.b64encode(file.content).decode(), headers, is_base64=True)


def takes_gzip(call: Call) -> bool:
    """Say whether the caller takes gzip (RFC 9110: a weight of 0 is a no, ``*`` is any other)."""
    weights: dict[str, bool] = {}
    for one in call.headers.get("accept-encoding", "").lower().split(","):
        coding, _, parameter = one.partition(";")
        name, _, weight = parameter.strip().partition("=")
        is_none = name.strip() == "q" and not weight.strip("0. \t")
        weights.setdefault(coding.strip(), not is_none)
    return weights.get("gzip", weights.get("*", False))
