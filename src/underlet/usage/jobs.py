"""Loading a received file: check, convert and write outside any transaction; activate in one short one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from underlet.accounts.steps import register_accounts
from underlet.accounts.types import SeenSubAccount
from underlet.foundation import storage
from underlet.foundation.clock import now
from underlet.foundation.crash import crash_point
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import Run, job
from underlet.foundation.types import to_json
from underlet.kernel.errors import FileError, ImportRejected, Refusal
from underlet.kernel.permission import Permission
from underlet.kernel.sentence import packed
from underlet.usage.intake.load import content_hash, discard, load_file
from underlet.usage.intake.reasons import file_error
from underlet.usage.intake.types import LoadedFile, Snapshot
from underlet.usage.models import UsageImport
from underlet.usage.queries import METRICS, lake


def _turned_away(arguments: Mapping[str, Any], refusal: Refusal) -> bool:
    with system():
        row = UsageImport.objects.get(id=arguments["import_id"])
    is_waiting = _reject(row.id, [file_error("no_longer_allowed")])
    if is_waiting:
        discard(lake(), str(row.public_id))
    return is_waiting


@job("import.load", needs=Permission.IMPORT, below=True, refused=_turned_away)
def load_import(run: Run, arguments: Mapping[str, Any]) -> None:
    """Check and load one received file; safe to run again at any point."""
    with system():
        row = UsageImport.objects.select_related("unit").get(id=arguments["import_id"])
    if row.state != "received":
        return
    source = storage.path_of(row.source_sha256)
    crash_point("import.before_load")
    try:
        content = content_hash(source)
        if _same_content(row, content):
            return
        loaded = load_file(
            source,
            lake(),
            import_id=str(row.public_id),
            content_sha256=content,
            progress=lambda done, total: run.progress(done, total, row.name),
        )
    except ImportRejected as refusal:
        _reject(row.id, refusal.errors)
        raise
    crash_point("import.before_activate")
    _activate(row, loaded)
    crash_point("import.after_activate")


def _same_content(row: UsageImport, content: str) -> bool:
    """Whether this very content is active already, all of it; then the import is settled as `unchanged` (I12)."""
    with system():
        earlier = scalar(
            "select i.id from usage_import i where hierarchy_id = %s and content_sha256 = %s and state = 'active'"
            " and id <> %s and not exists ("
            "  select 1 from usage_snapshot s where s.import_id = i.id and not s.is_active)"
            " order by id limit 1",
            [row.hierarchy_id, content, row.id],
        )
        if earlier is None:
            return False
        execute(
            "update usage_import i set state = 'unchanged', same_as_id = %s, content_sha256 = %s,"
            " finished_at = %s, line_count = e.line_count, profile = e.profile from usage_import e"
            " where i.id = %s and i.state = 'received' and e.id = %s",
            [earlier, content, now(), row.id, earlier],
        )
    return True


def _reject(import_id: int, found: Sequence[FileError]) -> bool:
    """Say what is wrong with a file that waits; False for one that does not any more."""
    errors = packed(to_json(found))
    with system():
        return bool(
            execute(
                "update usage_import set state = 'rejected', errors = %s, finished_at = %s"
                " where id = %s and state = 'received'",
                [json.dumps(errors), now(), import_id],
            )
        )


def _activate(row: UsageImport, loaded: LoadedFile) -> None:
    """Make the file's lines the active ones of its accounts and months: everything, or nothing."""
    with system():
        # One import at a time per hierarchy: two files of the same month settle in order.
        execute("select pg_advisory_xact_lock(hashtext('usage'), %s)", [row.hierarchy_id])
        state = scalar("select state from usage_import where id = %s for update", [row.id])
        if state != "received":
            return
        seen = [
            SeenSubAccount(
                one.provider, one.billing_account, one.billing_account_name, one.sub_account, one.name,
                one.currency, one.first_day, one.last_day,
            )
            for one in loaded.sub_accounts
        ]  # fmt: skip
        register_accounts(row.unit, seen)
        for snapshot in loaded.snapshots:
            _flip(row, snapshot)
        crash_point("import.inside_activate")
        for total in loaded.totals:
            for metric in METRICS:
                exact, stored = getattr(total.exact, metric), getattr(total.stored, metric)
                execute(
                    "insert into usage_total (import_id, currency, metric, exact, stored)"
                    " values (%s, %s, %s, %s, %s)",
                    [row.id, total.currency, metric, exact, stored],
                )
        execute(
            "update usage_import set state = 'active', content_sha256 = %s, profile = %s, line_count = %s,"
            " warnings = %s, finished_at = %s where id = %s",
            [
                loaded.content_sha256,
                loaded.profile,
                loaded.rows,
                json.dumps(packed(to_json(loaded.warnings))),
                now(),
                row.id,
            ],
        )
        _mark_superseded(row.hierarchy_id)


def _flip(row: UsageImport, snapshot: Snapshot) -> None:
    execute(
        "update usage_snapshot set is_active = false where hierarchy_id = %s and provider = %s"
        " and billing_account = %s and period = %s and is_active",
        [row.hierarchy_id, snapshot.provider, snapshot.billing_account, snapshot.period.start],
    )
    [(snapshot_id,)] = rows(
        "insert into usage_snapshot (hierarchy_id, import_id, provider, billing_account, period, line_count,"
        " is_active) values (%s, %s, %s, %s, %s, %s, true) returning id",
        [
            row.hierarchy_id,
            row.id,
            snapshot.provider,
            snapshot.billing_account,
            snapshot.period.start,
            snapshot.rows,
        ],
    )
    for file in snapshot.files:
        execute(
            "insert into usage_file (snapshot_id, kind, path, sha256, line_count, bytes, min_key, max_key)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [snapshot_id, file.kind, file.path, file.sha256, file.rows, file.bytes, file.min_key, file.max_key],
        )


def _mark_superseded(hierarchy_id: int) -> None:
    execute(
        "update usage_import i set state = 'superseded' where i.hierarchy_id = %s and i.state = 'active'"
        " and not exists (select 1 from usage_snapshot s where s.import_id = i.id and s.is_active)",
        [hierarchy_id],
    )
