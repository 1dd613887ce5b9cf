"""What is asked of the system about files, and not said by Python's own words for it."""

import os
import sys
from io import FileIO
from pathlib import Path


def write_all(file: FileIO, data: bytes) -> None:
    """Write all of `data`; a single call may write less."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def forget_pages(file: FileIO) -> None:
    """Let who reads a synced file next read it from the disk, and not from memory, where the system can do that."""
    if sys.platform == "linux":
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
