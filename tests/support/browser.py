"""A browser: keeps cookies, follows a sign-in to the issuer and back, submits a page's forms."""

import base64
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.support import issuer
from tests.support.api import USUAL_IP, Reply
from tests.support.world import Company, World

_FORM = re.compile(r'<form [^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Browser:
    """One person's browser, without a script and without a network between."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []
        self.ip = USUAL_IP

    def get(self, address: str, **headers: str) -> Reply:
        """Open an address as a browser does: it takes pages."""
        return self._send("GET", address, None, headers)

    def post(self, address: str, fields: dict[str, str] | str) -> Reply:
        """Send a form."""
        body = fields if isinstance(fields, str) else urlencode(fields)
        form = {"content-type": "application/x-www-form-urlencoded"}
        return self._send("POST", address, body, form)

    def post_raw(self, address: str, base64_body: str, content_type: str) -> Reply:
        """Send a body of any type, as the gateway hands those over: in base64."""
        headers = {"content-type": content_type}
        return self._send("POST", address, base64_body, headers, is_base64=True)

    def upload(self, page: Reply, action: str, content: bytes, **more: str) -> Reply:
        """Send the form with a file of a page whose action ends so."""
        address, fields = form_of(page, action, **more)
        request = httpx.Request("POST", "https://x.test", data=fields, files={"file": content})
        body = base64.b64encode(request.read()).decode()
        headers = {"content-type": request.headers["content-type"]}
        return self._send("POST", address, body, headers, is_base64=True)

    def submit(self, page: Reply, action: str, **more: str) -> Reply:
        """Send the form of a page whose action ends so, with its hidden fields and some more."""
        return self.post(*form_of(page, action, **more))

    def begin(self, return_to: str = "/") -> dict[str, str]:
        """Go to sign in; return what the issuer is asked."""
        reply = self.get(f"/sign-in?{urlencode({'return_to': return_to})}")
        assert reply.status == 303, reply
        address = urlsplit(reply.headers["location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{issuer.ISSUER}/authorize"
        return {name: values[0] for name, values in parse_qs(address.query).items()}

    def come_back(self, asked: dict[str, str], email: str, /, **claims: Any) -> Reply:
        """Come back from the issuer as somebody."""
        code = f"code-{len(self._world.issuer.id_tokens)}"
        self._world.issuer.id_tokens[code] = issuer.id_token(
            email, self._world.clock.now(), **{"nonce": asked["nonce"], **claims}
        )
        return self.get(f"/sign-in/callback?{urlencode({'code': code, 'state': asked['state']})}")

    def sign_in(
        self, company: Company, name: str = "administrator", return_to: str = "/", **claims: Any
    ) -> "Browser":
        """Sign in as one of a company's people, with what the ID token says besides."""
        reply = self.come_back(self.begin(return_to), company.emails[name], **claims)
        assert reply.status == 303, reply
        assert reply.headers["location"] == return_to
        return self

    def _send(
        self,
        method: str,
        address: str,
        body: str | None,
        headers: dict[str, str],
        *,
        is_base64: bool = False,
    ) -> Reply:
        reply = self._world.api(
            method,
            address,
            body,
            headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8", **headers},
            cookies=self.cookies,
            is_base64=is_base64,
            ip=self.ip,
        )
        for cookie in reply.cookies:
            self.set_cookies.append(cookie)
            name, _, value = cookie.partition(";")[0].partition("=")
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return reply


def form_of(page: Reply, action: str, **more: str) -> tuple[str, dict[str, str]]:
    """Return where a page's form goes and the fields it carries."""
    for address, inside in _FORM.findall(page.text):
        if html.unescape(address).endswith(action):
            fields = {name: html.unescape(value) for name, value in _FIELD.findall(inside)}
            return html.unescape(address), {**fields, **more}
    raise AssertionError(f"no form to {action} in: {page.text}")
