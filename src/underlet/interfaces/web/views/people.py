"""One person: their roles here, and what can be done about them; several people asked in at once."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from underlet.access.types import GrantRow, UserRow
from underlet.foundation.uploads import receive
from underlet.interfaces.web.bind import page
from underlet.interfaces.web.forms import Choices, Field, Form
from underlet.interfaces.web.frame import Link
from underlet.interfaces.web.role_words import role_choices
from underlet.interfaces.web.templatetags.names import grant_place, grant_role
from underlet.interfaces.web.visit import Visit
from underlet.interfaces.web.words import languages
from underlet.kernel.errors import InvalidInput, NotFound


def _person(visit: Visit, person: str) -> UserRow:
    """A person of the context unit. Raises NotFound."""
    try:
        row: UserRow = visit.ask("user.show", visit.here, {"user": person})
    except InvalidInput:
        raise NotFound() from None
    return row


def _way(visit: Visit, row: UserRow) -> tuple[Link, ...]:
    return (Link(row.name, visit.address("user_show", person=row.id)),)


def scope_field(visit: Visit, *, with_groups: bool = False) -> Field:
    """How far a role reaches."""
    name = visit.unit.name
    choices: Choices = (
        ("customers", _("The customers of {name}, later ones included").format(name=name))
        if visit.unit.is_customer_organization
        else ("subtree", _("{name} and everything below it").format(name=name)),
        ("unit", _("{name} alone").format(name=name)),
        *((("group", _("Groups of {name}, chosen below").format(name=name)),) if with_groups else ()),
    )
    return Field("scope", _("Works for"), "select", choices=choices, wide=True)


def ends_field() -> Field:
    """Until when a role lasts."""
    return Field(
        "ends_on", _("Ends on"), "date", hint=_("The first day on which it opens nothing; empty: it does not end")
    )


def role_fields(visit: Visit, *, with_groups: bool = False) -> tuple[Field, ...]:
    """Role, reach and end of what is given in the context unit. Uses `role.list`."""
    is_plain = visit.unit.kind == "customer" and not visit.unit.is_customer_organization  # nothing is below it
    return (
        Field(
            "role",
            _("Role"),
            "select",
            choices=role_choices(visit),
            hint=_("At most what you may do here yourself"),
        ),
        *(() if is_plain else (scope_field(visit, with_groups=with_groups),)),
        ends_field(),
    )


@page("u/settings/people/<str:person>", tab="users", uses=("user.show",))
def user_show(visit: Visit, person: str) -> HttpResponse:
    """A person: state, every role of theirs that the reader may see, and what can be done (R36, R42)."""
    row = _person(visit, person)
    return visit.page(
        "pages/person.html", row.name, person=row, is_oneself=row.id == visit.user.public_id,
        has_resting=any(one.state == "suspended" for one in row.grants),
        has_live=any(one.state == "active" for one in row.grants),
    )  # fmt: skip


def _listed(grants: tuple[GrantRow, ...]) -> str:
    return "; ".join(f"{grant_role(one)} ({grant_place(one)})" for one in grants)


def _confirm(visit: Visit, person: str, name: str, words: dict[str, Any]) -> HttpResponse:
    """Ask before something is done with all roles of a person, naming them."""
    row = _person(visit, person)
    told = visit.ask("user.preview_removal", visit.here, {"user": person}).grants
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, name, visit.here, {"user": person})
        if outcome is not None:
            gone = name == "user.remove"
            return (
                visit.to("users", words["done"]) if gone else visit.to("user_show", words["done"], person=person)
            )
    state = {"user.suspend": "active", "user.resume": "suspended"}.get(name, "")
    grants = tuple(one for one in told if not state or one.state == state)
    text = words["text"].format(name=row.name, roles=_listed(grants) or "–")
    return visit.page(
        "pages/confirm.html", words["title"].format(name=row.name), status=form.status, form=form, text=text,
        danger=name != "user.resume", submit=words["submit"], back=visit.address("user_show", person=person),
        way=_way(visit, row),
    )  # fmt: skip


@page(
    "u/settings/people/<str:person>/suspend", tab="users",
    uses=("user.suspend", "user.show", "user.preview_removal"), writes=True,
)  # fmt: skip
def user_suspend(visit: Visit, person: str) -> HttpResponse:
    """Let a person's roles rest, after asking."""
    return _confirm(visit, person, "user.suspend", {
        "title": _("Suspend {name}"), "submit": _("Suspend"), "done": _("Their roles rest."),
        "text": _("From their next click on {name} can do nothing here by these roles, until you resume them: {roles}"),
    })  # fmt: skip


