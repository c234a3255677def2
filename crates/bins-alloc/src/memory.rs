//! Where memory comes from.

/// Every block and every hole begins at a multiple of this and is a multiple of it long. On wasm32 it is 16, which is C's
/// `alignof(max_align_t)`; a hole describes itself in as many bytes.
pub(crate) const GRANULE: usize = 4 * size_of::<usize>();

/// Memory that an allocator may use: a first area, and ever more of it.
///
/// # Safety
/// - What [`initial`](Self::initial) and [`grow`](Self::grow) hand out is the caller's alone, for good, and is neither read
///   nor written by anybody who was not given a block of it.
/// - It begins at a multiple of four words that is not 0, is a multiple of four words long, and does not contain the last
///   address.
/// - Its provenance is exposed.
/// - No function asks the allocator for anything, or unwinds.
#[allow(unsafe_code, reason = "what it hands out is written to")]
pub unsafe trait Memory {
    /// Where the memory that is there from the start begins, and how many bytes it has, which may be none. It is not asked
    /// for again once there was any memory.
    fn initial(&self) -> (usize, usize);

    /// Where memory would begin that is handed out next. It follows what was handed out last when nobody else has grown
    /// memory in between.
    fn end(&self) -> usize;

    /// Hands out at least so many bytes, which begin at what [`end`](Self::end) was; returns how many. 0 when there are none.
    fn grow(&self, least: usize) -> usize;
}
