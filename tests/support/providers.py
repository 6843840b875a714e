"""Two OpenID Connect providers on this machine, over HTTP: the local one, and one of somebody else."""

import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette

from gatehouse.http.oidc import OidcIdentities
from local.identity import CLIENT_ID, PATH, Issuer
from local.idp_pages import IdentityProvider
from local.people import People
from local.state import StateFolder
from tests.support.world import World

ROOT = Path(__file__).parents[2]
FOREIGN = ROOT / ".venv-issuer" / "bin" / "oidc-provider-mock"
READY_SECONDS = 30
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


@dataclass(frozen=True)
class Provider:
    """A provider, and how its person is picked on its page."""

    issuer: str
    client_id: str
    redirect_uri: str
    field: str
    client_secret: str | None = None

    def identities(self) -> OidcIdentities:
        """Return what the product knows of it: the adapter as a deployment has it."""
        return OidcIdentities(
            issuer=self.issuer,
            client_id=self.client_id,
            redirect_uri=self.redirect_uri,
            client_secret=self.client_secret,
        )

    def sign_in(self, address: str, person: str) -> str:
        """Go to its page as a browser does, pick somebody; return where it sends the browser."""
        with httpx.Client(follow_redirects=False) as browser:
            page = browser.get(address).raise_for_status()
            form = {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}
            answer = browser.post(address, data={**form, self.field: person})
        assert answer.status_code in {302, 303}, answer.text
        return answer.headers["location"]


@contextmanager
def local_provider(world: World, folder: Path) -> Iterator[Provider]:
    """Serve the local identity provider."""
    state = StateFolder(folder)
    state.open()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # whoever comes before the server is ready waits
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        issuer = Issuer(base, state, world.clock.now)
        people = People(world.ports.store, state)
        pages = IdentityProvider(issuer, people, lambda _: None)
        app = Starlette(routes=pages.routes())
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield Provider(f"{base}{PATH}", CLIENT_ID, f"{base}/sign-in/callback", "email")
        finally:
            server.should_exit = True
            thread.join(READY_SECONDS)
            state.close()


@contextmanager
def foreign_provider(people: dict[str, dict[str, object]], log: Path) -> Iterator[Provider]:
    """Run somebody else's provider with these people: subjects and what it claims of them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    claims = [json.dumps({"sub": subject, **said}) for subject, said in people.items()]
    options = [option for one in claims for option in ("--user-claims", one)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [FOREIGN, "--port", str(port), *options], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(f"http://127.0.0.1:{port}/.well-known/openid-configuration", process, log)
        yield Provider(
            f"http://127.0.0.1:{port}",
            "gatehouse",
            "https://gatehouse.test/sign-in/callback",
            "sub",
            "the secret of a confidential client",
        )
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(address).raise_for_status()
        except httpx.HTTPError:
            threading.Event().wait(0.05)
        else:
            return
    raise AssertionError(f"the provider did not start: {log.read_text()}")
