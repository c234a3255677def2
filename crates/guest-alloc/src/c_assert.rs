//! C's failing `assert`, as a panic.
//!
//! wasi-libc checks itself with `assert`, and its own way to say that one failed is `fprintf`. With that comes all of
//! C's formatted output, floating point and the texts of errors included, for a message that std can write as well.
//! The object in libc.a that defines this symbol defines nothing else, so it stays out.

#![allow(unsafe_code, reason = "C calls this by its name, with C's strings")]

use core::ffi::{CStr, c_int};

/// Panics with what failed, and where.
fn fail(expression: &CStr, file: &CStr, line: c_int) -> ! {
    let (expression, file) = (expression.to_string_lossy(), file.to_string_lossy());
    panic!("assertion failed: {expression}, at {file}:{line}");
}

/// The symbol itself.
#[cfg(target_os = "wasi")]
mod symbol {
    use core::ffi::{CStr, c_char, c_int};

    /// What `assert` calls.
    ///
    /// # Safety
    /// The pointers are C strings: C's compiler makes them from its source.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn __assert_fail(
        expression: *const c_char,
        file: *const c_char,
        line: c_int,
        _function: *const c_char,
    ) -> ! {
        // SAFETY: the caller's promise.
        unsafe { super::fail(CStr::from_ptr(expression), CStr::from_ptr(file), line) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "assertion failed: left > 0, at file.c:171")]
    fn a_failed_assertion_says_what_and_where() {
        fail(c"left > 0", c"file.c", 171);
    }
}
