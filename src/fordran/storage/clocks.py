"""Virtual clocks: the instants at which accounts' time stands still."""

from datetime import datetime

from fordran.storage.unit_of_work import UnitOfWork


def virtual_now(uow: UnitOfWork) -> datetime | None:
    """Return the account's virtual instant, or None if it runs on real time."""
    row = uow.row("SELECT now_at FROM virtual_clocks WHERE account_id = %s", (uow.account_id,))
    return row[0] if row else None


def lock_virtual_now(uow: UnitOfWork) -> datetime | None:
    """Return the account's virtual instant and keep it from moving until the unit ends."""
    row = uow.row(
        "SELECT now_at FROM virtual_clocks WHERE account_id = %s FOR UPDATE", (uow.account_id,)
    )
    return row[0] if row else None


def has_cases(uow: UnitOfWork) -> bool:
    """Tell whether the account has any case."""
    return (
        uow.row("SELECT 1 FROM cases WHERE account_id = %s LIMIT 1", (uow.account_id,)) is not None
    )


def put(uow: UnitOfWork, now_at: datetime) -> None:
    """Give the account a virtual clock, or set the one it has."""
    uow.execute(
        "INSERT INTO virtual_clocks (account_id, now_at) VALUES (%s, %s) "
        "ON CONFLICT (account_id) DO UPDATE SET now_at = EXCLUDED.now_at",
        (uow.account_id, now_at),
    )


def move(uow: UnitOfWork, now_at: datetime) -> None:
    """Move the account's virtual clock."""
    uow.execute(
        "UPDATE virtual_clocks SET now_at = %s WHERE account_id = %s", (now_at, uow.account_id)
    )
