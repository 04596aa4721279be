"""Profiles: which formats are known, and how a header is recognised as one of them.

A profile says which columns must be present and under which other names a FOCUS column may appear. Names are
compared ignoring case, never by position. A header that fits no profile is refused, naming the nearest one and
what it lacks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from underlet.kernel.errors import ImportRejected
from underlet.kernel.sentence import Sentence
from underlet.usage.intake.columns import COSTS, FOCUS_COLUMNS
from underlet.usage.intake.reasons import file_error, refuse

MAX_COLUMNS = 2_000
SUB_CATEGORY = "ChargeSubCategory"
"""A column of FOCUS 1.0-preview that is read (it tells refunds) but not stored."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A file format. required: FOCUS names a header must supply; aliases: other name (lower case) -> FOCUS
    name."""

    name: str
    required: tuple[str, ...]
    aliases: Mapping[str, str]

    def missing(self, present: Collection[str], supplied: Collection[str]) -> tuple[str, ...]:
        """Required columns that neither the header nor the connection supplies (FOCUS names)."""
        return tuple(name for name in self.required if name not in present and name not in supplied)


FOCUS = Profile(
    name="FOCUS",
    required=(
        *COSTS,
        "BillingAccountId",
        "BillingCurrency",
        "BillingPeriodStart",
        "BillingPeriodEnd",
        "ChargePeriodStart",
        "ChargePeriodEnd",
        "ChargeCategory",
        "ProviderName",
    ),
    aliases={
        # names before 1.0 and of 1.0-preview
        "usagequantity": "ConsumedQuantity",
        "usageunit": "ConsumedUnit",
        "chargetype": "ChargeCategory",
        "amortizedcost": "EffectiveCost",
        "region": "RegionId",
        "provider": "ProviderName",
        "publisher": "PublisherName",
        "invoiceissuer": "InvoiceIssuerName",
    },
)

PROFILES = (FOCUS,)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file's columns map to FOCUS. position: FOCUS name -> index in the header; ignored: not stored."""

    profile: Profile
    header: tuple[str, ...]
    position: Mapping[str, int]
    ignored: tuple[str, ...]

    @property
    def name(self) -> str:
        """The format with its version, for people: "FOCUS 1.2"."""
        since = max((c.since for c in FOCUS_COLUMNS if c.name in self.position), default="1.0")
        return f"{self.profile.name} {since}"


def detect(header: Sequence[str], supplied: Mapping[str, str]) -> Layout:
    """The layout of a header by the one profile it fits.

    supplied: values that the connection gives for columns the format lacks (FOCUS name -> value).
    Raises ImportRejected: too_many_columns, duplicate_column, missing_column, unknown_format.
    """
    if len(header) > MAX_COLUMNS:
        raise refuse("too_many_columns", Sentence("The header has {count} columns.", count=len(header)), line=1)
    layouts = [_layout(header, profile) for profile in PROFILES]
    lacks = [layout.profile.missing(layout.position, supplied) for layout in layouts]
    fitting = [layout for layout, lack in zip(layouts, lacks, strict=True) if not lack]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(layout.profile.name for layout in fitting)
        raise refuse("unknown_format", Sentence("The header fits several formats: {names}.", names=names), line=1)
    lack, nearest = min(zip(lacks, layouts, strict=True), key=lambda pair: len(pair[0]))
    if not nearest.position:
        raise refuse("unknown_format", "None of the columns of a known billing format was found.", line=1)
    detail = Sentence(
        "The nearest format is {format}; the file lacks {columns}.",
        format=nearest.profile.name, columns=", ".join(lack),
    )  # fmt: skip
    errors = [file_error("missing_column", line=1, column=name) for name in lack]
    raise ImportRejected(detail, hint=errors[0].hint, errors=errors)


def _layout(header: Sequence[str], profile: Profile) -> Layout:
    known = {column.name.lower(): column.name for column in FOCUS_COLUMNS} | {SUB_CATEGORY.lower(): SUB_CATEGORY}
    spelled: dict[str, int] = {}
    for index, name in enumerate(header):
        key = name.strip().lower()
        if key in spelled and (key in known or key in profile.aliases):
            detail = Sentence("The column “{column}” occurs twice.", column=name)
            raise refuse("duplicate_column", detail, line=1, column=name)
        spelled.setdefault(key, index)
    position = {known[name]: index for name, index in spelled.items() if name in known}
    # A FOCUS name wins over an old one for the same column.
    for name, index in spelled.items():
        if name in profile.aliases:
            position.setdefault(profile.aliases[name], index)
    if "ProviderName" not in position and "ServiceProviderName" in position:
        position["ProviderName"] = position["ServiceProviderName"]
    used = set(position.values())
    ignored = tuple(name for index, name in enumerate(header) if index not in used)
    return Layout(profile, tuple(header), position, ignored)
