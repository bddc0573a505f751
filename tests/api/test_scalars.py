import contextlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fordran.api.scalars import (
    AMOUNT_MINOR_MAX,
    Amount,
    CivilDate,
    CountryCode,
    Instant,
    InvalidScalar,
    NonNegativeAmount,
    ObjectId,
    PositiveAmount,
    ReadOnly,
    format_civil_date,
    format_instant,
    parse_civil_date,
    parse_instant,
    read_amount,
    read_scalar,
    wire_amount,
)
from fordran.domain.money import Money

INSTANTS = [
    ("Mon, 07 Jul 2025 00:00:00 GMT", datetime(2025, 7, 7, tzinfo=UTC)),
    ("Wed, 07 Jul 2025 00:00:00 GMT", datetime(2025, 7, 7, tzinfo=UTC)),
    ("07 Jul 2025 00:00:00 GMT", datetime(2025, 7, 7, tzinfo=UTC)),
    ("7 jul 2025 00:00:00 gmt", datetime(2025, 7, 7, tzinfo=UTC)),
    ("Wed, 03 Sep 2025 07:56:11 GMT", datetime(2025, 9, 3, 7, 56, 11, tzinfo=UTC)),
    ("2025-10-17T00:00:00Z", datetime(2025, 10, 17, tzinfo=UTC)),
    ("2025-10-17T00:00Z", datetime(2025, 10, 17, tzinfo=UTC)),
    ("2025-10-17T12:13:14.999Z", datetime(2025, 10, 17, 12, 13, 14, tzinfo=UTC)),
    ("2025-10-17T02:00:00+02:00", datetime(2025, 10, 17, tzinfo=UTC)),
    ("2025-10-16T19:00:00-0500", datetime(2025, 10, 17, tzinfo=UTC)),
    ("2025-10-17", datetime(2025, 10, 17, tzinfo=UTC)),
    ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
    ("1900-01-01", datetime(1900, 1, 1, tzinfo=UTC)),
    ("2200-12-31T23:59:59Z", datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC)),
]

NO_INSTANTS = [
    "",
    "yesterday",
    "2025-10-17T00:00:00",
    "2025-02-30",
    "2025-02-29",
    "2025-13-01",
    "2025-00-01",
    "2025-10-17T24:00:00Z",
    "2025-10-17T00:60:00Z",
    "2025-10-17T00:00:60Z",
    "2025-10-17T00:00:00+24:00",
    "2025-10-17T00:00:00+01:60",
    "2025-10-17T00:00:00Z\n",
    " 2025-10-17",
    "20251017",
    "2025-1-7",
    "\u0662\u0660\u0662\u0665-10-17",
    "1899-12-31",
    "2201-01-01",
    "1900-01-01T00:00:00+01:00",
    "2200-12-31T23:59:59-01:00",
    "0000-01-01",
    "9999-12-31T23:59:59-23:59",
    "Sun, 30 Feb 2025 00:00:00 GMT",
    "Mon, 07 Jul 2025 24:00:00 GMT",
    "Mon, 07 Jul 2025 00:00:00",
    "Mon, 07 Jul 2025 00:00:00 CET",
    "Mon, 07 Foo 2025 00:00:00 GMT",
    "Monday, 07 Jul 2025 00:00:00 GMT",
    "Mon, 07 Jul 25 00:00:00 GMT",
    "2025-10-17T00:00:00." + "0" * 100_000 + "Z",
]


@pytest.mark.parametrize(("text", "moment"), INSTANTS)
def test_parse_instant_reads_both_forms(text, moment):
    parsed = parse_instant(text)
    assert parsed == moment
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize("text", NO_INSTANTS, ids=range(len(NO_INSTANTS)))
def test_parse_instant_refuses_what_names_no_moment(text):
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Mon, 07 Jul 2025 00:00:00 GMT", date(2025, 7, 7)),
        ("2025-07-07", date(2025, 7, 7)),
        ("2025-07-07T00:00:00Z", date(2025, 7, 7)),
        ("2025-07-07T00:00:00.500Z", date(2025, 7, 7)),
        ("2025-07-07T00:00:00+02:00", date(2025, 7, 7)),
        ("2025-07-06T22:00:00Z", date(2025, 7, 7)),
        ("2025-07-06T21:59:59Z", date(2025, 7, 6)),
        ("2025-01-06T22:30:00Z", date(2025, 1, 6)),
        ("2025-01-06T23:00:00Z", date(2025, 1, 7)),
        ("2025-07-07T12:00:00Z", date(2025, 7, 7)),
    ],
)
def test_parse_civil_date_is_midnight_gmt_or_the_swedish_date(text, day):
    assert parse_civil_date(text) == day


def test_parse_civil_date_after_the_last_year_is_refused():
    with pytest.raises(ValueError, match="2200"):
        parse_civil_date("2200-12-31T23:30:00Z")


moments = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis wants the bounds naive
    max_value=datetime(2200, 12, 30),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


@given(moments)
def test_instant_round_trips_in_whole_seconds(moment):
    assert parse_instant(format_instant(moment)) == moment.replace(microsecond=0)
    assert parse_instant(moment.isoformat()) == moment.replace(microsecond=0)


