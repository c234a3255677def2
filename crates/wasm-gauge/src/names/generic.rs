//! Which generic function a function is a copy of.

use super::symbol::{is_legacy, self_and_trait, without_disambiguator, without_suffix};

/// What a copy of a generic function has in common with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generic<'a> {
    /// The `impl` block or the crate as the symbol encodes it; empty when it does not say.
    pub place: &'a str,
    /// The path without generic arguments, and with `_` for the type that the function is a method of
    /// where `place` or the trait says enough: `<_ as core::fmt::Write>::write_fmt`.
    pub template: String,
    /// The path without generic arguments: that of the template when all copies are of one type.
    pub name: String,
}

/// The generic function that the function with the Rust symbol `symbol` and with that
/// [`path`](super::path()) may be a copy of.
///
/// Symbols of v0 tell the `impl` block: copies of its methods belong together whatever the type is,
/// and so do those of a method that a trait provides. Legacy symbols name what was written, such as
/// `<&T as Trait>::f`, and have the types of one copy behind the last name alone; but they do not tell
/// the closures of one function apart: those are of no generic function here.
pub fn generic<'a>(symbol: &'a str, path: &str) -> Option<Generic<'a>> {
    let symbol = without_suffix(symbol);
    if symbol == path || path.contains("{{closure}}") {
        return None;
    }
    let written = if is_legacy(symbol) {
        last_name(path)
    } else {
        0
    };
    let name = path[..written].to_owned() + &without_arguments(&path[written..]);
    let (place, template) = match v0_place(symbol) {
        Some((place, true)) => (place, without_type(&name)),
        Some((place, false)) => (place, None),
        None => ("", None),
    };
    Some(Generic {
        place,
        template: template.unwrap_or_else(|| name.clone()),
        name,
    })
}

/// Where a v0 symbol's function stands, and whether it is a method: the path of the `impl`, nothing for
/// methods that traits provide, and else the crate.
///
/// Source: the grammar of RFC 2603.
fn v0_place(symbol: &str) -> Option<(&str, bool)> {
    let mut rest = symbol.trim_start_matches('_').strip_prefix('R')?;
    loop {
        let (tag, after) = rest.split_at_checked(1)?;
        let until = |end: &str| &after[..after.len() - end.len()];
        rest = match tag {
            // Instantiated with arguments.
            "I" => after,
            // Within a namespace, which is one letter.
            "N" => after.get(1..)?,
            "M" | "X" => {
                let mut end = without_disambiguator(after);
                let mut names = 1;
                while let Some(within) = end.strip_prefix('N') {
                    names += 1;
                    end = within.get(1..)?;
                }
                end = end.strip_prefix('C')?;
                for _ in 0..names {
                    end = after_identifier(end)?;
                }
                return Some((until(end), true));
            }
            "Y" => return Some(("", true)),
            "C" => return Some((until(after_identifier(after)?), false)),
            _ => return None,
        };
    }
}

/// What follows an identifier: a disambiguator, `u` when it is in Punycode, its length, a `_` where it
/// begins like a number, and itself.
fn after_identifier(text: &str) -> Option<&str> {
    let text = without_disambiguator(text);
    let text = text.strip_prefix('u').unwrap_or(text);
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let length: usize = text[..digits].parse().ok()?;
    let text = &text[digits..];
    text.strip_prefix('_').unwrap_or(text).get(length..)
}

/// Where the last name of `path` begins that is not in brackets.
fn last_name(path: &str) -> usize {
    let mut start = 0;
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (at, c) in path.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' if previous == '-' => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && previous == ':' && !path[at + 1..].starts_with('<') => {
                start = at + 1;
            }
            _ => {}
        }
        previous = c;
    }
    start
}

/// `<_ as Trait>::f` of `<T as Trait>::f`, `<_>::f` of `<T>::f`.
fn without_type(name: &str) -> Option<String> {
    let (this, _) = self_and_trait(name)?;
    Some(format!("<_{}", &name[1 + this.len()..]))
}

