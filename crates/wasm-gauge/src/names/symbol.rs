//! What a symbol says: the path of the function and the library that it comes from.

use std::fmt::{self, Write};

use rustc_demangle::try_demangle;

/// The library of C functions that Rust's WASI targets link.
pub const WASI_LIBC: &str = "wasi-libc";
/// The compiler's run-time library: LLVM's compiler-rt, or Rust's port `compiler_builtins`.
pub const COMPILER_RT: &str = "compiler-rt";
/// C functions of a module without wasi-libc.
pub const C: &str = "C";
/// C++ functions, which name no library.
pub const CPP: &str = "C++";
/// Functions whose symbol is the name that they are exported under, as `#[export_name]` makes them.
pub const EXPORTS: &str = "(exports)";
/// Functions whose names do not tell.
pub const UNATTRIBUTED: &str = "unattributed";

/// How much longer than the symbol its path may be: paths repeat what symbols refer back to, and
/// a hostile symbol doubles with each such reference. Longer ones stay as they are.
const MAX_EXPANSION: usize = 64;

/// The path of `symbol` without what differs between builds of the same source: the hashes of
/// crates and of legacy mangling, and the suffixes `.NNN` and `.llvm.NNN` that LLVM adds.
///
/// Rust symbols (v0 and legacy) are demangled; of names that are demangled already the hashes are
/// taken off; everything else, C++ included, stays as it is but for the suffix.
pub fn path(symbol: &str) -> String {
    let symbol = without_suffix(symbol);
    let text = demangled(symbol).unwrap_or_else(|| symbol.to_owned());
    without_crate_hashes(without_legacy_hash(without_suffix(&text)))
}

/// The crate in which the function named by a Rust symbol stands, or `None` when the symbol is
/// not Rust's.
///
/// Generic code belongs to the crate that wrote it, not to the one that instantiated it. Of v0
/// symbols it is the crate at the root of the function's path: of a method, the crate with the
/// `impl`; of a method that the trait provides, the trait's. Legacy symbols say the same of all but
/// `<T as Trait>::f`, whose `impl` stands beside `T` or beside `Trait`: it counts to the one of their
/// crates that is outside the standard library, because that library knows no other crate. Where both
/// are outside, it counts to the crate of `T`, which is right unless a crate has implemented a trait of
/// its own for a type of another.
pub fn owner(symbol: &str) -> Option<String> {
    owner_of(symbol, &path(symbol)).map(str::to_owned)
}

/// What [`owner`] calls the crate of a package: a hyphen is no part of a symbol.
pub fn library(package: &str) -> String {
    package.replace('-', "_")
}

/// The [`owner`] of a symbol with that [`path`].
pub(super) fn owner_of<'a>(symbol: &'a str, path: &'a str) -> Option<&'a str> {
    let symbol = without_suffix(symbol);
    if let Some(root) = v0_root(symbol) {
        return (symbol != path).then(|| root.unwrap_or_else(|| provider(path)));
    }
    let rust = symbol != path || path.contains("::");
    let mangled = symbol.starts_with("_Z") && symbol == path;
    (rust && !mangled).then(|| first_crate(path))
}

/// Whether `name` is one of the arithmetic functions that compilers call, as GCC's documentation
/// of libgcc lists them: an operation, the modes of its operands, a digit. `__multi3`, `__fixunsdfti`.
///
/// `memcpy` and its like are in compiler_builtins too, but as often a C library's: they do not count.
pub fn is_compiler_rt(name: &str) -> bool {
    const OPERATIONS: [&str; 38] = [
        "fixuns", "floatun", "absv", "addv", "subv", "mulv", "negv", "udivmod", "divmod", "udiv",
        "umod", "mulo", "add", "sub", "mul", "div", "mod", "neg", "ashl", "ashr", "lshr", "cmp",
        "ucmp", "clz", "ctz", "ffs", "parity", "popcount", "bswap", "fix", "float", "extend",
        "trunc", "powi", "unord", "eq", "ne", "g",
    ];
    const MODES: [&str; 10] = ["qi", "hi", "si", "di", "ti", "hf", "sf", "df", "xf", "tf"];
    let is_modes = |text: &str| {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let known = |pair: &[u8; 2]| MODES.iter().any(|mode| mode.as_bytes() == pair);
        !pairs.is_empty() && rest.is_empty() && pairs.iter().all(known)
    };
    let Some(name) = name.strip_prefix("__") else {
        return false;
    };
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    OPERATIONS
        .iter()
        .chain(&["ge", "gt", "le", "lt"])
        .any(|operation| name.strip_prefix(operation).is_some_and(is_modes))
}

