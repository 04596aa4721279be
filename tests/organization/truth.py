"""What the derived columns must be, computed from parents alone by walking up: shares nothing with the triggers."""

from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system


def check_structure() -> int:
    """Compare ancestors, depth, closure and inherited legal entities of every unit with a walk up; returns how many."""
    with system():
        units = {
            id_: (parent, depth, list(anc), entity, own, also)
            for id_, parent, depth, anc, entity, own, *also in rows(
                "select id, parent_id, depth, anc, entity_id, is_entity_own, name_key, also_key, facets from unit"
            )
        }
        closure = set(rows("select anc, des, dist, name_key, also_key, facets from unit_closure"))
    expected = set()
    for id_, (parent, depth, anc, entity, own, also) in units.items():
        path = [id_]
        while (above := units[path[0]][0]) is not None:
            assert above not in path, "a cycle"
            path.insert(0, above)
        assert anc == path
        assert depth == len(path) <= 10
        assert own or entity == units[parent][3], "an inherited legal entity is the parent's"
        expected |= {(ancestor, id_, distance, *also) for distance, ancestor in enumerate(reversed(path))}
    assert closure == expected
    return len(units)
