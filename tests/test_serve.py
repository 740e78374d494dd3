"""``claimbatch serve``, as it is called: it opens once, closes cleanly, and is refused where it is unsafe."""

import http.client
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.centre import Centre
from tests.conftest import installed

ANYWHERE = "0.0.0.0"  # noqa: S104 - that is what is refused
SERVE = [sys.executable, "-m", "claimbatch", "serve", "--no-browser", "--port", "0"]


@contextmanager
def serving(centre: Centre, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server, and the address that it says."""
    command = [*SERVE, *options, "--workspace", str(centre.workspace.folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            said = process.stderr.readline()
            found = re.search(r"https?://\S+\d", said)
            assert found, said
            yield process, found[0]
        finally:
            process.kill()


def token_said(process: "subprocess.Popen[str]") -> str:
    """The address that opens the page."""
    assert process.stderr
    process.stderr.readline()
    return process.stderr.readline().strip()


def asked(
    address: str, path: str = "/", cookie: str = "", context: ssl.SSLContext | None = None
) -> tuple[int, str]:
    """The status of an answer, and the cookie that came with it."""
    scheme, _, host = address.partition("://")
    if scheme == "https":
        there: http.client.HTTPConnection = http.client.HTTPSConnection(host, timeout=20, context=context)
    else:
        there = http.client.HTTPConnection(host, timeout=20)
    there.request("GET", path, headers={"cookie": cookie} if cookie else {})
    answer = there.getresponse()
    answer.read()
    return answer.status, (answer.headers["set-cookie"] or "").partition(";")[0]


def test_it_opens_and_closes(centre: Centre) -> None:
    """With the address that is said, once; Ctrl-C ends it well, and leaves nothing behind."""
    with serving(centre) as (process, address):
        opening = token_said(process)
        left = centre.workspace.folder / "runs" / "serve.json"
        assert left.stat().st_mode & 0o777 == 0o600
        status, cookie = asked(address, opening.removeprefix(address))
        assert status == 303
        assert asked(address, cookie=cookie)[0] == 200
        assert asked(address)[0] == 401
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert not left.exists()


def test_a_second_one_opens_the_first(centre: Centre) -> None:
    """The page that is open already, for whoever clicks the shortcut again."""
    with serving(centre) as (first, address):
        token_said(first)
        again = subprocess.run(
            [*SERVE, "--workspace", str(centre.workspace.folder)],
            check=True, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert f"claimbatch is open already at {address}." in again.stderr
        opening = again.stderr.splitlines()[-1].strip()
        assert asked(address, opening.removeprefix(address))[0] == 303
        assert asked(address, opening.removeprefix(address))[0] == 403


def test_one_that_was_killed_is_no_hindrance(centre: Centre) -> None:
    """What it left says nothing about who has its port now."""
    with serving(centre) as (process, _):
        token_said(process)
        process.kill()
        process.wait()
        assert (centre.workspace.folder / "runs" / "serve.json").exists()
    with serving(centre) as (process, address):
        assert asked(address)[0] == 401


def test_it_is_refused_for_others_without_certificate_and_users(centre: Centre, tmp_path: Path) -> None:
    """Anybody on the way could read along; anybody could get in."""
    code, said = centre.run("serve", "--host", ANYWHERE, "--no-browser")
    assert (code, "without a certificate anybody on the way reads along" in said) == (2, True)
    pem = tmp_path / "x.pem"
    pem.write_text("", "utf-8")
    code, said = centre.run("serve", "--host", ANYWHERE, "--certificate", pem, "--key", pem)
    assert (code, "is no name by which anybody could open the page" in said) == (2, True)
    assert centre.run("serve", "--certificate", pem, "--key", pem)[0] == 2
    code, said = centre.run("serve", "--host", "192.168.0.5", "--certificate", pem, "--key", pem)
    assert (code, "nobody has a password yet" in said) == (2, True)


def test_others_sign_in_over_an_encrypted_line(centre: Centre, tmp_path: Path) -> None:
    """By the name on the certificate, and by no other; no address opens it."""
    openssl = installed("openssl", "openssl", "CLAIMBATCH_REQUIRE_OPENSSL")
    pem, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(pem)],
        check=True, capture_output=True,
    )  # fmt: skip
    assert "Added Jo" in centre.done("users", "add", "Jo", "--password", "three words together")
    options = ["--host", ANYWHERE, "--name", "localhost", "--certificate", str(pem), "--key", str(key)]
    with serving(centre, *options) as (_, address):
        assert address.startswith("https://localhost:")
        context = ssl.create_default_context(cafile=str(pem))
        for _ in range(100):
            try:
                status, _ = asked(address, context=context)
                break
            except OSError:
                time.sleep(0.1)
        assert status == 401
        other = address.replace("localhost", "127.0.0.1")
        context.check_hostname = False
        assert asked(other, context=context)[0] == 421
        assert asked(address, "/open?token=x", context=context)[0] == 404


def test_users_are_kept(centre: Centre) -> None:
    """Added, listed, changed and removed."""
    centre.done("users", "add", "Jo Hughes", "--password", "three words together")
    assert "Changed Jo Hughes, centre administrator." in centre.done(
        "users", "add", "Jo Hughes", "--role", "administrator", "--password", "three words together"
    )
    assert "Jo Hughes  administrator" in centre.done("users", "list")
    code, said = centre.run("users", "add", "Kim", "--password", "short")
    assert (code, "The password has 5 characters." in said) == (2, True)
    centre.done("users", "remove", "Jo Hughes")
    assert "Nobody" in centre.done("users", "list")
    assert centre.run("users", "remove", "Kim")[0] == 2
