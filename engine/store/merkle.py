"""The Merkle tree over all entries (RFC 6962, section 2.1): roots, and proofs of inclusion and of consistency.

A leaf is the hash of one journal entry, in hexadecimal. A signed root kept outside the database makes every later
change of an entry before it visible, even one that recomputes every hash chain. Pure; see `engine.store.sealing` for
where leaves come from and heads go.

>>> tree = Tree(["aa", "bb", "cc"])
>>> verify_inclusion("bb", 1, 3, tree.inclusion(1, 3), tree.root(3))
True
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").hexdigest()


def leaf_hash(entry_hash: str) -> bytes:
    return sha256(b"\x00" + bytes.fromhex(entry_hash)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """Return the largest power of two below `size`, for size > 1."""
    return int(1 << (size - 1).bit_length() - 1)


class Tree:
    """All leaves in memory: for proofs and tests. `Frontier` appends without them."""

    def __init__(self, entry_hashes: Iterable[str] = ()) -> None:
        self._leaves = [leaf_hash(each) for each in entry_hashes]

    def __len__(self) -> int:
        return len(self._leaves)

    def root(self, size: int | None = None) -> str:
        """Return the root over the first `size` leaves, by default all."""
        size = len(self) if size is None else size
        return self._root(0, size).hex() if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[str]:
        """Return the path that shows leaf `index` to be in the tree of `size` leaves."""
        return [each.hex() for each in self._path(index, 0, size)]

    def consistency(self, old: int, size: int) -> list[str]:
        """Return the nodes that show the tree of `old` leaves to begin that of `size`; 0 < old <= size."""
        return [each.hex() for each in self._subproof(old, 0, size, whole=True)]

    def _root(self, start: int, size: int) -> bytes:
        if size == 1:
            return self._leaves[start]
        k = _split(size)
        return _node(self._root(start, k), self._root(start + k, size - k))

    def _path(self, index: int, start: int, size: int) -> list[bytes]:
        if size == 1:
            return []
        k = _split(size)
        if index < k:
            return [*self._path(index, start, k), self._root(start + k, size - k)]
        return [*self._path(index - k, start + k, size - k), self._root(start, k)]

    def _subproof(self, old: int, start: int, size: int, *, whole: bool) -> list[bytes]:
        if old == size:
            return [] if whole else [self._root(start, size)]
        k = _split(size)
        if old <= k:
            return [*self._subproof(old, start, k, whole=whole), self._root(start + k, size - k)]
        return [*self._subproof(old - k, start + k, size - k, whole=False), self._root(start, k)]


class Frontier:
    """The right edge of a growing tree: what an append needs, a few dozen hashes whatever its size."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of the full subtrees, the largest first

    def append(self, entry_hash: str) -> None:
        node = leaf_hash(entry_hash)
        size = self.size
        while size & 1:
            node = _node(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> str:
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = _node(peak, root)
        return root.hex()


def verify_inclusion(entry_hash: str, index: int, size: int, path: Sequence[str], root: str) -> bool:
    """Tell whether `path` shows the entry to be number `index` of this tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf_hash(entry_hash)
    for each in map(bytes.fromhex, path):
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = _node(each, node)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = _node(node, each)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node.hex() == root


def verify_consistency(old: int, size: int, old_root: str, root: str, proof: Sequence[str]) -> bool:
    """Tell whether the tree of `old` leaves is the beginning of that of `size` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    nodes = [bytes.fromhex(each) for each in proof]
    if old & (old - 1) == 0:
        nodes.insert(0, bytes.fromhex(old_root))
    if not nodes:
        return False
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    left = right = nodes[0]
    for each in nodes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            left, right = _node(each, left), _node(each, right)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            right = _node(right, each)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (left.hex(), right.hex()) == (old_root, root)
