from fractions import Fraction

import msgspec
import pytest

from fordran.domain.money import Money, RoundingPolicy, rounded, split_equally, total

DOWN, HALF_UP = RoundingPolicy.WHOLE_KRONA_DOWN, RoundingPolicy.ORE_HALF_UP


def test_arithmetic():
    assert Money(1479) - Money(79) == Money(1400)
    assert -Money(1479) == Money(-1479)
    assert Money(-1) < Money(0) < Money(1)
    assert Money(1)
    assert Money(-1)
    assert not Money(0)


@pytest.mark.parametrize("combine", [Money.__add__, Money.__sub__])
def test_two_currencies_are_never_combined(combine):
    with pytest.raises(ValueError, match="SEK and EUR cannot be combined"):
        combine(Money(1), Money(1, "EUR"))


def test_total_of_nothing_is_zero_kronor():
    assert total([]) == Money(0)
    assert total([Money(100), Money(-30), Money(7)]) == Money(77)


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (0, "0.00 SEK"),
        (5, "0.05 SEK"),
        (-5, "-0.05 SEK"),
        (-123456, "-1234.56 SEK"),
        (200000, "2000.00 SEK"),
    ],
)
def test_amount_as_text(minor, text):
    assert str(Money(minor)) == text


@pytest.mark.parametrize(
    ("minor", "parts", "expected"),
    [
        (18000, 1, [18000]),
        (18000, 2, [9000, 9000]),
        (100, 3, [34, 33, 33]),
        (2, 3, [2, 0, 0]),
        (-100, 3, [-32, -34, -34]),
    ],
)
def test_first_part_takes_the_odd_ore(minor, parts, expected):
    assert [part.minor for part in split_equally(Money(minor), parts)] == expected


def test_parts_keep_the_currency():
    assert split_equally(Money(3, "EUR"), 2) == (Money(2, "EUR"), Money(1, "EUR"))


@pytest.mark.parametrize(
    ("exact_minor", "policy", "expected"),
    [
        (Fraction(108_000, 73), DOWN, 1400),  # 14.7945... kronor
        (Fraction(108_000, 73), HALF_UP, 1479),
        (Fraction(1400), DOWN, 1400),
        (Fraction(1399, 1), DOWN, 1300),
        (Fraction(-1), DOWN, -100),
        (Fraction(0), DOWN, 0),
        (Fraction(1, 2), HALF_UP, 1),
        (Fraction(-1, 2), HALF_UP, 0),
        (Fraction(-3, 2), HALF_UP, -1),
        (Fraction(149, 100), HALF_UP, 1),
    ],
)
def test_rounding_once_by_a_named_policy(exact_minor, policy, expected):
    assert rounded(exact_minor, policy) == Money(expected)


def test_rounding_keeps_the_currency():
    assert rounded(Fraction(150), DOWN, "EUR") == Money(100, "EUR")


@pytest.mark.parametrize("minor", [14.79, 1479.5, "1479", None])
def test_nothing_but_whole_ore_can_enter(minor):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert([minor, "SEK"], Money)
