"""Real daemons on loopback, each on a port of its own."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.probes.wire.loopback import HOME


def free_port() -> int:
    """A TCP port on loopback that nobody holds at this moment."""
    with socket.create_server((HOME, 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def daemon(port: int, *command: str) -> Iterator[int]:
    """A program that is to listen on a port of loopback; ended at the end."""
    quiet = subprocess.DEVNULL
    # A session of its own: smbd ends its whole process group when it is ended.
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        until = time.monotonic() + 10
        while not listens(port):
            assert process.poll() is None, f"{command[0]} ended with status {process.returncode}"
            assert time.monotonic() < until, f"{command[0]} never listened"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def listens(port: int) -> bool:
    """Whether something on this machine listens on a TCP port; told without a connection to it."""
    return any(
        one.laddr.port == port and one.status == psutil.CONN_LISTEN
        for one in psutil.net_connections("tcp")
        if one.laddr
    )


def samba(folder: Path, port: int, *settings: str) -> tuple[str, ...]:
    """smbd with its whole state in one folder."""
    for name in ("lock", "state", "cache", "private", "pid", "ncalrpc"):
        (folder / name).mkdir()
    lines = [
        "[global]", "server role = standalone server", "netbios name = NAS-01", "workgroup = ASHFIELD",
        "disable netbios = yes",
        "interfaces = lo", "bind interfaces only = yes", f"smb ports = {port}", f"lock directory = {folder}/lock",
        f"state directory = {folder}/state", f"cache directory = {folder}/cache", f"private dir = {folder}/private",
        f"pid directory = {folder}/pid", f"ncalrpc dir = {folder}/ncalrpc", f"log file = {folder}/log",
        "load printers = no",
        "passdb backend = tdbsam", *settings,
    ]  # fmt: skip
    (folder / "smb.conf").write_text("\n".join(lines) + "\n")
    return ("smbd", "--foreground", "--no-process-group", "-s", str(folder / "smb.conf"))


def vsftpd(folder: Path, port: int, anonymous: bool) -> tuple[str, ...]:
    """vsftpd that lets anonymous users in, or does not."""
    (folder / "root").mkdir(mode=0o755)
    lines = [
        "listen=YES", f"listen_address={HOME}", f"listen_port={port}",
        f"anonymous_enable={'YES' if anonymous else 'NO'}",
        f"anon_root={folder}/root", "background=NO", f"secure_chroot_dir={folder}/root", "local_enable=YES",
        "pam_service_name=caretaker-test-without-a-file", "seccomp_sandbox=NO",
    ]  # fmt: skip
    config = folder / "vsftpd.conf"
    config.write_text("\n".join(lines) + "\n")
    return ("vsftpd", str(config))
