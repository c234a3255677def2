//! Free memory: a zip tree of holes, each described in its own first bytes.
//!
//! A zip tree (Tarjan, Levy and Timmel, WADS 2019) is a binary search tree whose shape is that of random ranks: here by
//! address, so that neighbours are found and joined. Each hole also knows the size of the largest in its subtree, which finds
//! the first hole of a size, and the largest. All of that takes a time logarithmic in the number of holes, as expected over
//! the ranks, whatever the order of sizes and addresses.

#![allow(unsafe_code, reason = "a hole lies in memory that is nobody's")]

use core::ptr::with_exposed_provenance_mut as pointer;

use crate::memory::GRANULE;

/// A hole, at its own beginning.
struct Hole {
    left: *mut Hole,
    right: *mut Hole,
    /// Its bytes, a multiple of [`GRANULE`], and in the bits below its rank, which is 1 at least.
    size_and_rank: usize,
    /// Bytes of the largest hole of this subtree.
    most: usize,
}

const _: () = assert!(size_of::<Hole>() == GRANULE && GRANULE.is_power_of_two());

/// What stands for no hole: it has no bytes, and a lower rank than any.
struct Nil(Hole);

// SAFETY: nobody writes to it.
unsafe impl Sync for Nil {}

static NIL: Nil = Nil(Hole {
    left: core::ptr::null_mut(),
    right: core::ptr::null_mut(),
    size_and_rank: 0,
    most: 0,
});

/// A pointer to no hole. What it points to is read, and never written.
const fn nil() -> *mut Hole {
    (&raw const NIL.0).cast_mut()
}

const RANKS: usize = GRANULE - 1;

/// The rank of a hole that is made at `address`: of these each is half as frequent as the one below.
fn rank(address: usize) -> usize {
    // Fibonacci hashing (Knuth): the high bits depend on all of the address.
    let hash = (address as u32 / GRANULE as u32).wrapping_mul(0x9E37_79B9);
    1 + (hash | 1 << 17).leading_zeros() as usize
}
const _: () = assert!(RANKS >= 15);

impl Hole {
    fn size(&self) -> usize {
        self.size_and_rank & !RANKS
    }

    fn rank(&self) -> usize {
        self.size_and_rank & RANKS
    }
}

/// Where a hole is linked from: the root, or a field of the hole above.
type Link = *mut *mut Hole;

/// The holes.
pub(crate) struct Holes {
    root: *mut Hole,
}

impl Holes {
    pub(crate) const fn new() -> Self {
        Self { root: nil() }
    }

    /// Bytes of the largest hole.
    pub(crate) fn most(&self) -> usize {
        // SAFETY: the root is a hole, or nil.
        unsafe { (*self.root).most }
    }

    /// Makes a hole of `size` bytes at `start`, which joins its neighbours.
    ///
    /// # Safety
    /// The bytes are nobody's, their provenance is exposed, and both numbers are multiples of [`GRANULE`] and not 0.
    #[inline(never)]
    pub(crate) unsafe fn give(&mut self, start: usize, size: usize) {
        // SAFETY: all that is linked from the root is a hole, or nil, which is only read; the new hole is written where the
        // caller says that nobody else is.
        unsafe {
            let mut before = nil();
            let mut after: Link = &raw mut self.root;
            let mut link = after;
            loop {
                let hole = *link;
                if hole == nil() {
                    break;
                }
                if hole.addr() < start {
                    before = hole;
                    link = &raw mut (*hole).right;
                } else {
                    after = link;
                    link = &raw mut (*hole).left;
                }
            }
            let next = *after;
            let joins_next = next.addr() == start + size;
            if before.addr() + (*before).size() == start {
                (*before).size_and_rank += size;
                if joins_next {
                    (*before).size_and_rank += (*next).size();
                    unlink(after);
                }
            } else if joins_next {
                *after = shift(next, start, (*next).size_and_rank + size);
            } else {
                self.link(start, size);
            }
            correct(self.root, start);
        }
    }

    /// Takes `size` bytes from the beginning of the first hole that has `least`, which are not fewer, and tells where they are:
    /// 0 when none has.
    pub(crate) fn take(&mut self, size: usize, least: usize) -> usize {
        let mut link: Link = &raw mut self.root;
        // SAFETY: as in `give`.
        unsafe {
            loop {
                let hole = *link;
                if (*hole).most < least {
                    return 0;
                }
                if (*(*hole).left).most >= least {
                    link = &raw mut (*hole).left;
                } else if (*hole).size() >= least {
                    return self.cut(link, size);
                } else {
                    link = &raw mut (*hole).right;
                }
            }
        }
    }

    /// Bytes of the hole at `start`: 0 when there is none.
    pub(crate) fn size_at(&mut self, start: usize) -> usize {
        // SAFETY: as in `give`.
        unsafe { (**self.find(start)).size() }
    }

    /// Takes `size` bytes from the beginning of the hole at `start`, which has them.
    pub(crate) fn take_at(&mut self, start: usize, size: usize) {
        let link = self.find(start);
        // SAFETY: as in `give`.
        unsafe { self.cut(link, size) };
    }

