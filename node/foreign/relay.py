"""What didkit takes for the web: a proxy on loopback that serves given documents, and nothing else."""

import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_SECONDS = 2.0
_MAX_REQUEST_BYTES = 8192
_LIFE = timedelta(days=3650)
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_HTTPS_PORT = "443"


class Relay:
    """Answers CONNECT for the hosts of `served`, with certificates that only this process trusts.

    Attributes:
        served: texts by host and path, such as `uni.example/.well-known/did.json`.
    """

    def __init__(self, folder: Path) -> None:
        """Listen on loopback.

        Args:
            folder: an empty folder of this process, where TLS finds its certificates.
        """
        self.served: Mapping[str, str] = {}
        self._folder = folder
        self._key = generate_private_key(SECP256R1())
        self._authority = _certificate("ankyra relay", self._key, signer=self._key, issuer=None)
        self._authority_file, self._chain_file = folder / "authority.pem", folder / "host.pem"
        self._authority_file.write_bytes(self._authority.public_bytes(Encoding.PEM))
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def catch_all_traffic(self) -> None:
        """From now on whatever this process fetches goes to the relay, and only its word is trusted."""
        address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        os.environ.update(dict.fromkeys(_PROXIES, address), SSL_CERT_FILE=str(self._authority_file))

    def leave(self) -> None:
        """Take the files away, and the folder if nothing else is in it."""
        with suppress(OSError):
            self._authority_file.unlink(missing_ok=True)
            self._chain_file.unlink(missing_ok=True)
            self._folder.rmdir()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(_SECONDS)
        with suppress(OSError, ValueError), connection:
            method, target = _request(connection)
            host, _, port = target.rpartition(":")
            if method != "CONNECT" or port != _HTTPS_PORT or not self._knows(host):
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with self._tls(host).wrap_socket(connection, server_side=True) as secure:
                _, path = _request(secure)
                secure.sendall(_response(self.served.get(host + path)))

    def _knows(self, host: str) -> bool:
        return any(place.startswith(f"{host}/") for place in self.served)

    def _tls(self, host: str) -> ssl.SSLContext:
        key = generate_private_key(SECP256R1())
        certificate = _certificate(host, key, signer=self._key, issuer=self._authority)
        self._chain_file.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._chain_file)
        return context


def _request(connection: socket.socket) -> tuple[str, str]:
    """Method and target of the one request, whose head is read to its end."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(_MAX_REQUEST_BYTES)
        head += part
        if not part or len(head) > _MAX_REQUEST_BYTES:
            raise ValueError("no request")
    method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
    return method, target


def _response(text: str | None) -> bytes:
    status, body = ("404 Not Found", b"") if text is None else ("200 OK", text.encode())
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    *,
    signer: EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
) -> x509.Certificate:
    """A certificate for `name`: an authority's own if there is no `issuer`."""
    # The common name holds 64 characters, a host name more.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)  # noqa: TID251 - TLS knows no other clock than the machine's
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(signer, SHA256())
