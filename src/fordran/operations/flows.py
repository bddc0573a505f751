"""Look at flows: find one by its name, and list what is due on their cases."""

from datetime import datetime

from fordran.domain.flow import FlowConfig
from fordran.domain.flow_words import short_name
from fordran.operations.context import Context
from fordran.operations.set_up_parties import AccountNotFound, FlowConfigNotFound
from fordran.storage import agreements
from fordran.storage.due_list import DueAsked, DueList, due_list


def find_flow(context: Context, name: str, version: int | None = None) -> FlowConfig:
    """Return a version of a flow, by default its newest.

    `name` is the last word of its name, the whole locale key, or its id.

    Raises: FlowConfigNotFound, with what there is.
    """
    known = context.database.run(None, agreements.flow_configs)
    named = [one for one in known if name in (short_name(one), one.name_locale, one.id)]
    if not named:
        names = ", ".join(sorted({short_name(one) for one in known}))
        raise FlowConfigNotFound(f"No flow has the name {name}; there are {names}.")
    if len({one.id for one in named}) > 1:
        ids = ", ".join(sorted({one.id for one in named}))
        raise FlowConfigNotFound(f"Several flows have the name {name}; give one of {ids}.")
    versions = {one.version: one for one in named}
    if version is None:
        return versions[max(versions)]
    if version not in versions:
        there = ", ".join(map(str, sorted(versions)))
        raise FlowConfigNotFound(f"The flow {name} has no version {version}; it has {there}.")
    return versions[version]


def list_due(
    conninfo: str,
    now: datetime,
    *,
    until: datetime | None = None,
    account_id: str | None = None,
    limit: int,
) -> DueList:
    """Return what is due and is not carried out, over all accounts or in one.

    `conninfo` is of the tables' owner. Reads only. Units: `now` is real time; without `until` each
    account is asked what is due by its own now, which is its virtual clock's if it has one.

    Raises: AccountNotFound.
    """
    found = due_list(conninfo, DueAsked(now, until, account_id, limit))
    if account_id is not None and not found.accounts:
        raise AccountNotFound(f"No account has the id {account_id}.")
    return found