@given(moments, st.integers(-1439, 1439))
def test_instant_is_the_same_in_any_offset(moment, minutes):
    elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert format_instant(elsewhere) == format_instant(moment)
    if 1900 <= elsewhere.year <= 2200:
        assert parse_instant(elsewhere.isoformat()) == moment.replace(microsecond=0)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_civil_date_round_trips(day):
    assert parse_civil_date(format_civil_date(day)) == day


@given(st.text())
def test_parse_instant_raises_nothing_but_value_error(text):
    with contextlib.suppress(ValueError):
        parse_instant(text)


def test_format_instant_refuses_a_naive_datetime():
    with pytest.raises(ValueError, match="naive"):
        format_instant(datetime(2025, 7, 7))  # noqa: DTZ001 - it is what is refused


@pytest.mark.parametrize(
    ("number", "minor"),
    [
        (2000, 200_000),
        (Decimal("2000.0"), 200_000),
        (Decimal("2000.10"), 200_010),
        (Decimal("2000.100"), 200_010),
        (Decimal("2e3"), 200_000),
        (Decimal("14.79"), 1479),
        (Decimal("-0.01"), -1),
        (Decimal("-0.0"), 0),
        (Decimal("0e999999999"), 0),
        (Decimal("9999999999.99"), AMOUNT_MINOR_MAX),
        (Decimal("-9999999999.99"), -AMOUNT_MINOR_MAX),
        (Decimal("1." + "0" * 30), 100),
    ],
)
def test_read_amount_takes_a_number_by_value(number, minor):
    assert read_amount(number) == Money(minor)


@pytest.mark.parametrize(
    ("value", "issue"),
    [
        ("2000", "must be of number type"),
        (True, "must be of number type"),
        ([], "must be of number type"),
        (2000.0, "must be of number type"),
        (Decimal("1.005"), "must have at most two decimals"),
        (Decimal("1." + "0" * 60 + "1"), "must have at most two decimals"),
        (Decimal("1e-999999999"), "must have at most two decimals"),
        (Decimal("9999999999.999"), "must have at most two decimals"),
        (10_000_000_000, "max value is 9999999999.99"),
        (Decimal("-1e10"), "min value is -9999999999.99"),
        (Decimal("1e999999999"), "max value is 9999999999.99"),
        (Decimal("-1e999999999"), "min value is -9999999999.99"),
        (Decimal("9" * 5000), "max value is 9999999999.99"),
    ],
    ids=str,
)
def test_read_amount_refuses_what_is_no_amount(value, issue):
    with pytest.raises(InvalidScalar) as caught:
        read_amount(value)
    assert caught.value.issues == (issue,)


@given(st.integers(-AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX))
def test_amount_round_trips_over_json(minor):
    written = json.dumps(wire_amount(Money(minor)))
    assert read_amount(json.loads(written, parse_float=Decimal)) == Money(minor)


def test_wire_amount_is_an_integer_for_whole_kronor_only():
    assert isinstance(wire_amount(Money(200_000)), int)
    assert wire_amount(Money(-1)) == -0.01
    assert json.dumps(wire_amount(Money(AMOUNT_MINOR_MAX))) == "9999999999.99"


@pytest.mark.parametrize(
    ("marker", "raw", "value"),
    [
        (Amount, -5, Money(-500)),
        (PositiveAmount, 5, Money(500)),
        (NonNegativeAmount, 0, Money(0)),
        (Instant, "2025-07-07T10:00:00Z", datetime(2025, 7, 7, 10, tzinfo=UTC)),
        (CivilDate, "2025-07-07", date(2025, 7, 7)),
        (ObjectId, "674DBEAF08847B9501CC9132", "674dbeaf08847b9501cc9132"),
        (CountryCode, "se", "SE"),
    ],
)
def test_read_scalar_gives_a_value_that_its_marker_accepts(marker, raw, value):
    assert read_scalar(marker, raw) == value
    assert isinstance(value, marker)


@pytest.mark.parametrize(
    ("marker", "raw", "issues"),
    [
        (Amount, None, ("null value not allowed",)),
        (PositiveAmount, 0, ("must be greater than 0",)),
        (
            PositiveAmount,
            Decimal("-1.005"),
            ("must have at most two decimals", "must be greater than 0"),
        ),
        (PositiveAmount, "1", ("must be of number type",)),
        (NonNegativeAmount, -1, ("min value is 0",)),
        (Instant, "soon", ("must be of datetime type",)),
        (Instant, 1_751_846_400, ("must be of datetime type",)),
        (CivilDate, "2025-02-30", ("must be of datetime type",)),
        (ObjectId, "674dbeaf08847b9501cc913", ("must be of objectid type",)),
        (ObjectId, "674dbeaf08847b9501cc913g", ("must be of objectid type",)),
        (ObjectId, "674dbeaf08847b9501cc9132\n", ("must be of objectid type",)),
        (ObjectId, 5, ("must be of objectid type",)),
        (CountryCode, "SWE", ("value does not match regex '^[A-Za-z]{2}$'",)),
        (CountryCode, 46, ("must be of string type",)),
        (ReadOnly, "x", ("field is read-only",)),
        (ReadOnly, None, ("field is read-only",)),
    ],
)
def test_read_scalar_refuses_with_the_issues(marker, raw, issues):
    with pytest.raises(InvalidScalar) as caught:
        read_scalar(marker, raw)
    assert caught.value.issues == issues


def test_read_scalar_knows_its_own_markers_only():
    with pytest.raises(NotImplementedError):
        read_scalar(complex, 1)
