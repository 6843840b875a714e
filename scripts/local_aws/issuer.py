"""An OpenID Connect issuer over https on a port of 127.0.0.1, with a certificate made for it."""

import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local.identity import Issuer
from local.state import StateFolder

_ADDRESS: Final = "127.0.0.1"


class HttpsIssuer:
    """The local issuer's tokens, its documents served as a real one serves them."""

    def __init__(self, state: StateFolder) -> None:
        self.certificate = state.folder / "issuer.pem"
        _write_certificate(self.certificate)
        documents: dict[str, dict[str, Any]] = {}
        self._server = ThreadingHTTPServer((_ADDRESS, 0), _handler(documents))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        origin = f"https://{_ADDRESS}:{self._server.server_port}"
        self.issuer = Issuer(origin, state, lambda: datetime.now(UTC))
        path = self.issuer.url.removeprefix(origin)
        documents[f"{path}/.well-known/openid-configuration"] = self.issuer.discovery()
        documents[f"{path}/jwks.json"] = self.issuer.jwks()

    def start(self) -> None:
        """Serve, in a thread."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _handler(documents: dict[str, dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = documents.get(self.path)
            self.send_response(404 if document is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(document or {}).encode())

        def log_message(self, *_: object) -> None:
            """Keep the terminal for the table."""

    return Handler


def _write_certificate(file: Path) -> None:
    """Write a key and a certificate that is its own authority, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gatehouse deploy-local")])
    now = datetime.now(UTC)
    public = key.public_key()
    usage = {
        "digital_signature": True,
        "key_cert_sign": True,
        "content_commitment": False,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(_ADDRESS))]), critical=False
        )
        # Python 3.13 checks strictly (RFC 5280): an authority says so, and names its key.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    file.touch(0o600)
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, pkcs8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
