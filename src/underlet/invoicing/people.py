"""Who can see an invoice, and why (B12)."""

from underlet.access.types.reach import Reacher, WhoReaches
from underlet.contracts.people import people_of_edge
from underlet.foundation.actor import Actor
from underlet.foundation.registry import query
from underlet.foundation.types import Page
from underlet.invoicing.models import Invoice
from underlet.invoicing.queries import INVOICE
from underlet.kernel.permission import Permission


@query("access.of_invoice", needs=Permission.USER_EDIT, subject=INVOICE)
def access_of_invoice(actor: Actor, invoice: Invoice, data: WhoReaches) -> Page[Reacher]:
    """List the people who read an invoice, of those whom the reader administers, by name, and by which roles (B12)."""
    ends, entities = (
        (invoice.seller_id, invoice.buyer_id),
        (invoice.seller_entity_id, invoice.buyer_entity_id),
    )
    return people_of_edge(actor, "invoice", invoice.id, ends, entities, data)
