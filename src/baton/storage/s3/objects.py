"""The objects of a bucket: what the library for objects gives, in the words and with the errors of ours."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from baton.kernel.ids import new_uuid
from baton.storage.s3.address import Address
from baton.storage.s3.assembly import COPYING, assemble
from baton.storage.trouble import as_problems

# Seconds in which a store that is well answers to a look at it.
LOOK = 10
# Up to here a copy within the store takes no longer than any other request.
QUICK = 64 << 20


class Objects:
    """The objects below an address. `segment` is what the store copies by one request. Raises `OSError`."""

    def __init__(self, address: Address, segment: int) -> None:
        self.address = address
        self.segment = segment
        self.bucket = _bucket(address, address.patience)
        self._looked_at = _bucket(address, min(LOOK, address.patience))
        self._copying = _bucket(address, max(COPYING, address.patience))  # the store is silent while it copies

    def key(self, path: str) -> str:
        """The object's name in the bucket."""
        return self.address.prefix + path

    def size_of(self, key: str) -> int | None:
        """The size of an object; `None` when there is none."""
        try:
            return int(obstore.head(self.bucket, key)["size"])
        except FileNotFoundError:
            return None

    def remove(self, key: str) -> None:
        """Delete an object, if it is there."""
        with suppress(FileNotFoundError):
            obstore.delete(self.bucket, key)

    def time(self) -> datetime:
        """What the store's clock says; it alone says how old an object is."""
        key = self.key(f"incoming/{new_uuid()}")
        obstore.put(self._looked_at, key, b"check", use_multipart=False)
        try:
            return obstore.head(self._looked_at, key)["last_modified"]
        finally:
            self.remove(key)

    def list(self, prefix: str) -> Iterator[tuple[str, int, datetime]]:
        with as_problems(), as_errors():
            for page in obstore.list(self.bucket, self.key(prefix), chunk_size=1000):
                for found in page:
                    yield found["path"], found["size"], found["last_modified"]

    def copy(self, source: str, target: str) -> None:
        """Copy an object within the store, however large it is."""
        size = self.size_of(source)
        if size is not None and size > self.segment:
            assemble(
                self.address,
                [(source, at, min(self.segment, size - at)) for at in range(0, size, self.segment)],
                target,
            )
        else:
            self.copy_at_once(source, target, size or 0)

    def copy_at_once(self, source: str, target: str, size: int) -> None:
        """Copy an object of at most a segment."""
        obstore.copy(self.bucket if size <= QUICK else self._copying, source, target)


def _bucket(address: Address, patience: float) -> Bucket:
    """The bucket, for requests to which the store has to answer within so many seconds."""
    connection: Any = {
        "connect_timeout": f"{min(10, patience):g}s",
        "read_timeout": f"{patience:g}s",
        "timeout": "7 days",  # of one whole transfer
        "allow_http": True,
    }
    # What is refused at once is tried again, so that nobody notices a store that restarts; silence only once.
    retries: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=patience)}
    session: Any = {"session_token": address.keys.session} if address.keys.session else {}
    return Bucket(
        address.bucket,
        endpoint=address.endpoint if address.in_path else address.root,
        region=address.region,
        virtual_hosted_style_request=not address.in_path,
        access_key_id=address.keys.access,
        secret_access_key=address.keys.secret,
        client_options=connection,
        retry_config=retries,
        **session,
    )


@contextmanager
def as_errors() -> Iterator[None]:
    """The library's own errors as those of the system, short: they hold pages of internals."""
    try:
        yield
    except (BaseError, FileNotFoundError) as error:
        raise OSError(str(error).partition("\n")[0]) from error
