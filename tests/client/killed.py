"""The command line killed in the middle of its work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def killed(command: list[str], env: Mapping[str, str], is_far: Callable[[], bool]) -> None:
    """Run `baton` until it `is_far`, at most a minute, and kill it."""
    program = Path(sys.executable).with_name("baton")
    process = subprocess.Popen([program, *command], env={**os.environ, **env}, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not is_far() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
