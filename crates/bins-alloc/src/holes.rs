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

/// A hole has one of 15 ranks, each of which is half as frequent as the one below.
const MOST_RANK: usize = 15;
const _: () = assert!(MOST_RANK <= RANKS);

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
    /// What ranks are made of.
    random: u32,
}

impl Holes {
    pub(crate) const fn new() -> Self {
        Self {
            root: nil(),
            random: 0,
        }
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
    pub(crate) unsafe fn give(&mut self, start: usize, mut size: usize) {
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
            if next.addr() == start + size {
                let joined = (*next).size();
                unlink(after);
                self.correct(next, joined, 0);
                size += joined;
            }
            let mut hole = before;
            if before.addr() + (*before).size() == start {
                (*before).size_and_rank += size;
                size = (*before).size();
            } else {
                hole = self.link(start, size);
            }
            self.correct(hole, 0, size);
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

    /// Takes `size` bytes from the beginning of the hole at `start`. When it has fewer, or is not there, tells how many it has.
    pub(crate) fn take_at(&mut self, start: usize, size: usize) -> Result<(), usize> {
        let link = self.find(start);
        // SAFETY: as in `give`.
        unsafe {
            let hole = (**link).size();
            if hole < size {
                return Err(hole);
            }
            self.cut(link, size);
        }
        Ok(())
    }

    /// Where the hole begins that ends at `end`, and so is the last one; `end` when there is none.
    pub(crate) fn last(&self, end: usize) -> usize {
        let mut hole = self.root;
        // SAFETY: as in `give`.
        unsafe {
            let mut next = hole;
            while next != nil() {
                hole = next;
                next = (*hole).right;
            }
            if hole.addr() + (*hole).size() == end {
                hole.addr()
            } else {
                end
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
            let old = (*hole).size();
            if old == size {
                unlink(link);
            } else {
                let rest: *mut Hole = pointer(hole.addr() + size);
                // What is read may overlap what is written.
                rest.write(Hole {
                    size_and_rank: (*hole).size_and_rank - size,
                    ..hole.read()
                });
                *link = rest;
            }
            self.correct(hole, old, 0);
            hole.addr()
        }
    }

    /// The rank of the next hole: of random numbers, so that no order of sizes and addresses makes the tree deep.
    fn rank(&mut self) -> usize {
        // A linear congruential generator (Numerical Recipes), whose high bits are the good ones.
        self.random = self
            .random
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        1 + (self.random | 1 << (32 - MOST_RANK)).leading_zeros() as usize
    }

    /// Links a new hole, which takes the place of the first with a lower rank on the way to its own: what was there goes to
    /// its left and right.
    ///
    /// # Safety
    /// As [`give`](Self::give), and no hole is next to it.
    unsafe fn link(&mut self, start: usize, size: usize) -> *mut Hole {
        // SAFETY: as in `give`.
        unsafe {
            let new: *mut Hole = pointer(start);
            let rank = self.rank();
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
            // What it knows of its subtree is to be corrected, as is what those know that become its.
            (*new).most = 0;
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
            new
        }
    }

    /// Sets right what holes know of their subtrees, after a hole of `old` bytes has changed, or is gone, or a hole has come that
    /// has `new` bytes now. Either may be 0.
    ///
    /// # Safety
    /// The hole is, or was, where its address says; that is all that is made of it.
    #[inline(never)]
    unsafe fn correct(&mut self, changed: *mut Hole, old: usize, new: usize) {
        let mut hole = self.root;
        // SAFETY: as in `give`.
        unsafe {
            // What knows of a larger hole than the old one knows that still.
            while (*hole).most > old {
                (*hole).most = (*hole).most.max(new);
                if hole == changed {
                    return;
                }
                hole = if hole < changed {
                    (*hole).right
                } else {
                    (*hole).left
                };
            }
            recount(hole, changed);
        }
    }
}

/// Takes a hole out of the tree: its subtrees are zipped together by rank. What the holes above know is still to be corrected.
///
/// # Safety
/// A hole is linked from there.
unsafe fn unlink(first: Link) {
    let mut link = first;
    // SAFETY: subtrees are holes, or nil.
    unsafe {
        let hole = *link;
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
        recount(*first, hole);
    }
}

/// Sets anew what a hole knows of its subtree, and before it those below it on the way to the hole that has changed, and to what
/// is next to that.
///
/// # Safety
/// `hole` is a hole, or nil.
unsafe fn recount(hole: *mut Hole, changed: *mut Hole) {
    if hole == nil() {
        return;
    }
    // SAFETY: as in `unlink`.
    unsafe {
        if changed <= hole {
            recount((*hole).left, changed);
        }
        if changed >= hole {
            recount((*hole).right, changed);
        }
        (*hole).most = (*hole)
            .size()
            .max((*(*hole).left).most)
            .max((*(*hole).right).most);
    }
}

#[cfg(test)]
impl Holes {
    /// Where each hole begins, and its bytes, in order; that they are apart, in a tree, and know what they should.
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

    /// How many holes are above each other at most.
    pub(crate) fn depth(&self) -> usize {
        fn go(hole: *mut Hole) -> usize {
            if hole == nil() {
                return 0;
            }
            // SAFETY: it is a hole.
            let Hole { left, right, .. } = unsafe { hole.read() };
            1 + go(left).max(go(right))
        }
        go(self.root)
    }
}