    /// Bytes of the hole that ends at `end`: 0 when there is none.
    pub(crate) fn size_before(&self, end: usize) -> usize {
        let mut hole = self.root;
        // SAFETY: as in `give`.
        unsafe {
            loop {
                if hole == nil() || hole.addr() + (*hole).size() == end {
                    return (*hole).size();
                }
                hole = if hole.addr() < end {
                    (*hole).right
                } else {
                    (*hole).left
                };
            }
        }
    }

    /// Where the hole at `start` is linked from; where none would be when there is none.
    fn find(&mut self, start: usize) -> Link {
        let mut link: Link = &raw mut self.root;
        // SAFETY: as in `give`.
        unsafe {
            loop {
                let hole = *link;
                if hole == nil() || hole.addr() == start {
                    return link;
                }
                link = if hole.addr() < start {
                    &raw mut (*hole).right
                } else {
                    &raw mut (*hole).left
                };
            }
        }
    }

    /// Takes `size` bytes from the beginning of a hole.
    ///
    /// # Safety
    /// A hole of at least `size` bytes is linked from there.
    #[inline(never)]
    unsafe fn cut(&mut self, link: Link, size: usize) -> usize {
        // SAFETY: as in `give`.
        unsafe {
            let hole = *link;
            let start = hole.addr();
            if (*hole).size() == size {
                unlink(link);
            } else {
                *link = shift(hole, start + size, (*hole).size_and_rank - size);
            }
            correct(self.root, start);
            start
        }
    }

    /// Links a new hole, which takes the place of the first with a lower rank on the way to its own: what was there goes to
    /// its left and right.
    ///
    /// # Safety
    /// As [`give`](Self::give), and no hole is next to it.
    unsafe fn link(&mut self, start: usize, size: usize) {
        // SAFETY: as in `give`.
        unsafe {
            let new: *mut Hole = pointer(start);
            let rank = rank(start);
            let mut link: Link = &raw mut self.root;
            loop {
                let hole = *link;
                if (*hole).rank() < rank {
                    break;
                }
                link = if hole.addr() < start {
                    &raw mut (*hole).right
                } else {
                    &raw mut (*hole).left
                };
            }
            let mut rest = *link;
            *link = new;
            (*new).size_and_rank = size | rank;
            let mut left = &raw mut (*new).left;
            let mut right = &raw mut (*new).right;
            while rest != nil() {
                if rest.addr() < start {
                    *left = rest;
                    left = &raw mut (*rest).right;
                    rest = *left;
                } else {
                    *right = rest;
                    right = &raw mut (*rest).left;
                    rest = *right;
                }
            }
            *left = nil();
            *right = nil();
        }
    }
}

/// Takes a hole out of the tree: its subtrees are zipped together by rank.
///
/// # Safety
/// A hole is linked from there.
unsafe fn unlink(mut link: Link) {
    // SAFETY: subtrees are holes, or nil.
    unsafe {
        let Hole {
            mut left,
            mut right,
            ..
        } = (*link).read();
        while left != right {
            if (*left).rank() >= (*right).rank() {
                *link = left;
                link = &raw mut (*left).right;
                left = *link;
            } else {
                *link = right;
                link = &raw mut (*right).left;
                right = *link;
            }
        }
        *link = left;
    }
}

/// Moves a hole to where it begins now, which changes nothing in the order of holes.
///
/// # Safety
/// The bytes there are the hole's, or nobody's.
unsafe fn shift(hole: *mut Hole, start: usize, size_and_rank: usize) -> *mut Hole {
    let moved: *mut Hole = pointer(start);
    // SAFETY: the caller's promise. What is read may overlap what is written.
    unsafe {
        moved.write(Hole {
            size_and_rank,
            ..hole.read()
        })
    };
    moved
}

/// Sets anew what the holes on the way to `start`, and to its neighbours, know of their subtrees.
///
/// # Safety
/// `hole` is a hole, or nil.
#[inline(never)]
unsafe fn correct(hole: *mut Hole, start: usize) {
    if hole == nil() {
        return;
    }
    // SAFETY: as in `unlink`.
    unsafe {
        if start <= hole.addr() {
            correct((*hole).left, start);
        }
        if start >= hole.addr() {
            correct((*hole).right, start);
        }
        (*hole).most = (*hole)
            .size()
            .max((*(*hole).left).most)
            .max((*(*hole).right).most);
    }
}

#[cfg(test)]
impl Holes {
    /// Where each hole begins, and its bytes, in order; that the tree is one.
    pub(crate) fn check(&self) -> std::vec::Vec<(usize, usize)> {
        fn go(hole: *mut Hole, holes: &mut std::vec::Vec<(usize, usize)>) -> usize {
            if hole == nil() {
                return 0;
            }
            // SAFETY: it is a hole.
            let Hole {
                left, right, most, ..
            } = unsafe { hole.read() };
            // SAFETY: as above, or nil.
            let (size, rank, above, below) = unsafe {
                (
                    (*hole).size(),
                    (*hole).rank(),
                    (*left).rank(),
                    (*right).rank(),
                )
            };
            assert!(
                above <= rank && below <= rank,
                "ranks {above} and {below} below {rank}"
            );
            let before = go(left, holes);
            if let Some((start, size)) = holes.last() {
                assert!(start + size < hole.addr(), "holes are apart, or are one");
            }
            holes.push((hole.addr(), size));
            assert_eq!(most, size.max(before).max(go(right, holes)));
            most
        }
        let mut holes = std::vec::Vec::new();
        go(self.root, &mut holes);
        holes
    }
}
