"""References: what is said of an id that names nothing of the caller's."""


def must_exist(value: str, resource: str, field: str) -> str:
    """Return the issue of a reference to nothing: the same for another account's document."""
    return f"value '{value}' must exist in resource '{resource}', field '{field}'."


def wrong_account(asked: str | None, account_id: str | None) -> dict[str, str]:
    """Return what is wrong with the account a request names; it may be left out."""
    if asked is None or asked == account_id:
        return {}
    return {"account": must_exist(asked, "accounts", "_id")}
