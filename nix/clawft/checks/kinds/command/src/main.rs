//! Says what it is told.

fn main() {
    println!("{}", std::env::args().skip(1).collect::<Vec<_>>().join(" "));
}

/// What it is made of, for who asks the binary.
#[used]
#[unsafe(link_section = ".dep-v0")]
static MADE_OF: [u8; 32] = *b"{\"packages\":[{\"name\":\"say\"}]}\0\xff\n";

/// What nobody asked to keep: its name is what that one begins with.
#[used]
#[unsafe(link_section = ".dep")]
static NOT_KEPT: [u8; 1] = *b"-";
