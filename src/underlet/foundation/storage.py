"""Files by content hash, below the data folder: received billing files, logos, rendered documents.

A file is written under a temporary name, flushed, then renamed; so a hash that exists is whole (F1).
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from underlet.foundation.settings import settings
from underlet.kernel.errors import FileRejected
from underlet.kernel.sentence import Sentence

MAX_UPLOAD = 20 * 1024**3
_CHUNK = 1 << 20


def path_of(sha256: str) -> Path:
    """Where the file with this hash lies."""
    return settings().data / "files" / sha256[:2] / sha256


def put(chunks: Iterable[bytes], *, limit: int = MAX_UPLOAD) -> tuple[str, int]:
    """Store a stream of bytes; returns its SHA-256 and length. Raises FileRejected beyond `limit` bytes."""
    folder = settings().data / "files" / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / uuid4().hex
    digest, length = hashlib.sha256(), 0
    try:
        with draft.open("xb") as file:
            for chunk in chunks:
                length += len(chunk)
                if length > limit:
                    raise FileRejected(Sentence("The file is larger than {limit} bytes.", limit=limit))
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return digest.hexdigest(), length


def put_file(source: Path) -> tuple[str, int]:
    """Store a copy of a local file; returns its SHA-256 and length."""
    with source.open("rb") as file:
        return put(iter(lambda: file.read(_CHUNK), b""))


def get(sha256: str) -> bytes:
    """The bytes of a stored file. Raises FileNotFoundError."""
    return path_of(sha256).read_bytes()
