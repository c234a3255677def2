#[unsafe(no_mangle)]
pub extern "C" fn answer(n: u32) -> u32 {
    twin_1::mark(n).wrapping_add(twin_2::mark(n))
}