@page(
    "u/settings/people/<str:person>/resume", tab="users",
    uses=("user.resume", "user.show", "user.preview_removal"), writes=True,
)  # fmt: skip
def user_resume(visit: Visit, person: str) -> HttpResponse:
    """Let a person's resting roles work again, after asking."""
    return _confirm(visit, person, "user.resume", {
        "title": _("Resume {name}"), "submit": _("Resume"), "done": _("Their roles work again."),
        "text": _("These roles of {name} work again at once: {roles}"),
    })  # fmt: skip


@page(
    "u/settings/people/<str:person>/remove", tab="users",
    uses=("user.remove", "user.show", "user.preview_removal"), writes=True,
)  # fmt: skip
def user_remove(visit: Visit, person: str) -> HttpResponse:
    """Take all roles of a person here back, after telling which."""
    return _confirm(visit, person, "user.remove", {
        "title": _("Remove {name}"), "submit": _("Remove"), "done": _("Their roles here were taken back."),
        "text": _("{name} loses these roles for good, at once; roles elsewhere stay: {roles}"),
    })  # fmt: skip


@page("u/settings/people/<str:person>/invite", tab="users", uses=("user.invite_again", "user.show"), writes=True)
def user_invite_again(visit: Visit, person: str) -> HttpResponse:
    """Send the invitation again, with a new link."""
    row = _person(visit, person)
    form = visit.form()
    if visit.is_posted:
        outcome, form = visit.attempt(form, "user.invite_again", visit.here, {"user": person})
        if outcome is not None:
            return invited(visit, outcome.body)
    return visit.page(
        "pages/confirm.html", _("Invite {name} again").format(name=row.name), status=form.status, form=form,
        text=_("{email} gets a new link to set their password; it works once, for three days.").format(email=row.email),
        submit=_("Invite again"), back=visit.address("user_show", person=person), way=_way(visit, row),
    )  # fmt: skip


def invited(visit: Visit, body: dict[str, Any]) -> HttpResponse:
    """What an inviter passes on."""
    path = body.get("welcome_path", "")
    link = visit.request.build_absolute_uri(path) if path else ""
    return visit.page(
        "pages/invited.html", _("Invited"), person=body["user"], link=link, is_mailed=body.get("mailed", False)
    )


@page(
    "u/settings/people/<str:person>/give", tab="users", uses=("grant.create", "user.show", "role.list", "group.list"),
    writes=True,
)  # fmt: skip
def grant_give(visit: Visit, person: str) -> HttpResponse:
    """Give a person a further role in the context unit, or on groups of it, several at once (R34, R50)."""
    row = _person(visit, person)
    kept = visit.ask("group.list", visit.here, {"where": "below", "limit": "100"}).items
    groups = [one for one in kept if one.unit is not None and one.unit.id == visit.unit.id]
    scope = "customers" if visit.unit.is_customer_organization else "subtree"
    form = visit.form({"role": "viewer", "scope": scope})
    if visit.is_posted:
        names = ("role", "scope", "ends_on")
        given: dict[str, Any] = {name: form.values[name] for name in names if form.values.get(name)}
        if given.get("scope") == "group":
            given["groups"] = [str(one.id) for one in groups if form.values.get(f"on.{one.id}")]
        outcome, form = visit.attempt(form, "grant.create", visit.here, {**given, "user": person})
        if outcome is not None:
            return visit.to("user_show", _("The role was given."), person=person)
    boxes = [Field(f"on.{one.id}", _("Group {name}").format(name=one.name), "checkbox") for one in groups]
    return visit.page(
        "pages/form.html", _("Give {name} a role").format(name=row.name), status=form.status, form=form,
        fields=(*role_fields(visit, with_groups=bool(groups)), *boxes), submit=_("Give role"),
        back=visit.address("user_show", person=person), lead=_("In {name}").format(name=visit.unit.name),
        way=_way(visit, row),
    )  # fmt: skip