/// Whether a C compiler could have emitted `name`.
pub fn is_c(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_$.".contains(&byte))
}

fn demangled(symbol: &str) -> Option<String> {
    struct Bounded {
        text: String,
        limit: usize,
    }
    impl Write for Bounded {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            if self.text.len() + part.len() > self.limit {
                return Err(fmt::Error);
            }
            self.text.push_str(part);
            Ok(())
        }
    }
    let demangled = try_demangle(symbol).ok()?;
    let mut path = Bounded {
        text: String::new(),
        limit: symbol.len() * MAX_EXPANSION,
    };
    write!(path, "{demangled:#}").ok()?;
    Some(path.text)
}

/// `text` without LLVM's suffixes: `.123`, `.llvm.123`.
pub(super) fn without_suffix(mut text: &str) -> &str {
    while let Some((before, number)) = text.rsplit_once('.') {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_hexdigit());
        if before.is_empty() || !is_number || !number.bytes().any(|byte| byte.is_ascii_digit()) {
            break;
        }
        text = before.strip_suffix(".llvm").unwrap_or(before);
    }
    text
}

/// Whether `symbol` is mangled in the legacy way, or such a one that is demangled already.
pub(super) fn is_legacy(symbol: &str) -> bool {
    symbol.trim_start_matches('_').starts_with("ZN") || without_legacy_hash(symbol) != symbol
}

/// `text` without the hash at the end of a legacy path: `::h0123456789abcdef`.
fn without_legacy_hash(text: &str) -> &str {
    match text.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && is_hex(hash) => path,
        _ => text,
    }
}

/// `text` without the hashes behind crates: `core[c8023f1b09ab4f10]::fmt`. Slices stay, as in `<[u8]>`.
fn without_crate_hashes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let hash = from[1..].split_once(']').filter(|(hash, _)| {
            before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                && !hash.is_empty()
                && is_hex(hash)
        });
        rest = match hash {
            Some((_, after)) => after,
            None => {
                kept.push('[');
                &from[1..]
            }
        };
    }
    kept + rest
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Of a v0 symbol the crate at the root of its path; `Some(None)` where the path goes through a
/// provided method, which begins with the type that takes it.
///
/// Source: the grammar of RFC 2603.
fn v0_root(symbol: &str) -> Option<Option<&str>> {
    let symbol = symbol.trim_start_matches('_');
    let mut rest = symbol.strip_prefix('R')?;
    loop {
        let (tag, after) = rest.split_at_checked(1)?;
        rest = match tag {
            // Instantiated with arguments.
            "I" => after,
            // Within a namespace, which is one letter.
            "N" => after.get(1..)?,
            // The methods of a type and of a trait, behind the path of their `impl`.
            "M" | "X" => without_disambiguator(after),
            "Y" => return Some(None),
            "C" => {
                let name = without_disambiguator(after);
                let digits = name.find(|c: char| !c.is_ascii_digit())?;
                let length: usize = name[..digits].parse().ok()?;
                let name = &name[digits..];
                let name = name.strip_prefix('_').unwrap_or(name);
                return Some(Some(name.get(..length)?));
            }
            _ => return None,
        };
    }
}

