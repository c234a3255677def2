/// Not to be inlined, so that its place in the module shows.
#[inline(never)]
pub fn mark(n: u32) -> u32 {
    let marks = marks::marks!(version1);
    let built = env!("BUILT").as_bytes();
    marks[n as usize % marks.len()] * 1 + u32::from(built[n as usize % built.len()])
}

/// A root of its own: where it lies depends on the order in which link-time optimisation reads the crates.
#[unsafe(no_mangle)]
pub extern "C" fn twin_1(n: u32) -> u32 {
    mark(n).rotate_left(1)
}
