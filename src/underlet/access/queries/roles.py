"""Reads of roles: which there are to give, what they allow, who has them, what they may hold at most."""

from uuid import UUID

from django.db.models import Count

from underlet.access.models import Grant, OwnRole, UnitCeiling
from underlet.access.queries.people import on_units
from underlet.access.roles import assignable_roles, ceiling_of, may_limit, perms_after, resolve_any
from underlet.access.types import (
    CeilingView,
    ListRoles,
    NamedRole,
    PreviewRole,
    RoleHolder,
    RolePreview,
    RoleRow,
    RoleView,
)
from underlet.foundation.actor import Actor, can_below
from underlet.foundation.database.sql import rows
from underlet.foundation.registry import Subject, query
from underlet.foundation.types import NoInput, Page, decode_cursor, encode_cursor, not_a_cursor
from underlet.kernel.errors import InvalidInput
from underlet.kernel.naming import name_key
from underlet.kernel.permission import (
    CHOSEN,
    EVERY_PERMISSION,
    ROLE_PERMISSIONS,
    Mask,
    Permission,
    masks_of,
    name_of,
    names_of,
    within_ceiling,
)
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, permissions_in, unit_links, visible_units
from underlet.organization.types import UnitLink

_NAMED = 20
"""People that a preview names at most."""


def find_role(actor: Actor, public_id: UUID) -> OwnRole | None:
    """An own role of a unit that the actor sees (first belt)."""
    found = OwnRole.objects.filter(public_id=public_id, unit__in=visible_units(actor))
    return found.select_related("unit").first()


def _lock(role: OwnRole) -> None:
    rows("select pg_advisory_xact_lock_shared(%s)", [role.unit.hierarchy_id])
    rows("select 1 from role where id = %s for update", [role.id])


ROLE = Subject("role", find_role, lambda role: role.unit_id, lambda role: role.unit.hierarchy_id, _lock)


@query("role.list", needs=Permission.USER_EDIT, subject=UNIT)
def list_roles(actor: Actor, unit: Unit, data: ListRoles) -> Page[RoleRow]:
    """List the roles that may be given on a unit: built-in ones, its own and those of the units above it (R34, R40).

    With how many people have each on the unit or below it. Which unit made a role is told to who sees that unit.
    """
    built_in: list[OwnRole] = []
    if data.kind != "own":
        built_in = [
            OwnRole(name=role.value, name_key=role.value, perms=int(perms))
            for role, perms in ROLE_PERMISSIONS.items()
        ]
    own = list(assignable_roles(unit)) if data.kind != "built_in" else []
    sort, *after = decode_cursor(data.after, str, str, int) or (data.sort,)
    if sort != data.sort:
        raise not_a_cursor()
    is_down = data.sort == "-name"
    keyed = sorted(
        ((role.name_key, role.id or 0, role) for role in (*built_in, *own) if name_key(data.q) in role.name_key),
        key=lambda one: one[:2],
        reverse=is_down,
    )
    begun = [role for *key, role in keyed if not after or (tuple(key) < tuple(after) if is_down else key > after)]
    page = begun[: data.limit]
    cursor = encode_cursor(sort, page[-1].name_key, page[-1].id or 0) if len(begun) > data.limit else None
    return Page(tuple(_rows(actor, unit, page)), cursor)


def _rows(actor: Actor, unit: Unit, roles: list[OwnRole]) -> list[RoleRow]:
    links = unit_links(actor, [unit.id, *(role.unit_id for role in roles if role.id)])
    below = visible_units(actor).filter(anc__contains=[unit.id])
    counted = Grant.objects.filter(on_units(below)).values_list("role", "own_role_id")
    holders = {
        (role, own): count
        for role, own, count in counted.annotate(count=Count("user_id", distinct=True)).order_by()
    }
    at_most = permissions_in(unit) & ceiling_of(unit)
    return [_row(role, links.get(role.unit_id or 0), holders, at_most) for role in roles]


def _row(
    role: OwnRole, link: UnitLink | None, holders: dict[tuple[str, int | None], int], at_most: Permission
) -> RoleRow:
    perms = Permission(role.perms)
    is_built_in = not role.id
    return RoleRow(
        role.name if is_built_in else str(role.public_id),
        role.name,
        role.description,
        is_built_in,
        link,
        names_of(perms),
        masks_of(perms),
        holders.get((role.name, None) if is_built_in else ("", role.id), 0),
        within_ceiling(perms, at_most),
    )


