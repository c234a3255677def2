//! A plugin whose host takes core modules.

/// The sum, which wraps.
#[unsafe(no_mangle)]
pub extern "C" fn sum(a: i32, b: i32) -> i32 {
    a.wrapping_add(b)
}

/// What hosts read of it without running it.
#[used]
#[unsafe(link_section = "contractspecv0")]
static SPECIFICATION: [u8; 18] = *b"sum(i32, i32): i32";
