"""The directory: bodies with validity and successors, people, and who holds which role where and when.

What a role lets one do is not decided here but in engine.office.access; accounts and passwords are in
engine.office.accounts.
"""

from engine.office.directory.changes import (
    add_membership,
    add_person,
    add_unit,
    check_role,
    end_membership,
    end_unit,
    identify,
    identity_data,
    personal_data,
    set_day,
)
from engine.office.directory.model import (
    Membership,
    Role,
    RoleBook,
    Unit,
    Units,
)
from engine.office.directory.reads import (
    acting_for,
    actor,
    actor_column,
    actor_of,
    all_memberships,
    all_units,
    calendar,
    calendar_at,
    citizen_id,
    memberships_of,
    people_in,
    person_exists,
    person_view,
    person_with_number,
    suspender,
    units,
)

__all__ = [
    "Membership",
    "Role",
    "RoleBook",
    "Unit",
    "Units",
    "acting_for",
    "actor",
    "actor_column",
    "actor_of",
    "add_membership",
    "add_person",
    "add_unit",
    "all_memberships",
    "all_units",
    "calendar",
    "calendar_at",
    "check_role",
    "citizen_id",
    "end_membership",
    "end_unit",
    "identify",
    "identity_data",
    "memberships_of",
    "people_in",
    "person_exists",
    "person_view",
    "person_with_number",
    "personal_data",
    "set_day",
    "suspender",
    "units",
]
