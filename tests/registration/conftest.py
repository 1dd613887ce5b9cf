"""A repository with a registrar, and Alice who publishes in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.fakes.datacite import DataCite

from baton.context import Context
from baton.kernel.settings import Settings
from baton.records.commands import drafts
from baton.records.commands.publish import publish
from baton.records.commands.versions import new_version
from baton.records.record import Record

METADATA = {
    "title": "Water levels",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-03-01",
    "publisher": "Somebody",
    "version": "1.0",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Marsh", "given_name": "Ada"}}],
}
PUBLIC = {"record": "public", "files": "public"}


@pytest.fixture
def registrar() -> Iterator[DataCite]:
    with DataCite() as registrar:
        yield registrar


@pytest.fixture
def settings(settings: Settings, registrar: DataCite) -> Settings:
    account = {"datacite_url": registrar.url, "datacite_user": registrar.user, "datacite_password": registrar.password}
    return settings.model_copy(update=account)


@dataclass
class Depositor:
    """Publishes and edits; each returns the record as it is then."""

    context: Context
    actor: Any

    def draft(self, title: str = "Water levels", access: Any = PUBLIC) -> Record:
        body = {"metadata": {**METADATA, "title": title}, "access": access, "files": {"enabled": False}}
        with self.context.database.write() as connection:
            return drafts.create_draft(connection, self.actor, self.context.dois, body).record

    def reserve(self, draft: Record) -> str:
        with self.context.database.write() as connection:
            reserved = drafts.reserve_doi(connection, self.actor, self.context.dois, draft.id).doi
        assert reserved is not None
        return reserved

    def release(self, draft: Record) -> None:
        with self.context.database.write() as connection:
            drafts.release_doi(connection, self.actor, draft.id)

    def publish(self, title: str = "Water levels", access: Any = PUBLIC) -> Record:
        return self._publish(self.draft(title, access).id)

    def edit(self, record: Record, title: str, access: Any = PUBLIC) -> Record:
        with self.context.database.write() as connection:
            draft = drafts.edit(connection, self.actor, record.id)
            body = {**draft.body, "metadata": {**draft.metadata, "title": title}, "access": access}
            drafts.save_draft(connection, self.actor, self.context.dois, record.id, body)
        return self._publish(record.id)

    def next_version(self, record: Record, title: str) -> Record:
        with self.context.database.write() as connection:
            draft = new_version(connection, self.actor, record.id)
            metadata = {**draft.metadata, "title": title, "publication_date": "2025-01-01"}
            drafts.save_draft(connection, self.actor, self.context.dois, draft.id, {**draft.body, "metadata": metadata})
        return self._publish(draft.id)

    def publish_draft(self, draft: Record) -> Record:
        return self._publish(draft.id)

    def _publish(self, number: int) -> Record:
        with self.context.database.write() as connection:
            return publish(connection, self.actor, self.context.dois, number)


@pytest.fixture
def alice(context: Context, cast: Any) -> Depositor:
    return Depositor(context, cast.alice.actor)


Settle = Callable[[], int]
