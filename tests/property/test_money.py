"""Money: parts sum to the whole, rounding is to the named unit, text and number agree."""

import math
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fordran.domain.money import Money, RoundingPolicy, rounded, split_equally, total

minors = st.integers(-(10**15), 10**15)
amounts = minors.map(Money)
exact_minors = st.fractions(-(10**12), 10**12)
halves = minors.map(lambda minor: Fraction(minor, 2))


@given(amounts, st.integers(1, 500))
def test_split_parts_sum_to_the_whole(amount, parts):
    split = split_equally(amount, parts)
    assert len(split) == parts
    assert total(split) == amount
    assert len(set(split[1:])) <= 1
    assert 0 <= split[0].minor - min(split).minor < parts


@given(st.lists(amounts))
def test_total_does_not_depend_on_the_order(drawn):
    assert total(drawn) == total(reversed(drawn)) == Money(sum(one.minor for one in drawn))


@given(amounts, amounts)
def test_subtracting_undoes_adding(one, other):
    assert one + other - other == one
    assert one + -one == Money(0)
    assert (one < other) is (one.minor < other.minor)


@given(amounts)
def test_text_names_the_same_amount(amount):
    number, currency = str(amount).split(" ")
    assert Decimal(number) * 100 == amount.minor
    assert currency == amount.currency
    assert number.partition(".")[2].isdigit()


@given(amounts)
def test_amount_survives_being_stored(amount):
    assert msgspec.json.decode(msgspec.json.encode(amount), type=Money) == amount


@given(exact_minors | halves)
def test_whole_krona_down_is_the_greatest_krona_not_above(exact_minor):
    found = rounded(exact_minor, RoundingPolicy.WHOLE_KRONA_DOWN)
    assert found.minor == math.floor(exact_minor / 100) * 100


@given(exact_minors | halves)
def test_half_up_is_the_nearest_ore_and_the_upper_of_two(exact_minor):
    found = rounded(exact_minor, RoundingPolicy.ORE_HALF_UP)
    assert Fraction(-1, 2) <= exact_minor - found.minor < Fraction(1, 2)


@given(minors, st.sampled_from(RoundingPolicy))
def test_whole_kronor_are_left_alone(kronor, policy):
    assert rounded(Fraction(kronor * 100), policy) == Money(kronor * 100)


@given(st.floats())
def test_no_float_can_enter(number):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert([number if number % 1 else number + 0.5, "SEK"], Money)
