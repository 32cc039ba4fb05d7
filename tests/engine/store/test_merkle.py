"""The tree of RFC 6962: its known roots, and proofs that hold for what is true and for nothing else."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.merkle import EMPTY_ROOT, Frontier, Tree, verify_consistency, verify_inclusion


def leaves(count: int) -> list[str]:
    return [sha256(str(i).encode()).hexdigest() for i in range(count)]


SIZES = st.integers(1, 70)


@pytest.mark.parametrize(
    ("inputs", "root"),
    [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ([""], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (["", "00"], "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (["", "00", "10"], "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ],
)
def test_the_roots_are_those_other_implementations_publish(inputs: list[str], root: str) -> None:
    assert Tree(inputs).root() == root


@given(SIZES)
def test_a_growing_edge_gives_the_root_of_the_whole_tree(size: int) -> None:
    edge, names = Frontier(), leaves(size)
    assert edge.root() == EMPTY_ROOT
    for name in names:
        edge.append(name)
    assert (edge.size, edge.root()) == (size, Tree(names).root())


@given(SIZES, st.data())
def test_an_entry_is_shown_to_be_where_it_is_and_nowhere_else(size: int, data: st.DataObject) -> None:
    names = leaves(size)
    tree = Tree(names)
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index, size)
    assert verify_inclusion(names[index], index, size, path, tree.root())
    if other != index:
        assert not verify_inclusion(names[other], index, size, path, tree.root())
        assert not verify_inclusion(names[index], other, size, path, tree.root())


@given(SIZES, st.data())
def test_a_longer_tree_is_shown_to_begin_as_the_shorter_one(size: int, data: st.DataObject) -> None:
    tree, old = Tree(leaves(size)), data.draw(st.integers(1, size))
    proof = tree.consistency(old, size)
    assert verify_consistency(old, size, tree.root(old), tree.root(), proof)
    forged = Tree([sha256(b"forged").hexdigest(), *leaves(size)[1:]])
    assert not verify_consistency(old, size, tree.root(old), forged.root(), forged.consistency(old, size))
