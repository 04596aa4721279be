"""The table of all pages, and what its addresses are made of in the tests' world."""

import os
from collections.abc import Mapping

from tools.pages import scenes

from tests.usage.imports import take_in
from tests.world import DRAFTED, ISSUED, World
from underlet.access.models import User
from underlet.access.welcome import welcome_path
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.uploads import receive

SCENES = scenes()
WALKED = [scene for scene in SCENES if os.environ.get("UNDERLET_DEEP") or not scene.state or scene.sends]
"""Every page, and every form with errors, in the ordinary run; other states of pages in the deep one, for time."""


def things_of(world: World) -> Mapping[str, str]:
    """What the table's addresses are made of: public ids in the world by the names that the table uses."""
    ids = world.ids
    _, _, uid, token = welcome_path(User.objects.get(email_key="bea@example.com")).split("/")
    return {
        "sub_account": ids["sub_account"]["acme"],
        "assignment": ids["assignment"]["acme"],
        "usage_import": ids["import"][ISSUED],
        "refused_import": str(take_in(world.cast, b"not,a,billing,file\n1,2,3,4\n", "refused.csv").id),
        "structure_import": ids["structure_import"]["birch"],
        "refused_structure": _structure(world, "structure.check", b"name,kind\nno host,customer\n"),
        "done_structure": _structure(world, "structure.import", b"name,parent\nAlder,Birch Lab\n"),
        "contract": ids["contract"]["fjord birch"],
        "draft_contract": ids["contract"]["alder acme draft"],
        "billing_run": ids["billing_run"][DRAFTED],
        "invoice": ids["invoice"]["fjord birch issued"],
        "draft_invoice": ids["invoice"]["fjord birch draft"],
        "token": ids["token"]["ada"],
        "person": ids["person"]["ira"],
        "grant": ids["grant"]["ira"],
        "unit_token": ids["unit_token"]["beta"],
        "role": ids["role"]["fjord"],
        "identity_provider": ids["identity_provider"]["birch"],
        "directory_group": ids["directory_group"]["acme"],
        "scheduled_move": ids["scheduled_move"]["delta"],
        "audit_entry": ids["audit_entry"]["fjord unit"],
        "group": ids["group"]["north"],
        "ruled_group": ids["group"]["ruled"],
        "job": next(iter(ids["job"].values())),
        "welcome_uid": uid,
        "welcome_token": token,
        **{f"unit {name}": id_ for name, id_ in ids["unit"].items()},
    }


def _structure(world: World, name: str, content: bytes) -> str:
    """A file of units sent by Ben, and what became of it."""
    sent = receive(world.cast.ben, [content], "structure.csv")
    started = run(name, world.cast.ben, world.cast.units["birch"], {"upload": str(sent.id)}).body
    run_job(started["job_id"])
    return str(started["id"])
