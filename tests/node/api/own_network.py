"""A network of a test's own: public addresses, names and an authority that exist nowhere else (Linux).

`python -m tests.node.api.own_network FOLDER COMMAND…` runs the command inside: the loopback device has the
addresses of `ADDRESSES`, and `/etc/hosts` is the folder's.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PUBLIC, FALSE, INSIDE = "203.0.113.5", "203.0.113.6", "10.0.0.5"
"""Of a university, of one who has a certificate of his own making, of a network's inside."""
ADDRESSES = (PUBLIC, FALSE, INSIDE)
HOSTS = f"""127.0.0.1 localhost
{PUBLIC} uni.example
{PUBLIC} unnamed.example
{FALSE} false.example
{INSIDE} inside.example
127.0.0.1 loop.example
{PUBLIC} both.example
{INSIDE} both.example
"""
NAMES = ("uni.example", "both.example", "inside.example", "loop.example", "false.example")
_ADDRESS, _FLAGS, _UP = 0x8916, 0x8914, 0x1  # SIOCSIFADDR, SIOCSIFFLAGS, IFF_UP


def inside(folder: Path, *command: str) -> list[str]:
    """The command line that runs `command` in a network of its own."""
    unshare = shutil.which("unshare") or "unshare"
    play = [sys.executable, "-m", __name__, str(folder), *command]
    return [unshare, "--map-root-user", "--net", "--mount", *play]


def refusal(folder: Path) -> str | None:
    """Why this machine gives no such network; None if it does."""
    try:
        done = subprocess.run(
            inside(folder, "true"), capture_output=True, text=True, check=False, timeout=60, cwd=_ROOT
        )
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip()[-200:]


def furnish(folder: Path) -> None:
    """Write the names, and what the servers there show: `server.pem` by `authority.pem`, and `false.pem`."""
    (folder / "hosts").write_text(HOSTS)
    _certify(folder / "authority.pem", folder / "server.pem")
    _certify(folder / "nobodys.pem", folder / "false.pem")


def _certify(authority: Path, server: Path) -> None:
    authority_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, authority.stem)])
    now = datetime.fromtimestamp(authority.parent.stat().st_mtime, UTC)

    def begun(subject: x509.Name, public_key: object) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public_key)  # type: ignore[arg-type] # of the curve above
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )

    root = (
        begun(issuer, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in NAMES])
    leaf = (
        begun(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")]), key.public_key())
        .add_extension(names, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    authority.write_bytes(root.public_bytes(Encoding.PEM))
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server.write_bytes(sealed + leaf.public_bytes(Encoding.PEM))


def _enter(folder: Path) -> None:
    """Bring up what the kernel gave: a loopback device without addresses, and the mounts of before."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        fcntl.ioctl(device, _FLAGS, struct.pack("16sh14s", b"lo", _UP, b""))
        for number, address in enumerate(ADDRESSES):
            alias = f"lo:{number}".encode()
            sockaddr = struct.pack("=HH4s8s", socket.AF_INET, 0, socket.inet_aton(address), b"")
            fcntl.ioctl(device, _ADDRESS, struct.pack("16s16s", alias, sockaddr))
    subprocess.run(["mount", "--bind", str(folder / "hosts"), "/etc/hosts"], check=True)


_ROOT = Path(__file__).parents[3]

if __name__ == "__main__":
    _enter(Path(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the play itself
