//! A plugin whose host takes core modules.

/// The sum, which wraps.
#[unsafe(no_mangle)]
pub extern "C" fn sum(a: i32, b: i32) -> i32 {
    a.wrapping_add(b)
}
