//! Says what it is told.

fn main() {
    println!("{}", std::env::args().skip(1).collect::<Vec<_>>().join(" "));
}