/// `text` without `s`, digits to the base of 62, and `_`.
pub(super) fn without_disambiguator(text: &str) -> &str {
    text.strip_prefix('s')
        .and_then(|text| text.split_once('_'))
        .filter(|(digits, _)| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .map_or(text, |(_, rest)| rest)
}

/// The crate of `Trait` in `<T as Trait>::f`.
fn provider(path: &str) -> &str {
    self_and_trait(path)
        .and_then(|(_, of)| first_segment(of?))
        .unwrap_or(UNATTRIBUTED)
}

fn first_crate(path: &str) -> &str {
    let segment = match self_and_trait(path) {
        Some((this, of)) => {
            let crates = [of.and_then(first_segment), first_segment(this)];
            // Of equals the last.
            crates.into_iter().flatten().max_by_key(|name| layer(name))
        }
        None => first_segment(path),
    };
    segment.unwrap_or(UNATTRIBUTED)
}

/// A number that is higher for a crate that may depend on crates with a lower one.
fn layer(crate_name: &str) -> usize {
    const STANDARD: [&str; 3] = ["core", "alloc", "std"];
    let layer = STANDARD.iter().position(|name| *name == crate_name);
    layer.unwrap_or(STANDARD.len())
}

/// `T` and `Trait` of `<T as Trait>::f`, `T` of `<T>::f`.
pub(super) fn self_and_trait(path: &str) -> Option<(&str, Option<&str>)> {
    let inner = path.strip_prefix('<')?;
    let mut depth = 0_usize;
    let mut split = None;
    let mut previous = b' ';
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'<' | b'(' | b'[' => depth += 1,
            b'>' if previous == b'-' => {}
            b'>' if depth == 0 => {
                return Some(match split {
                    Some(split) => (&inner[..split], Some(&inner[split + " as ".len()..at])),
                    None => (&inner[..at], None),
                });
            }
            b'>' | b')' | b']' => depth = depth.saturating_sub(1),
            b' ' if depth == 0 && inner[at..].starts_with(" as ") => split = split.or(Some(at)),
            _ => {}
        }
        previous = byte;
    }
    None
}

