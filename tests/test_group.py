"""Groups of regions by name: what is taken apart is put together again, whatever others call their regions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headmotif.data.group import Group


@given(st.text() | st.from_regex(r"[A-Z]?\d*(@-?\d+)?(\^\d+)?(_\d+)?", fullmatch=True))
def test_any_name_comes_back(text):
    assert str(Group.parse(text)) == text


@given(
    st.from_regex(r"L[1-9]\d?H[1-9]\d?", fullmatch=True),
    st.none() | st.integers(-200, 200),
    st.integers(1, 64),
    st.integers(1, 12),
)
def test_any_group_comes_back(head, offset, fraction, number):
    group = Group(head, offset, fraction, number)
    assert Group.parse(str(group)) == group


@pytest.mark.parametrize("name", ["peak_1", "a^1", "x@-0", "x@07", "gene_02", "", "a@b"])
def test_what_we_do_not_write_is_a_name(name):
    assert Group.parse(name) == Group(name)