@query("role.show", needs=Permission.USER_EDIT, subject=UNIT)
def show_role(actor: Actor, unit: Unit, data: NamedRole) -> RoleView:
    """Show a role that may be given on a unit, built-in or own: what it allows, which figures it hides (P3, P14)."""
    choice = resolve_any(unit, data.role)
    if choice.own_role_id is not None:
        return role_view(actor, unit, OwnRole.objects.get(id=choice.own_role_id))
    return role_view(actor, unit, OwnRole(name=choice.role, name_key=choice.role, perms=int(choice.perms)))


def role_view(actor: Actor, unit: Unit, role: OwnRole) -> RoleView:
    """A role as it may be given on a unit; one without an id is built-in."""
    row = _rows(actor, unit, [role])[0]
    may_edit = bool(role.id) and can_below(Permission(role.perms) | Permission.ROLE_EDIT, role.unit_id)
    return RoleView(
        row.role,
        row.name,
        row.description,
        row.is_built_in,
        row.unit,
        row.permissions,
        row.masks,
        row.holders,
        row.is_within,
        role.version,
        may_edit,
    )


def holders_of(actor: Actor, role: OwnRole) -> list[RoleHolder]:
    """People with an own role, and where, by name; as far as the actor sees the units, which all lie below its own."""
    held = Grant.objects.filter(own_role=role, unit__in=visible_units(actor).filter(anc__contains=[role.unit_id]))
    found = list(held.select_related("user").order_by("user__name", "user_id", "id"))
    links = unit_links(actor, [grant.unit_id for grant in found])
    return [RoleHolder(one.user.public_id, one.user.name, links.get(one.unit_id)) for one in found]


@query("role.preview", needs=Permission.ROLE_EDIT, subject=ROLE)
def preview_role(actor: Actor, role: OwnRole, data: PreviewRole) -> RolePreview:
    """Show what a change of an own role would give to whom, and take from whom, and change nothing (A6)."""
    permissions = _named("permissions", data.permissions, {name_of(one) for one in CHOSEN})
    masks = _named("masks", data.masks, {one.value for one in Mask})
    before, after = Permission(role.perms), perms_after(role, permissions, masks)
    holders = holders_of(actor, role)
    return RolePreview(
        _parts(after, before), _parts(before, after), len({one.id for one in holders}), tuple(holders[:_NAMED])
    )


def _named(field: str, text: str | None, known: set[str]) -> list[str] | None:
    """The names in a text, commas between. Raises InvalidInput for one that there is not."""
    if text is None:
        return None
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not known.issuperset(names):
        raise InvalidInput(
            fields={field: Sentence("Choose among these: {names}.", names=", ".join(sorted(known)))}
        )
    return names


def _parts(perms: Permission, without: Permission) -> tuple[str, ...]:
    """What one set of permissions has that another lacks: permissions by name, then figures."""
    shown, other = ({*Mask} - {*masks_of(one)} for one in (perms, without))
    figures = tuple(mask.value for mask in Mask if mask in shown - other)
    return tuple(name for name in names_of(perms) if name not in names_of(without)) + figures


@query("role_ceiling.show", needs=Permission.USER_EDIT, subject=UNIT)
def show_ceiling(actor: Actor, unit: Unit, data: NoInput) -> CeilingView:
    """Show what roles on a unit and below it may hold at most: all in all, whoever set it (P2)."""
    return ceiling_view(unit)


def ceiling_view(unit: Unit) -> CeilingView:
    """What roles on a unit may hold at most."""
    perms = ceiling_of(unit)
    is_set = UnitCeiling.objects.filter(unit=unit).exists()
    return CeilingView(is_set, names_of(perms), masks_of(perms), may_limit(unit))


def ceilings_around(unit: Unit, parent: Unit) -> tuple[dict[int, Permission], Permission]:
    """What roles may hold at most on each unit of the way to a unit and to a parent, by id; and on the unit itself once
    it stands below that parent."""
    found = {
        id_: Permission(perms)
        for id_, perms in rows(
            "select way.id, ceiling_of(way.id) & %s from unnest(%s::bigint[]) way (id) union all"
            " select 0, ceiling_of(%s) & %s & coalesce((select c.perms from unit_ceiling c where c.unit_id = %s), -1)",
            [int(EVERY_PERMISSION), [*{*unit.anc, *parent.anc}], parent.id, int(EVERY_PERMISSION), unit.id],
        )
    }
    return found, found.pop(0)
