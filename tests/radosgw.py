"""A real S3 server for the tests: Ceph's gateway over one monitor and one object daemon that keeps its data in memory.

One for a whole run, however many test processes there are: the first that needs it starts it, the last stops it.
Debian has the programs: `apt install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common`.
"""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

from obstore import sign
from obstore.store import S3Store as Bucket

PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
KEY, SECRET = "baton-tests", "of-no-consequence"
PATIENCE = 120  # seconds, on a busy machine

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{mon_port}
mon initial members = a
keyring = {folder}/keyring
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = {folder}
pid file = {folder}/$name.pid
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = {room}
# Or else who makes a bucket waits half a minute for each server that a test has paused.
rgw cache enabled = false
[mon.a]
mon data = {folder}/mon
[osd.0]
osd data = {folder}/osd
keyring = {folder}/keyring
[client.rgw.a]
rgw data = {folder}/rgw
keyring = {folder}/keyring
"""

# Without these the gateway cannot log in, even where no daemon asks for a login.
CAPABILITIES = {
    "mon.": ["mon", "allow *"],
    "client.admin": ["mon", "allow *", "osd", "allow *", "mgr", "allow *"],
    "client.rgw.a": ["mon", "allow rw", "osd", "allow rwx"],
    "osd.0": ["mon", "allow profile osd", "osd", "allow *"],
}


def missing_programs() -> list[str]:
    """The programs that are not installed here."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


@dataclass(frozen=True)
class Gateway:
    """A running S3 server, and how to reach it."""

    folder: Path
    port: int
    name: str = "gateway"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, bucket: str, prefix: str = "") -> str:
        """What `BATON_STORAGE_URL` says to use it."""
        return f"s3://{KEY}:{SECRET}@{bucket}{prefix}?endpoint={self.endpoint}&region=default"

    def new_bucket(self) -> str:
        """Make a bucket of its own for a test."""
        name = f"baton-{uuid4().hex}"
        bucket = Bucket(
            name,
            endpoint=self.endpoint,
            region="default",
            access_key_id=KEY,
            secret_access_key=SECRET,
            client_options={"allow_http": True},
        )
        urlopen(Request(sign(bucket, "PUT", "", timedelta(minutes=1)), method="PUT"), timeout=60).close()  # noqa: S310  our own
        return name

    def requests(self, bucket: str) -> list[str]:
        """Methods and paths, within a bucket, of all that was asked of it so far: from the log of the server itself."""
        last = f"/{bucket}/last-{uuid4().hex}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", last)
        connection.getresponse().read()
        connection.close()
        deadline = time.monotonic() + PATIENCE
        while f'"GET {last} ' not in (log := (self.folder / f"{self.name}.log").read_text(errors="replace")):
            if time.monotonic() > deadline:
                raise RuntimeError("radosgw does not log what it is asked")
            time.sleep(0.05)
        found = re.findall(rf'"([A-Z]+) /{bucket}[/?]([^ "]*) HTTP', log)
        return [f"{method} {path}" for method, path in found if not path.startswith("last-")]

    @contextmanager
    def another(self) -> Iterator["Gateway"]:
        """A second server over the same buckets, for a test that stops it in the midst of something."""
        gateway = Gateway(self.folder, _free_port(), f"gateway-{uuid4().hex}")
        gateway.start()
        try:
            yield gateway
        finally:
            gateway.stop()

    def stop(self) -> None:
        """End it in the midst of whatever it does; `start` brings it back with its data."""
        _kill(self.folder, self.name)

    def pause(self) -> None:
        """Let it hang: it takes connections and answers nothing, until `resume`."""
        os.kill(_pid(self.folder, self.name), signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(_pid(self.folder, self.name), signal.SIGCONT)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def start(self) -> None:
        options = {"rgw-frontends": f"beast endpoint=127.0.0.1:{self.port} tcp_nodelay=1"}
        for option, ending in (("pid-file", "pid"), ("admin-socket", "asok"), ("log-file", "log")):
            options[option] = f"{self.folder}/{self.name}.{ending}"
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        _run("radosgw", "-c", f"{self.folder}/ceph.conf", "-n", "client.rgw.a", *words)
        _wait_for(self.port)


@contextmanager
def gateway(shared: Path, room: int = 1 << 30) -> Iterator[Gateway]:
    """The one server of all processes that share the folder `shared`; it has memory for `room` bytes."""
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "starting").open("w") as starting, (shared / "used").open("w") as used:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(used, fcntl.LOCK_SH)
        folder = shared / "ceph"
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _start(folder, room)
        port = int((folder / "ready").read_text())
        fcntl.flock(starting, fcntl.LOCK_UN)
        try:
            yield Gateway(folder, port)
        finally:
            fcntl.flock(starting, fcntl.LOCK_EX)
            with suppress(BlockingIOError):  # somebody else still uses it
                fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
                (folder / "ready").unlink()
                for name in ("gateway", "osd.0", "mon.a"):
                    _kill(folder, name)


def _start(folder: Path, room: int) -> None:
    for name in ("mon", "osd", "rgw"):
        (folder / name).mkdir(parents=True)
    fsid, mon_port, port = str(uuid4()), _free_port(), _free_port()
    settings = CONFIGURATION.format(fsid=fsid, folder=folder, mon_port=mon_port, room=room)
    (folder / "ceph.conf").write_text(settings)
    keyring, conf = f"{folder}/keyring", ("-c", f"{folder}/ceph.conf")
    create = ["--create-keyring"]
    for name, capabilities in CAPABILITIES.items():
        pairs = zip(capabilities[::2], capabilities[1::2], strict=True)
        caps = [word for daemon, grant in pairs for word in ("--cap", daemon, grant)]
        _run("ceph-authtool", *create, keyring, "--gen-key", "-n", name, *caps)
        create = []
    monmap = f"{folder}/monmap"
    _run("monmaptool", "--create", "--addv", "a", f"[v2:127.0.0.1:{mon_port}]", "--fsid", fsid, monmap)
    _run("ceph-mon", *conf, "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)
    _run("ceph-mon", *conf, "-i", "a")
    osd = str(uuid4())
    _run("ceph", *conf, "osd", "new", osd, "0")
    _run("ceph-osd", *conf, "-i", "0", "--mkfs", "--osd-uuid", osd)
    _run("ceph-osd", *conf, "-i", "0")
    _run("ceph", *conf, "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=localhost")
    Gateway(folder, port).start()
    user = ("--uid=baton", "--display-name=Baton", f"--access-key={KEY}", f"--secret-key={SECRET}")
    _run("radosgw-admin", *conf, "user", "create", *user)
    (folder / "ready").write_text(str(port))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("radosgw does not answer")


def _pid(folder: Path, name: str) -> int:
    return int((folder / f"{name}.pid").read_text())


def _kill(folder: Path, name: str) -> None:
    with suppress(FileNotFoundError, ProcessLookupError):
        number = _pid(folder, name)
        os.kill(number, signal.SIGKILL)
        while True:  # until it is gone, so that its port is free
            os.kill(number, 0)
            time.sleep(0.01)
