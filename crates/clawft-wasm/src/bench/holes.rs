//! Thousands of large blocks that grow and are freed in no order, so that thousands of holes lie between them.

use std::alloc::Layout;

use clawft_workload::{SEED, SplitMix64};

use super::block::Block;
use super::{Checksum, Work};

/// Blocks that are live.
const BLOCKS: usize = 4000;

/// Bytes of a new block at least, and what it may have beyond: more than an allocator's bins for small blocks hold.
const LEAST: usize = 1024;

/// A block that would grow beyond this is freed.
const MOST: usize = 8192;

/// Operations of one repetition.
const OPERATIONS: u64 = 5000;

pub(super) struct Holes {
    random: SplitMix64,
    blocks: Vec<Block>,
}

impl Work for Holes {
    fn prepare() -> Self {
        let mut random = SplitMix64::new(SEED);
        let blocks = (0..BLOCKS).map(|_| block(&mut random)).collect();
        Self { random, blocks }
    }

    fn repeat(&mut self, checksum: &mut Checksum) -> u64 {
        let Self { random, blocks } = self;
        for _ in 0..OPERATIONS {
            let which = random.below(BLOCKS);
            let grown = blocks[which].size() + 1 + random.below(LEAST);
            if grown > MOST || random.below(2) == 0 {
                let freed = blocks.swap_remove(which);
                checksum.word(freed.ends());
                drop(freed);
                blocks.push(block(random));
            } else {
                blocks[which].resize(grown, grown as u8);
                checksum.word(blocks[which].ends());
            }
        }
        OPERATIONS
    }
}

fn block(random: &mut SplitMix64) -> Block {
    let size = LEAST + random.below(LEAST);
    let layout = Layout::from_size_align(size, 8).expect("a small layout");
    Block::new(layout, size as u8)
}
