"""What a random world of the leak tests is made of: rows of every table, what can be traced back, bits and times.

Nothing here asks the product what it does: the rows are plain dictionaries, which the specification reads, too.
Every text carries a canary that occurs nowhere else, every amount is a power of two of its own, ids are uuid5 of seed,
table and number, and the clock stands still (trust.md §6).

A new table needs rows here (`test_worlds.py` names it otherwise), and who may know them in `knowledge.py`.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b, sha256
from typing import Any
from uuid import NAMESPACE_OID, uuid5

Row = dict[str, Any]
MADE_AT = datetime(2026, 1, 2, tzinfo=UTC)
CHANGED_AT = datetime(2026, 5, 20, 12, tzinfo=UTC)
"""When the world became what it is: moves, new names, archived and removed units."""
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ISSUED, DRAFTED = date(2026, 4, 1), date(2026, 5, 1)
FIRST_BIT, BITS = 20, 46
"""Amounts are 2^20 … 2^65: no other number of an answer is as large and as round."""
ANONYMOUS = 0
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003"
    "010100c9fe92ef0000000049454e44ae426082"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"

READ, WRITE, PRICES, UNIT_EDIT, USER_EDIT, BRAND_EDIT, ACCOUNT_EDIT, IMPORT = (1 << bit for bit in range(8))
CONTRACT_EDIT, BILLING_RUN, INVOICE_ISSUE, COST_READ, AUDIT_READ, TOKEN_EDIT, ENVIRONMENT_EDIT = (
    1 << bit for bit in range(8, 15)
)
MARGIN_READ, GROUP_EDIT, ROLE_EDIT, VIEW_AS, SIGN_IN_EDIT = (1 << bit for bit in range(15, 20))
FIGURES = PRICES | COST_READ | MARGIN_READ


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a canary, a number or an id stands: whoever meets it in an answer must be allowed to know that field."""

    table: str
    id: int
    column: str


@dataclass
class World:
    """Rows by table, in the order in which they are inserted; as they are now.

    past: earlier values of some rows, which they had until CHANGED_AT. gone: rows that were removed then.
    texts, amounts, numbers, ids: what can be traced back. secrets: API key id -> its secret. people: name -> id, the
    roles' people among them. blobs: contents of files. salt: tells variants of a world apart (D3).
    """

    seed: int
    rows: dict[str, list[Row]] = field(default_factory=dict)
    past: dict[tuple[str, int], Row] = field(default_factory=dict)
    gone: list[Row] = field(default_factory=list)
    texts: dict[str, Mark] = field(default_factory=dict)
    numbers: dict[str, Mark] = field(default_factory=dict)
    amounts: dict[int, Mark] = field(default_factory=dict)
    ids: dict[str, Mark] = field(default_factory=dict)
    secrets: dict[int, str] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    blobs: list[bytes] = field(default_factory=list)
    salt: str = ""
    counters: dict[str, int] = field(default_factory=dict)
    _by_id: dict[str, dict[int, Row]] = field(default_factory=dict)

    def text(self, table: str, id_: int, column: str) -> str:
        """A canary for a field."""
        made = blake2b(f"{self.seed} {self.salt} {table} {id_} {column}".encode(), digest_size=10).digest()
        token = "zq" + "".join(_LETTERS[byte % 32] for byte in made)
        self.texts[token] = Mark(table, id_, column)
        return token

    def coming(self, table: str, column: str) -> str:
        """A canary for a field of the row that comes next."""
        return self.text(table, self.counters.get(table, 0) + 1, column)

    def number(self, table: str, id_: int, column: str) -> str:
        """A number with four decimals that occurs once."""
        made = int.from_bytes(
            blake2b(f"{self.seed} {self.salt} {table} {id_} {column}".encode(), digest_size=4).digest()
        )
        value = f"{10 + made % 80}.{1 + 2 * (made // 80 % 4999):04d}"
        self.numbers[value] = Mark(table, id_, column)
        return value

    def amount(self, table: str, id_: int, column: str) -> int:
        """The next power of two, in an order of its own."""
        order = random.Random(self.seed).sample(range(FIRST_BIT, FIRST_BIT + BITS), BITS)
        value = 1 << order[len(self.amounts)]
        self.amounts[value] = Mark(table, id_, column)
        return value

    def next_id(self, table: str) -> int:
        """The next number of a table; people and keys share one."""
        name = "app_user" if table == "api_token" else table
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def public_id(self, table: str, id_: int) -> str:
        """The id that addresses name."""
        made = str(uuid5(NAMESPACE_OID, f"{self.seed} {table} {id_}"))
        self.ids[made] = Mark(table, id_, "public_id")
        return made

    def add(self, table: str, public: Any = True, id_: Any = 0, **values: Any) -> Row:
        """A row; its texts are canaries where the value is `...`, its amounts where it is `Amount`."""
        id_ = id_ or self.next_id(table)
        row: Row = {"id": id_}
        if public:
            row["public_id"] = self.public_id(table, id_)
        for column, value in values.items():
            row[column] = self.text(table, id_, column) if value is ... else value
        self.rows.setdefault(table, []).append(row)
        self._by_id.setdefault(table, {})[id_] = row
        return row

    def get(self, table: str, id_: int) -> Row:
        """A row by its number."""
        return self._by_id[table][id_]

    def has(self, table: str, id_: int) -> bool:
        """Whether the row exists."""
        return id_ in self._by_id.get(table, {})

    def drop(self, table: str, id_: int) -> None:
        """Take a row out."""
        self.rows[table].remove(self._by_id[table].pop(id_))

    def index(self) -> None:
        """Find rows by number again after a copy."""
        self._by_id = {table: {row["id"]: row for row in rows if "id" in row} for table, rows in self.rows.items()}

    def blob(self, content: bytes) -> str:
        """The hash of a file that lies in the storage."""
        self.blobs.append(content)
        return sha256(content).hexdigest()