@page(
    "u/settings/people/<str:person>/roles/<str:grant>",
    tab="users",
    uses=("grant.update", "user.show", "role.list"),
    writes=True,
)
def grant_edit(visit: Visit, person: str, grant: str) -> HttpResponse:
    """Change a role: which, how far it reaches, when it ends."""
    row = _person(visit, person)
    held = next((one for one in row.grants if str(one.id) == grant and one.unit is not None), None)
    if held is None or held.unit is None:
        raise NotFound()
    form = visit.form({"role": held.role, "scope": held.scope, "ends_on": held.ends_on})
    if visit.is_posted:
        given = {name: value for name, value in form.values.items() if name in ("role", "scope") and value}
        ends_on = form.values.get("ends_on") or None
        outcome, form = visit.attempt(form, "grant.update", grant, {**given, "ends_on": ends_on})
        if outcome is not None:
            return visit.to("user_show", _("Saved."), person=person)
    offered = role_choices(visit)
    own = () if held.role in dict(offered) else ((held.role, held.role_name or held.role),)
    reach = (
        ("subtree", _("{name} and everything below it").format(name=held.unit.name)),
        ("unit", _("{name} alone").format(name=held.unit.name)),
    )
    fields = (
        Field("role", _("Role"), "select", choices=(*offered, *own), hint=_("At most what you may do here yourself")),
        *((Field("scope", _("Works for"), "select", choices=reach, wide=True),)
          if held.scope in ("subtree", "unit") else ()),
        ends_field(),
    )  # fmt: skip
    return visit.page(
        "pages/form.html", _("Change a role of {name}").format(name=row.name), status=form.status, form=form,
        fields=fields, submit=_("Save"), back=visit.address("user_show", person=person), way=_way(visit, row),
        lead=grant_place(held),
    )  # fmt: skip


@page(
    "u/settings/users/invite-many",
    tab="users",
    uses=("user.invite_many", "user.preview_invite_many", "role.list"),
    writes=True,
)
def users_invite(visit: Visit) -> HttpResponse:
    """Ask several people in: what each line does is told first, and nothing happens before that is confirmed (P6)."""
    scope = "customers" if visit.unit.is_customer_organization else "subtree"
    role = "customer_viewer" if visit.unit.kind == "customer" else "viewer"
    form = visit.form({"role": role, "scope": scope, "language": "en"})
    preview = None
    if visit.is_posted:
        visit.require("user.invite_many")  # before any byte is kept
        file = visit.request.FILES.get("upload")
        values = {name: value for name, value in form.values.items() if name != "confirmed"}
        if file:
            values["upload"] = str(receive(visit.actor, file.chunks(), file.name or "").id)
        given = Form(values, key=form.key)
        if form.values.get("confirmed"):
            outcome, form = visit.attempt(given, "user.invite_many", visit.here, given.filled())
            if outcome is not None:
                links = [
                    (one["email"], visit.request.build_absolute_uri(one["path"]))
                    for one in outcome.body.get("links", ())
                ]
                return visit.page("pages/invited_many.html", _("Invited"), done=outcome.body, links=links)
        else:
            form = given
            try:
                preview = visit.ask("user.preview_invite_many", visit.here, given.filled())
            except InvalidInput as refusal:
                form = given.refused(refusal)
    fields = (
        Field("people", _("People"), "textarea", wide=True,
              hint=_("One a line: an address, or Name <address>. At most 500.")),
        Field("upload", _("Or a file"), "file", accept=".csv,.xlsx", wide=True,
              hint=_("CSV or XLSX with the column email and, where wanted, name, role and language")),
        *role_fields(visit),
        Field("language", _("Language"), "select", choices=languages()),
    )  # fmt: skip
    return visit.page(
        "pages/users_invite.html", _("Invite several users"), status=form.status, form=form, fields=fields,
        preview=preview, hidden=[(name, value) for name, value in form.values.items() if value],
        back=visit.address("users"),
    )  # fmt: skip