/// `core` of `&mut core::fmt::Formatter`; nothing of `u8` and `[u8]`, which are of no crate.
fn first_segment(path: &str) -> Option<&str> {
    let mut path = path;
    while let Some(rest) = ["&", "mut ", "dyn ", "*const ", "*mut "]
        .iter()
        .find_map(|prefix| path.strip_prefix(prefix))
    {
        path = rest;
    }
    let (segment, _) = path.split_once("::")?;
    let is_identifier = segment
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    (is_identifier && !segment.is_empty()).then_some(segment)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_package_is_found_by_the_name_of_its_library() {
        let symbol = "_RNvCs1_9lol_alloc4grow";
        assert_eq!(owner(symbol), Some(library("lol-alloc")));
    }

    #[test]
    fn symbols_say_their_path_and_crate() {
        for (symbol, expected, crate_name) in [
            (
                "_RNvMs3_NtCseLQvIVI957N_10serde_json2deINtB5_12DeserializerNtNtB7_4read7StrReadE10peek_errorB7_",
                "<serde_json::de::Deserializer<serde_json::read::StrRead>>::peek_error",
                Some("serde_json"),
            ),
            // An impl stands in the crate that wrote it: here alloc's own, of a trait of core.
            (
                "_RNvXs1_NtCs1gD8gjj6qNk_5alloc7raw_vecINtB5_6RawVechENtNtNtCshC8mCvIWRpa_4core3ops4drop4Drop4dropCseLQvIVI957N_10serde_json",
                "<alloc::raw_vec::RawVec<u8> as core::ops::drop::Drop>::drop",
                Some("alloc"),
            ),
            // ... and here core's, for a type of alloc: a provided method.
            (
                "_RNvYNtNtCs1gD8gjj6qNk_5alloc6string6StringNtNtCshC8mCvIWRpa_4core3fmt5Write9write_fmtCs87PytuuoGI3_5guest.llvm.1234567890",
                "<alloc::string::String as core::fmt::Write>::write_fmt",
                Some("core"),
            ),
            (
                "_ZN4core3ptr42drop_in_place$LT$alloc..string..String$GT$17h0123456789abcdefE.17",
                "core::ptr::drop_in_place<alloc::string::String>",
                Some("core"),
            ),
            (
                "_ZN60_$LT$alloc..string..String$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
                "<alloc::string::String as core::fmt::Display>::fmt",
                Some("alloc"),
            ),
            (
                "_ZN43_$LT$$u5b$u8$u5d$$u20$as$u20$hex..ToHex$GT$6encode17h0123456789abcdefE",
                "<[u8] as hex::ToHex>::encode",
                Some("hex"),
            ),
            // Demangled by the tool that made the binary.
            (
                "<serde_json[c8023f1b09ab4f10]::de::Deserializer<&[u8]> as core[1f]::fmt::Debug>::fmt",
                "<serde_json::de::Deserializer<&[u8]> as core::fmt::Debug>::fmt",
                Some("serde_json"),
            ),
            (
                "core::fmt::write::h0123456789abcdef",
                "core::fmt::write",
                Some("core"),
            ),
            ("_ZN3foo3barEv", "_ZN3foo3barEv", None),
            ("_Z3fooi.7", "_Z3fooi", None),
            ("memcpy", "memcpy", None),
            ("dlmalloc.123", "dlmalloc", None),
            ("process-message", "process-message", None),
            ("", "", None),
        ] {
            assert_eq!(path(symbol), expected, "{symbol}");
            assert_eq!(owner(symbol).as_deref(), crate_name, "{symbol}");
        }
    }

    #[test]
    fn compiler_rt_is_known_by_its_names() {
        for name in [
            "__multi3",
            "__udivti3",
            "__udivmodti4",
            "__ashlti3",
            "__lshrti3",
            "__eqtf2",
            "__getf2",
            "__unordtf2",
            "__floatuntidf",
            "__fixunsdfti",
            "__extenddftf2",
            "__trunctfdf2",
            "__muloti4",
            "__clzti2",
            "__powidf2",
        ] {
            assert!(is_compiler_rt(name), "{name}");
        }
        for name in [
            "memcpy",
            "__towrite",
            "__fwritex",
            "__add",
            "__addr",
            "multi3",
        ] {
            assert!(!is_compiler_rt(name), "{name}");
        }
    }

    #[test]
    fn a_hostile_symbol_does_not_expand() {
        const BASE_62: &[u8; 62] =
            b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        // Each tuple holds the one before it twice: 2^n times the length.
        let mut symbol = "_RIC1aTuuE".to_owned();
        let mut last = 4;
        for _ in 0..40 {
            let at = symbol.len() - 2;
            let digit = |n: usize| char::from(BASE_62[n % 62]);
            // The number 0 has no digits, and each other number is one less.
            let reference = match last - 1 {
                n @ 0..62 => digit(n).to_string(),
                n => format!("{}{}", digit(n / 62), digit(n)),
            };
            symbol.push_str(&format!("TB{reference}_B{reference}_E"));
            last = at;
        }
        symbol.push('E');
        assert!(try_demangle(&symbol).is_ok());
        assert_eq!(path(&symbol), symbol, "it stays as it is");
        assert_eq!(owner(&symbol).as_deref(), None);
    }

    proptest! {
        #[test]
        fn no_symbol_panics(
            symbol in "(_R|_ZN|__R|)[INMXYCBsTEuRaehp<>_:.\\[\\]0-9a-f é]{0,40}(17h0123456789abcdefE)?",
        ) {
            let once = path(&symbol);
            prop_assert!(once.len() <= symbol.len() * MAX_EXPANSION);
            let _ = owner(&symbol);
        }
    }
}
