"""Save a flow config: read it from a file, check it, keep it as the next version."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from fordran.domain.flow import FlowConfig
from fordran.domain.flow_check import problems
from fordran.domain.refusals import Refusal
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.letters.templates import template_path
from fordran.operations.context import Context
from fordran.storage import agreements
from fordran.storage.unit_of_work import UnitOfWork


class FlowConfigUnusable(Refusal):
    """A flow config cannot be used."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


class Saved(msgspec.Struct, frozen=True):
    """The version of a flow that says what was given, and whether it was saved just now."""

    config: FlowConfig
    is_new: bool


def read_flow(content: bytes) -> FlowConfig:
    """Read a flow config from the JSON of a file.

    A version in it is left out of account: saving counts it.

    Checked in order: it is UTF-8 and JSON, and no object names a field twice; it is a flow
    config, with every value of its type; it has no field that a flow config does not have.

    Raises: FlowConfigUnusable, with the place of what is wrong.
    """
    try:
        given = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object)
        config = msgspec.convert(given, FlowConfig)
    except UnicodeDecodeError as error:
        raise FlowConfigUnusable([f"it is not UTF-8, at byte {error.start}"]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FlowConfigUnusable([f"it is not JSON: {error.msg}, at {where}"]) from None
    except RecursionError:
        raise FlowConfigUnusable(["it is not a flow config: it is nested too deep"]) from None
    except (msgspec.ValidationError, ValueError) as error:
        raise FlowConfigUnusable([str(error)]) from None
    if unknown := list(_unknown_fields(given, config, "$")):
        raise FlowConfigUnusable(unknown)
    return replace(config, version=1)


def flow_problems(config: FlowConfig) -> list[str]:
    """Return what is wrong with a flow config; letters are those that have a template."""
    return problems(config, kinds_with_template())


def kinds_with_template() -> frozenset[str]:
    """Return the kinds of letters that have a template in every language."""
    return frozenset(
        kind.value
        for kind in LetterKind
        if all(template_path(kind, locale).is_file() for locale in Locale)
    )


def save_flow(context: Context, config: FlowConfig) -> Saved:
    """Check a flow config and save it as the next version of its flow.

    Cases that are open keep the version that they have; the next registrations begin the new one.
    What the newest version says already is not saved again.

    Raises: FlowConfigUnusable, with every problem; one is that another flow has the name.
    """
    saved_at = context.clock.now()

    def operation(uow: UnitOfWork) -> Saved:
        known = agreements.flow_configs(uow)
        found = flow_problems(config)
        found += [
            f"name_locale: the flow {other} has this name"
            for other in sorted(
                {one.id for one in known if one.name_locale == config.name_locale} - {config.id}
            )
        ]
        if found:
            raise FlowConfigUnusable(found)
        saved = agreements.save_flow_config(uow, config, saved_at)
        return Saved(saved, is_new=saved not in known)

    return context.database.run(None, operation)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"an object has the field {twice[0]} twice")
    return dict(pairs)


def _unknown_fields(given: object, known: object, place: str) -> Iterator[str]:
    """Yield the fields that were given and that the type does not have, each with its place."""
    if isinstance(known, msgspec.Struct) and isinstance(given, Mapping):
        values = {
            field.encode_name: getattr(known, field.name) for field in msgspec.structs.fields(known)
        }
        for name, value in given.items():
            if name in values:
                yield from _unknown_fields(value, values[name], f"{place}.{name}")
            elif name != known.__struct_config__.tag_field:
                yield f"there is no field {name} - at `{place}`"
    elif isinstance(known, tuple) and isinstance(given, list):
        for number, (value, of_type) in enumerate(zip(given, known, strict=True)):
            yield from _unknown_fields(value, of_type, f"{place}[{number}]")
