//! Vectors that double, next to each other.

use super::{Checksum, Work};

const VECTORS: usize = 16;

/// Bytes of a vector at first.
const LEAST: usize = 16;

/// Bytes of a vector in the end.
const MOST: usize = 64 * 1024;

pub(super) struct Grow;

impl Work for Grow {
    fn prepare() -> Self {
        Self
    }

    fn repeat(&mut self, checksum: &mut Checksum) -> u64 {
        let mut vectors = [const { Vec::<u8>::new() }; VECTORS];
        let mut operations = 0;
        let mut size = LEAST;
        while size <= MOST {
            for (vector, mark) in vectors.iter_mut().zip(1..) {
                vector.resize(size, mark);
                operations += 1;
            }
            size *= 2;
        }
        for vector in &vectors {
            checksum.bytes(vector);
        }
        operations
    }
}
