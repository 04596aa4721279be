"""One frozen `Settings`, read once from the environment over an optional TOML file.

Nothing else reads `os.environ`. Secrets are created at the first run, below the data folder, readable by its
owner only. Debug mode refuses a public address.
"""

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from underlet.kernel.errors import SetupIncomplete
from underlet.kernel.sentence import Sentence

_MAIL_ADDRESS = re.compile(r"[^\s@<>\",;]+@[^\s@<>\",;]+")
_PRIVATE_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can set. Names in the environment: UNDERLET_ + the field in capitals.

    data: folder of everything this installation keeps. database_url: libpq URL of a Postgres of your own; None
    means the embedded server. pg_bin: folder of the Postgres programs for it; None means to
    find them. host, port: where the web server listens. allowed_hosts: host names it answers to.
    memory_mb: limit of one DuckDB. threads: of one DuckDB. crash_at: test builds only, see `foundation.crash`.
    row_security, query_scoping: the two belts; only tests may take one off (trust.md A8).
    fsync: only tests of throwaway servers turn it off.
    url: where people reach this installation, for links in mails. smtp_url: the mail server, as
    `smtp://user:password@host:587` (STARTTLS), `smtps://…:465` (TLS) or `smtp+plain://host:25`; None: no mails are
    sent. mail_from: the address that they come from.
    outbound_networks: networks besides the public ones that calls to addresses given by people may reach, by plain
    http too. trusted_proxies: networks of reverse proxies whose X-Forwarded-For is believed; none = nobody's.
    """

    data: Path
    database_url: str | None = None
    pg_bin: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    debug: bool = False
    testing: bool = False
    memory_mb: int = 1000
    threads: int = 2
    crash_at: str = ""
    row_security: bool = True
    query_scoping: bool = True
    fsync: bool = True
    url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    mail_from: str = ""
    outbound_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    def secret_key(self) -> str:
        """The installation's secret, created at first use (mode 0600)."""
        path = self.data / "secrets" / "django"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_name(f"django.{secrets.token_hex(8)}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64))
            try:
                os.link(draft, path)  # never overwrites: two first starts agree on one secret
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text()


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _networks(values: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks with commas between. Raises SetupIncomplete for what is none."""
    text = values.get(name, "")
    try:
        return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as error:
        raise SetupIncomplete(
            Sentence("{name} does not name networks.", name=name),
            hint="Write them as 10.20.0.0/16 or 192.168.1.7/32, with commas between.",
        ) from error


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Build the settings from an environment; a TOML file named by UNDERLET_CONFIG gives defaults.

    Raises SetupIncomplete for a setting that cannot be used together with another.
    """
    values: dict[str, str] = {}
    config = environment.get("UNDERLET_CONFIG")
    if config:
        with Path(config).open("rb") as file:
            values.update({f"UNDERLET_{key.upper()}": str(value) for key, value in tomllib.load(file).items()})
    values.update(environment)
    host = values.get("UNDERLET_HOST", "127.0.0.1")
    hosts = values.get("UNDERLET_ALLOWED_HOSTS", "")
    testing = _flag(values.get("UNDERLET_TESTING", ""))
    port = int(values.get("UNDERLET_PORT", "8000"))
    settings = Settings(
        data=Path(values.get("UNDERLET_DATA", "var")).expanduser().absolute(),
        database_url=values.get("DATABASE_URL") or None,
        pg_bin=Path(values["UNDERLET_PG_BIN"]) if values.get("UNDERLET_PG_BIN") else None,
        host=host,
        port=port,
        allowed_hosts=tuple(name.strip() for name in hosts.split(",") if name.strip())
        or ("127.0.0.1", "localhost", "[::1]", host),
        debug=_flag(values.get("UNDERLET_DEBUG", "")),
        testing=testing,
        memory_mb=int(values.get("UNDERLET_MEMORY_MB", "1000")),
        threads=int(values.get("UNDERLET_THREADS", str(min(os.cpu_count() or 2, 8)))),
        crash_at=values.get("UNDERLET_CRASH_AT", "") if testing else "",
        row_security=not (testing and _flag(values.get("UNDERLET_WITHOUT_ROW_SECURITY", ""))),
        query_scoping=not (testing and _flag(values.get("UNDERLET_WITHOUT_QUERY_SCOPING", ""))),
        fsync=not (testing and _flag(values.get("UNDERLET_WITHOUT_FSYNC", ""))),
        url=values.get("UNDERLET_URL", f"http://{host}:{port}").rstrip("/"),
        smtp_url=values.get("UNDERLET_SMTP_URL") or None,
        mail_from=values.get("UNDERLET_MAIL_FROM", ""),
        outbound_networks=_networks(values, "UNDERLET_OUTBOUND_NETWORKS"),
        trusted_proxies=_networks(values, "UNDERLET_TRUSTED_PROXIES"),
    )
    if settings.smtp_url and not (_MAIL_ADDRESS.fullmatch(settings.mail_from) and values.get("UNDERLET_URL")):
        raise SetupIncomplete(
            "Mails need a sender and the address of this installation.",
            hint="Set UNDERLET_MAIL_FROM (billing@example.com) and UNDERLET_URL (https://billing.example.com).",
        )
    if settings.debug and settings.host not in _PRIVATE_HOSTS:
        raise SetupIncomplete(
            "Debug mode would show secrets to the network.", hint="Unset UNDERLET_DEBUG or listen on 127.0.0.1."
        )
    return settings


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read_settings(os.environ)
