"""Received files: bytes first, by hash; then a row that only the sender sees and operations may name."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from pydantic import Field

from underlet.foundation import storage
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import scalar
from underlet.foundation.models import Upload
from underlet.foundation.operations import run
from underlet.foundation.registry import operation
from underlet.foundation.types import Input
from underlet.kernel.errors import InvalidInput


class CreateUpload(Input):
    """What the receiver found out about the bytes; never taken from a caller."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=255)
    bytes: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class UploadView:
    """A received file, to be named by `id` in the operation that uses it."""

    id: UUID
    name: str
    bytes: int
    sha256: str


_BYTES_ONLY = "the row follows received bytes, whose hash is computed here and never taken from a caller"


@operation("upload.create", own=True, waive={"web": _BYTES_ONLY, "cli": _BYTES_ONLY})
def create_upload(actor: Actor, data: CreateUpload) -> UploadView:
    """Register a received file."""
    public_id = scalar(
        "insert into upload (actor_id, sha256, name, bytes, at) values (%s, %s, %s, %s, %s) returning public_id",
        [actor.id, data.sha256, data.name, data.bytes, now()],
    )
    return UploadView(public_id, data.name, data.bytes, data.sha256)


def receive(actor: Actor, chunks: Iterable[bytes], name: str, *, limit: int = storage.MAX_UPLOAD) -> UploadView:
    """Store a stream of bytes and register it for the actor. Raises FileRejected beyond `limit` bytes."""
    sha256, length = storage.put(chunks, limit=limit)
    outcome = run("upload.create", actor, None, {"sha256": sha256, "name": name[:255] or "file", "bytes": length})
    view: UploadView = outcome.result
    return view


def own_upload(actor: Actor, public_id: UUID) -> UploadView:
    """One of the actor's uploads, inside an operation. Raises InvalidInput naming the field `upload`."""
    row = Upload.objects.filter(actor_id=actor.id, public_id=public_id).first()
    if row is None:
        raise InvalidInput(fields={"upload": "Send the file first, then name the id you were given."})
    return UploadView(row.public_id, row.name, row.bytes, row.sha256)