/// `path` without what stands in angle brackets behind names, with or without `::` between. What
/// stands in brackets of its own, as in `<T as Trait>` and `module::<impl Trait for T>`, is kept.
fn without_arguments(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (at, c) in path.char_indices() {
        match c {
            '<' if depth > 0 => depth += 1,
            '<' if text.ends_with(|c: char| c.is_alphanumeric() || "_:$".contains(c))
                && !path[at..].starts_with("<impl ") =>
            {
                depth = 1;
                text.truncate(text.trim_end_matches(':').len());
            }
            '>' if depth > 0 && previous != '-' => depth -= 1,
            _ if depth == 0 => text.push(c),
            _ => {}
        }
        previous = c;
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::path;
    use super::*;

    #[test]
    fn copies_share_place_and_template() {
        for (symbol, place, template, name) in [
            // A method of an inherent impl, and a generic one of a plain function's.
            (
                "_RNvMs3_NtCseLQvIVI957N_10serde_json2deINtB5_12DeserializerNtNtB7_4read7StrReadE10peek_errorB7_",
                "s3_NtCseLQvIVI957N_10serde_json2de",
                "<_>::peek_error",
                "<serde_json::de::Deserializer>::peek_error",
            ),
            // A method of a trait's impl: the block tells, whatever the type.
            (
                "_RNvXs1_NtCs1gD8gjj6qNk_5alloc7raw_vecINtB5_6RawVechENtNtNtCshC8mCvIWRpa_4core3ops4drop4Drop4dropCseLQvIVI957N_10serde_json",
                "s1_NtCs1gD8gjj6qNk_5alloc7raw_vec",
                "<_ as core::ops::drop::Drop>::drop",
                "<alloc::raw_vec::RawVec as core::ops::drop::Drop>::drop",
            ),
            // A method that the trait provides.
            (
                "_RNvYNtNtCs1gD8gjj6qNk_5alloc6string6StringNtNtCshC8mCvIWRpa_4core3fmt5Write9write_fmtCs87PytuuoGI3_5guest.llvm.1234567890",
                "",
                "<_ as core::fmt::Write>::write_fmt",
                "<alloc::string::String as core::fmt::Write>::write_fmt",
            ),
            // Two blocks of one trait for one type: legacy symbols tell them apart by what was written.
            (
                "_ZN59_$LT$alloc..string..String$u20$as$u20$a..From$LT$u8$GT$$GT$4from17h0123456789abcdefE",
                "",
                "<alloc::string::String as a::From<u8>>::from",
                "<alloc::string::String as a::From<u8>>::from",
            ),
            // A function with an argument: `a::id::<u8>`.
            ("_RINvC1a2idhEC1b", "1a", "a::id", "a::id"),
            (
                "_ZN4core3ptr42drop_in_place$LT$alloc..string..String$GT$17h0123456789abcdefE.17",
                "",
                "core::ptr::drop_in_place",
                "core::ptr::drop_in_place",
            ),
            (
                "_ZN45_$LT$T$u20$as$u20$alloc..string..ToString$GT$9to_string17h0123456789abcdefE",
                "",
                "<T as alloc::string::ToString>::to_string",
                "<T as alloc::string::ToString>::to_string",
            ),
            (
                "a::<impl b::C<d> for e::F<fn(g) -> h>>::i::<j>::h0123456789abcdef",
                "",
                "a::<impl b::C<d> for e::F<fn(g) -> h>>::i",
                "a::<impl b::C<d> for e::F<fn(g) -> h>>::i",
            ),
        ] {
            assert_eq!(
                generic(symbol, &path(symbol)),
                Some(Generic {
                    place,
                    template: template.to_owned(),
                    name: name.to_owned()
                }),
                "{symbol}"
            );
        }
        for symbol in [
            "memcpy",
            "std::vector<int>::push_back",
            "_ZN3foo3barEv",
            "_ZN1a1b28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE",
        ] {
            assert_eq!(generic(symbol, &path(symbol)), None, "{symbol}");
        }
    }

    proptest! {
        #[test]
        fn no_symbol_panics(symbol in "(_R|_ZN|)[INMXYCBsTEu_<>:.\\[\\]\\-0-9a-f é]{0,40}") {
            let path = path(&symbol);
            if let Some(generic) = generic(&symbol, &path) {
                prop_assert!(generic.name.len() <= path.len());
            }
        }
    }
}
