//! The hash tree of RFC 6962: `SHA-256(0x00 ‖ leaf)`, `SHA-256(0x01 ‖ left ‖ right)`, and the path that proves one leaf
//! with a logarithm of digests instead of all leaves.

use sha2::{Digest as _, Sha256};

/// A hash within the tree.
pub type Node = [u8; 32];

/// The hash of a leaf.
#[must_use]
pub fn leaf(bytes: &[u8]) -> Node {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

fn parent(left: &Node, right: &Node) -> Node {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree that grows leaf by leaf and holds only what the root needs.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    size: u64,
    /// Roots of the full subtrees, the largest first, each with its height.
    full: Vec<(u32, Node)>,
}

impl Tree {
    /// Takes the next leaf.
    pub fn push(&mut self, bytes: &[u8]) {
        let (mut height, mut node) = (0, leaf(bytes));
        while let Some((_, left)) = self.full.pop_if(|(other, _)| *other == height) {
            node = parent(&left, &node);
            height += 1;
        }
        self.full.push((height, node));
        self.size += 1;
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root; of an empty tree, the digest of nothing.
    #[must_use]
    pub fn root(&self) -> Node {
        let mut from_right = self.full.iter().rev().map(|(_, node)| *node);
        let last = from_right.next().unwrap_or_else(|| Sha256::digest(b"").into());
        from_right.fold(last, |right, left| parent(&left, &right))
    }
}

/// The path from leaf number `index` (from 0) to the root, the lowest first; empty when there is no such leaf.
#[must_use]
pub fn path(leaves: &[Node], index: usize) -> Vec<Node> {
    if leaves.len() < 2 || index >= leaves.len() {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(half(leaves.len()));
    let (mut way, other) = match index.checked_sub(left.len()) {
        None => (path(left, index), root_of(right)),
        Some(index) => (path(right, index), root_of(left)),
    };
    way.push(other);
    way
}

fn root_of(leaves: &[Node]) -> Node {
    match leaves {
        [] => Sha256::digest(b"").into(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(half(leaves.len()));
            parent(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two below `n`, which is at least 2.
fn half(n: usize) -> usize {
    1 << (n - 1).ilog2()
}

/// Whether `path` leads from this leaf, number `index` of `size`, to `root` (RFC 9162, 2.1.3.2).
#[must_use]
pub fn leads(leaf: Node, (index, size): (u64, u64), path: &[Node], root: &Node) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut node) = (index, size - 1, leaf);
    for other in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            node = parent(other, &node);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            node = parent(&node, other);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && node == *root
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    /// The leaves and roots that the reference implementation of RFC 6962 is tested with.
    const KNOWN_LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const KNOWN_ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_are_the_known_ones() {
        let mut tree = Tree::default();
        assert_eq!(HEXLOWER.encode(&tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (text, root) in KNOWN_LEAVES.iter().zip(KNOWN_ROOTS) {
            tree.push(&HEXLOWER.decode(text.as_bytes()).expect("hexadecimal"));
            assert_eq!(HEXLOWER.encode(&tree.root()), root);
        }
    }

    #[test]
    fn every_leaf_of_every_size_is_proved_by_its_path_and_by_no_other() {
        for size in 1..=33_usize {
            let mut tree = Tree::default();
            let leaves: Vec<Node> = (0..size).map(|at| leaf(&at.to_be_bytes())).collect();
            (0..size).for_each(|at| tree.push(&at.to_be_bytes()));
            assert_eq!(root_of(&leaves), tree.root());
            for index in 0..size {
                let path = path(&leaves, index);
                let place = (index as u64, size as u64);
                assert!(leads(leaves[index], place, &path, &tree.root()), "{index} of {size}");
                assert!(!leads(leaf(b"other"), place, &path, &tree.root()));
                if index > 0 {
                    assert!(!leads(leaves[index], (index as u64 - 1, size as u64), &path, &tree.root()));
                }
                if let Some((_, short)) = path.split_first() {
                    assert!(!leads(leaves[index], place, short, &tree.root()));
                }
                let mut long = path.clone();
                long.push(leaf(b"more"));
                assert!(!leads(leaves[index], place, &long, &tree.root()));
                for at in 0..path.len() {
                    let mut altered = path.clone();
                    altered[at][31] ^= 1;
                    assert!(!leads(leaves[index], place, &altered, &tree.root()));
                }
            }
        }
        assert!(!leads(leaf(b""), (0, 0), &[], &leaf(b"")));
    }
}
