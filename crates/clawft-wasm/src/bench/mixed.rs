//! The recorded trace, replayed.

use super::block::Block;
use super::trace::{Operation, operations};
use super::{Checksum, Work};

const TRACE: &[u8] = include_bytes!("mixed.trace");

pub(super) struct Mixed {
    slots: Vec<Option<Block>>,
}

impl Work for Mixed {
    fn prepare() -> Self {
        let slots = operations(TRACE).map(|operation| match operation {
            Operation::Allocate { slot, .. } => slot + 1,
            Operation::Reallocate { .. } | Operation::Free { .. } => 0,
        });
        let mut blocks = Vec::new();
        blocks.resize_with(slots.max().unwrap_or(0), || None);
        Self { slots: blocks }
    }

    fn repeat(&mut self, checksum: &mut Checksum) -> u64 {
        let mut count = 0;
        for operation in operations(TRACE) {
            count += 1;
            let mark = count as u8;
            match operation {
                Operation::Allocate { slot, layout } => {
                    self.slots[slot] = Some(Block::new(layout, mark));
                }
                Operation::Reallocate { slot, size } => {
                    let block = self.slots[slot].as_mut().expect("a live block");
                    block.resize(size, mark);
                    checksum.word(block.ends());
                }
                Operation::Free { slot } => {
                    let block = self.slots[slot].take().expect("a live block");
                    checksum.word(block.ends());
                }
            }
        }
        // What the recording left live.
        for block in self.slots.iter_mut().filter_map(Option::take) {
            checksum.word(block.ends());
        }
        count
    }
}
