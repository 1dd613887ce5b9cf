"""Every setting, in one place: environment variables with the prefix `BATON_`. Read in `app` and `cli` only."""

import os
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from baton.kernel.mail import Server

MB, GB = 10**6, 10**9


class Settings(BaseSettings):
    """Where the data are, who we are, and how much we take. Each field is `BATON_` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="BATON_", extra="ignore")

    data_dir: Path = Field(Path("baton-data"), description="Folder of the embedded database, files, index and mails.")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the data folder.")
    s3_access_key: str = Field("", description="Who we are at S3; empty means `AWS_ACCESS_KEY_ID`.")
    s3_secret_key: str = Field("", description="The secret of that; empty means `AWS_SECRET_ACCESS_KEY`.")
    storage_url: str = Field(
        "", description="Where file contents live: a path, or `s3://bucket/prefix`; empty: a folder in the data folder."
    )
    downloads: Literal["streamed", "presigned"] = Field(
        "streamed",
        description="How files in S3 are downloaded: through the server, or from the bucket, where the server leads.",
    )
    replica_url: str = Field(
        "",
        description="A second store: every content is copied there, and healed from there.",
    )
    scrub_days: int = Field(30, ge=1, description="Days within which every stored content is read and verified again.")
    scrub_mb_per_second: int = Field(50, ge=0, description="How fast that reads, in MB/s; 0 is as fast as it goes.")
    read_back: Literal["always", "sample"] = Field(
        "always",
        description="New contents that are read back at once: all, or those put together and one in sixteen others.",
    )
    read_back_mb: int = Field(
        256, ge=0, description="Contents up to this size, in MB, are read back before the answer; larger ones after it."
    )
    inflate_mb: int = Field(
        64,
        ge=0,
        le=1024,
        description="Later versions of gzip and zip files are kept by what changed inside, if that has no more than so "
        "many MB unpacked, which each read packs again; 0: never.",
    )
    search_url: str = Field("", description="Search backend; empty means the embedded index in the data folder.")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, description="Port to listen on.")
    site_url: str = Field("", description="Public address without a slash at the end; empty means host and port.")
    site_name: str = Field("Baton", description="Name of the repository; also the default publisher of records.")

    doi_prefix: str = Field("10.5072", description="Prefix of the DOIs that this repository mints.")
    doi_suffix: str = Field("baton.{id}", description="Suffix of minted DOIs; `{id}` is the record's number.")

    datacite_url: str = Field(
        "",
        description="DataCite's API: https://api.test.datacite.org or https://api.datacite.org; empty: no registrar.",
    )
    datacite_user: str = Field("", description="Repository account at DataCite, such as ABCD.EFGH.")
    datacite_password: str = Field("", description="Password of that account.", repr=False)
    datacite_drafts: bool = Field(False, description="Keep reserved DOIs as drafts at DataCite before publication.")

    records_json: Literal["zenodo", "rdm"] = Field(
        "zenodo", description="What `Accept: application/json` means on records: Zenodo's legacy JSON, or InvenioRDM's."
    )

    max_file_bytes: int = Field(50 * GB, ge=1, description="Largest single file, in bytes.")
    max_record_bytes: int = Field(50 * GB, ge=1, description="Largest sum of the files of one record, in bytes.")
    max_user_bytes: int = Field(
        0, ge=0, description="Largest sum of all versions and drafts of one person, in bytes; 0: no limit."
    )
    max_files: int = Field(100_000, ge=1, description="Largest number of files in one record.")
    kept_mb: int = Field(
        64, ge=0, description="Memory of each process for pages and exports of public records that it keeps, in MB."
    )
    max_json_bytes: int = Field(8_000_000, ge=1000, description="Largest request body outside file uploads, in bytes.")

    upload_days: int = Field(7, ge=1, description="Days after which an upload that nobody goes on with is given up.")

    fetch_private: bool = Field(
        False, description="Fetch files by URL from private networks, too; not on the Internet."
    )

    smtp_url: str = Field(
        "", description="smtp|smtps|starttls://user:password@host:port; empty: files, in the data folder."
    )
    mail_from: str = Field("", description="Sender of mails; empty means no-reply at the site's host.")
    session_days: int = Field(5, ge=1, description="Days after which an unused browser session ends.")

    worker: bool = Field(True, description="Run the worker (outbox and scheduled jobs) inside the server.")
    sweep_after_hours: int = Field(24, ge=0, description="Age at which stored bytes that no file names are removed.")
    dump_hour: int = Field(2, ge=-1, le=23, description="Hour (UTC) of the nightly dump of public metadata; -1: none.")
    dumps_kept: int = Field(3, ge=1, description="How many dumps are kept.")
    contact_email: str = Field("", description="Whom harvesters may write to; empty means the sender of mails.")
    security_contact: str = Field(
        "",
        pattern=r"^$|^(mailto:|https://|tel:)\S+$",
        description="Whom to tell of a weakness (`mailto:`, `https://`, `tel:`), for `security.txt`; empty: no file.",
    )
    oai_page_size: int = Field(100, ge=1, le=1000, description="Records in one answer of OAI-PMH.")
    oai_error_status: Literal["200", "422"] = Field(
        "200", description="HTTP status of OAI-PMH's own errors: 200 as the protocol has it, or 422 as InvenioRDM."
    )
    log_format: Literal["auto", "json", "text"] = Field("auto", description="auto: text on a terminal, else JSON.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe line to write.")

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, url: str) -> str:
        if url:
            Server.parse(url)
        return url

    @model_validator(mode="after")
    def _can_lead_to_downloads(self) -> Self:
        if self.downloads == "presigned" and urlsplit(self.storage_url).scheme != "s3":
            message = "BATON_DOWNLOADS=presigned needs a bucket: set BATON_STORAGE_URL to s3://bucket, or leave it out"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _can_register(self) -> Self:
        if not self.datacite_url:
            return self
        if not self.datacite_url.startswith(("https://", "http://")):
            message = "BATON_DATACITE_URL is an address such as https://api.test.datacite.org"
            raise ValueError(message)
        if not (self.datacite_user and self.datacite_password):
            message = "BATON_DATACITE_URL needs BATON_DATACITE_USER and BATON_DATACITE_PASSWORD beside it"
            raise ValueError(message)
        return self

    @field_validator("storage_url", "replica_url")
    @classmethod
    def _is_a_store(cls, url: str, info: ValidationInfo) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"", "file", "s3"}:
            message = "it is a path, file:///path or s3://bucket/prefix"
            raise ValueError(message)
        given = (info.data.get("s3_access_key"), os.environ.get("AWS_ACCESS_KEY_ID"), parts.username)
        if parts.scheme == "s3" and not any(given):
            message = "S3 needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            raise ValueError(message)
        return url

    @field_validator("search_url")
    @classmethod
    def _is_embedded(cls, url: str) -> str:
        if url:
            message = "only what is embedded can be used so far; leave it empty"
            raise ValueError(message)
        return url

    @property
    def base_url(self) -> str:
        """The public address, without a slash at the end."""
        if self.site_url:
            return self.site_url.rstrip("/")
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  compared, not bound
        return f"http://{host}:{self.port}"

    @property
    def storage(self) -> str:
        """The address of the store in force."""
        return self.storage_url or str(self.data_dir / "files")

    @property
    def s3_keys(self) -> tuple[str, str, str]:
        """Access key, secret and session token for S3, ours or those that every program for S3 takes."""
        if self.s3_access_key:
            return self.s3_access_key, self.s3_secret_key, ""
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        access, secret, session = (os.environ.get(name, "") for name in names)
        return access, secret, session

    @property
    def sender(self) -> str:
        """The sender of mails in force."""
        return self.mail_from or f"no-reply@{urlsplit(self.base_url).hostname}"

    @property
    def contact(self) -> str:
        """Whom harvesters may write to."""
        return self.contact_email or self.sender

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force; a plain `postgresql://` means the driver that comes with this program."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.absolute()}/baton.db"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else self.database_url

    def hand_down(self) -> None:
        """Let the processes that this one starts read the same settings, whatever the command line said."""
        for name, value in self.model_dump(mode="json", exclude_unset=True).items():
            os.environ[f"BATON_{name.upper()}"] = str(value)
