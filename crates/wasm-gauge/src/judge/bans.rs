//! What must not be in a binary, and whether it is.

use std::borrow::Cow;

use serde::Serialize;
use wasmparser::DataKind;

use crate::Fault;
use crate::binary::{Binary, Module, constant};
use crate::measure::externs::Direction;
use crate::measure::{Dependency, Externs};
use crate::names::{Names, owner};
use crate::policy::Bans;

/// All that was found in one file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BanVerdict {
    /// The file's name without its folders.
    pub file: String,
    /// How many functions have names that were looked at.
    pub functions: usize,
    /// How many have none, so that nothing can be said of them; the policy allows as many.
    pub unnamed: usize,
    /// How many packages it is built from, where the policy says which may be.
    pub dependencies: Option<usize>,
    /// What must not be there.
    pub found: Vec<Banned>,
}

/// One thing that must not be there.
#[derive(Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Banned {
    /// The list of the policy that bans it: `crates`, `symbols`, `imports` or `strings`; or
    /// `dependencies`, which does not allow it.
    pub list: &'static str,
    /// The entry of that list; of a dependency its name.
    pub ban: String,
    /// What was found: a function's path, an import, the string, or a dependency with its version.
    pub found: String,
    /// Of a dependency one shortest way to it: the packages from the product's own to the one that needs it.
    pub needed_by: Vec<String>,
    /// Bytes of the function's body, of functions that have one.
    pub bytes: Option<u64>,
}

/// What was found in a binary.
pub struct BanSearch {
    /// How many functions have names that were looked at.
    pub functions: usize,
    /// How many have none.
    pub unnamed: usize,
    /// What must not be there.
    pub found: Vec<Banned>,
}

/// Why nothing can be said of a binary.
#[derive(Debug, thiserror::Error)]
pub enum Unsearched {
    /// More of its functions have no names than the bans allow.
    #[error(
        "{unnamed} of its {functions} functions have no names, so that nothing can be said of them"
    )]
    Unnamed {
        /// How many have none.
        unnamed: usize,
        /// How many there are.
        functions: usize,
    },
    /// The twin has other code.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Looks for what `bans` lists in `binary`; the names of its functions are those of `twin`.
///
/// # Errors
/// [`Unsearched`]
pub fn find_banned(
    binary: &Binary,
    twin: Option<&Binary>,
    bans: &Bans,
) -> Result<BanSearch, Unsearched> {
    if let Some(twin) = twin {
        binary.check_twin(twin)?;
    }
    let names = twin.map_or_else(|| Names::of_all(binary), Names::of_all);
    let mut found = Vec::new();
    let (mut functions, mut unnamed) = (0, 0);
    for (module, names) in binary.core_modules().zip(names) {
        let bodies = &module.module().functions;
        let imported = names.functions.len() - bodies.len();
        let described = names.described().into_iter().zip(&names.functions);
        for (index, ((path, library), function)) in described.enumerate() {
            let body = index.checked_sub(imported).map(|index| &bodies[index]);
            let bytes = body.map(|body| body.value.as_bytes().len() as u64);
            if body.is_some() {
                let is_named = function.symbol.is_some_and(|symbol| !symbol.is_empty());
                functions += usize::from(is_named);
                unnamed += usize::from(!is_named);
            }
            let Some(path) = path else {
                continue;
            };
            // What a profile calls the crate, and its own name where a profile has another: compiler-rt's.
            let crate_name = function.symbol.and_then(owner);
            let crates = [Some(&library), crate_name.as_ref()];
            for (list, ban) in bans.of_function(&crates, &path) {
                found.push(Banned {
                    list,
                    ban,
                    found: path.clone(),
                    needed_by: Vec::new(),
                    bytes,
                });
            }
        }
        let data = texts(module.module());
        for ban in bans
            .strings
            .iter()
            .filter(|ban| data.iter().any(|text| holds(text, ban.as_bytes())))
        {
            found.push(Banned {
                list: "strings",
                ban: ban.clone(),
                found: ban.clone(),
                needed_by: Vec::new(),
                bytes: None,
            });
        }
    }
    for import in imports(binary)? {
        for ban in bans.imports.iter().filter(|ban| is_import(&import, ban)) {
            found.push(Banned {
                list: "imports",
                ban: ban.clone(),
                found: import.clone(),
                needed_by: Vec::new(),
                bytes: None,
            });
        }
    }
    if unnamed > bans.max_unnamed {
        return Err(Unsearched::Unnamed {
            unnamed,
            functions: functions + unnamed,
        });
    }
    Ok(BanSearch {
        functions,
        unnamed,
        found,
    })
}

/// The data of each segment, and of those that adjoin or overlap in memory what they make together.
fn texts<'a>(module: &Module<'a>) -> Vec<Cow<'a, [u8]>> {
    let segments = module.data.iter().map(|segment| &segment.value);
    let mut texts: Vec<_> = segments.clone().map(|data| Cow::from(data.data)).collect();
    // Memory, first and last address, and the place among the segments: later ones overwrite.
    let mut placed: Vec<(u32, u64, u64, usize)> = segments
        .enumerate()
        .filter_map(|(index, segment)| match &segment.kind {
            DataKind::Active {
                memory_index,
                offset_expr,
            } => {
                let start = constant(offset_expr)?;
                let end = start.checked_add(segment.data.len() as u64)?;
                Some((*memory_index, start, end, index))
            }
            DataKind::Passive => None,
        })
        .collect();
    placed.sort_unstable();
    let mut next = 0;
    while let Some(&(memory, start, mut end, _)) = placed.get(next) {
        let first = next;
        while let Some((_, _, other_end, _)) = placed
            .get(next)
            .filter(|(other, begins, ..)| *other == memory && *begins <= end)
        {
            end = end.max(*other_end);
            next += 1;
        }
        let run = &mut placed[first..next];
        if run.len() > 1 {
            run.sort_unstable_by_key(|(.., index)| *index);
            // No longer than all data together.
            let mut text = vec![0; (end - start) as usize];
            for (_, begins, ends, index) in run {
                text[(*begins - start) as usize..(*ends - start) as usize]
                    .copy_from_slice(module.data[*index].value.data);
            }
            texts.push(text.into());
        }
    }
    texts
}

/// The `dependencies` that `allowed` does not list.
pub fn find_not_allowed(dependencies: &[Dependency], allowed: &[String]) -> Vec<Banned> {
    dependencies
        .iter()
        .filter(|dependency| !allowed.contains(&dependency.name))
        .map(|dependency| {
            let Dependency {
                name,
                version,
                needed_by,
            } = dependency;
            Banned {
                list: "dependencies",
                ban: name.clone(),
                found: format!("{name} {version}"),
                needed_by: needed_by.clone(),
                bytes: None,
            }
        })
        .collect()
}

impl Bans {
    /// The bans that a function `of` these crates breaks by them and by its path.
    fn of_function(&self, of: &[Option<&String>], path: &str) -> Vec<(&'static str, String)> {
        let crates = self.crates.iter().filter(|ban| of.contains(&Some(*ban)));
        let names = names(path);
        let symbols = self.symbols.iter().filter(|ban| holds_path(&names, ban));
        let crates = crates.map(|ban| ("crates", ban.clone()));
        crates
            .chain(symbols.map(|ban| ("symbols", ban.clone())))
            .collect()
    }
}

/// The names in a path, each with the place of the one that it continues. Generic arguments do not come
/// between, nor does the way an `impl` is written: `drop` continues `Task` in `<tokio::Task<u8>>::drop` and in
/// `tokio::Task<T>::drop`, and `Drop` in `<T as Drop>::drop` and in `tokio::<impl Drop for T>::drop`.
fn names(path: &str) -> Vec<(&str, Option<usize>)> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut names: Vec<(&str, Option<usize>)> = Vec::new();
    // The name that `::` continues, and those that it continues behind the brackets that are open.
    let mut last = None;
    let mut behind = Vec::new();
    let mut at = 0;
    while let Some(c) = path[at..].chars().next() {
        let (before, rest) = path.split_at(at);
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        if length > 0 {
            let name = &rest[..length];
            match behind.last_mut() {
                Some(Bracket::Impl(of)) if name == "for" => *of = of.or(last),
                _ => {}
            }
            names.push((name, last.filter(|_| before.ends_with("::"))));
            last = Some(names.len() - 1);
            at += length;
            continue;
        }
        match c {
            '<' if rest.starts_with("<impl ") => behind.push(Bracket::Impl(None)),
            '<' if before.ends_with(|c| is_name(c) || c == ':') => {
                behind.push(Bracket::Arguments(last))
            }
            '<' => behind.push(Bracket::Impl(None)),
            '(' | '[' => behind.push(Bracket::Arguments(None)),
            '>' if before.ends_with('-') => {}
            '>' | ')' | ']' => match behind.pop() {
                Some(Bracket::Arguments(of)) => last = of,
                Some(Bracket::Impl(of)) => last = of.or(last),
                None => {}
            },
            _ => {}
        }
        at += c.len_utf8();
    }
    names
}

/// What stands in brackets, and the name before them, or that of the trait in `<impl Trait for T>`.
enum Bracket {
    Arguments(Option<usize>),
    Impl(Option<usize>),
}

/// Whether the names of a path hold those of `pattern`, one after the other.
fn holds_path(names: &[(&str, Option<usize>)], pattern: &str) -> bool {
    names.iter().any(|end| {
        let mut name = Some(end);
        pattern.rsplit("::").all(|pattern| {
            let Some((text, before)) = name else {
                return false;
            };
            name = before.map(|before| &names[before]);
            matches(text, pattern)
        })
    })
}

/// The imports of the file itself: `module#field`, or `instance#member` and the name of what is no
/// member.
fn imports(binary: &Binary) -> Result<Vec<String>, Fault> {
    let imports = Externs::measure("", binary, Direction::Imports, false)?;
    let names = imports
        .units
        .into_iter()
        .flat_map(|unit| unit.externs)
        .map(|import| match import.module {
            Some(module) => format!("{module}#{}", import.name),
            None => import.name,
        });
    Ok(names.collect())
}

/// Whether `ban` is of `import`. Without a version it is of all of them, and without a member of the whole module or instance.
fn is_import(import: &str, ban: &str) -> bool {
    let (module, member) = import.split_at(import.find('#').unwrap_or(import.len()));
    let module = match module.split_once('@') {
        Some((name, _)) if !ban.contains('@') => name,
        _ => module,
    };
    matches(&format!("{module}{member}"), ban) || !ban.contains('#') && matches(module, ban)
}

/// Whether `pattern` is `text`, where each `*` stands for any characters, or none.
fn matches(text: &str, pattern: &str) -> bool {
    let Some((beginning, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(mut text) = text.strip_prefix(beginning) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The first place for each part leaves the most for those behind it.
    for part in middle.split('*') {
        match text.split_once(part) {
            Some((_, behind)) => text = behind,
            None => return false,
        }
    }
    text.ends_with(end)
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len().max(1))
        .any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_of_imports_may_leave_out_version_and_member() {
        let import = "wasi:http/types@0.2.6#[method]fields.get";
        for (ban, is) in [
            ("wasi:http/types@0.2.6#[method]fields.get", true),
            ("wasi:http/types#[method]fields.get", true),
            ("wasi:http/types@0.2.6", true),
            ("wasi:http/types", true),
            ("wasi:http/*", true),
            ("*fields.get", true),
            ("wasi:http/types@0.2.7", false),
            ("wasi:http/types@0.2.*#[method]fields.set", false),
            ("wasi:http", false),
            ("types", false),
        ] {
            assert_eq!(is_import(import, ban), is, "{ban}");
        }
        assert!(is_import("env#abort", "env") && is_import("env#abort", "env#abort"));
        assert!(is_import("log", "log") && !is_import("log", "log#log"));
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, fits, does_not) in [
            ("abc", "abc", "abcd"),
            ("ab*", "ab", "aab"),
            ("*bc", "abc", "bca"),
            ("*b*", "abc", "ac"),
            ("a*c*e", "abcde", "ace_"),
            ("a*a", "aa", "a"),
            ("*ab*ab*", "abab", "aba"),
            (
                "wasi:cli/environment@*#get-arguments",
                "wasi:cli/environment@0.2.9#get-arguments",
                "wasi:cli/environment@0.2.9#get-environment",
            ),
        ] {
            assert!(matches(fits, pattern), "{pattern} and {fits}");
            assert!(!matches(does_not, pattern), "{pattern} and {does_not}");
        }
    }

    #[test]
    fn names_of_a_path_are_whole() {
        let path = "<tokio::Task<alloc::vec::Vec<u8>> as core::ops::Drop>::drop::{closure#0}";
        for (pattern, expected) in [
            ("tokio", true),
            ("tokio::Task", true),
            ("vec::Vec", true),
            ("core::ops::Drop", true),
            ("core::ops::Drop::drop", true),
            ("drop", true),
            ("*ok*::Ta*", true),
            ("Vec::u8", false),
            ("Task::vec", false),
            ("Task::drop", false),
            ("toki", false),
            ("Drop::closure", false),
        ] {
            assert_eq!(holds_path(&names(path), pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn a_method_is_of_its_type_or_trait_however_it_is_written() {
        for (path, pattern, expected) in [
            (
                "<std::net::TcpStream>::connect::<&str>",
                "net::TcpStream::connect",
                true,
            ),
            (
                "std::net::TcpStream::connect",
                "net::TcpStream::connect",
                true,
            ),
            ("<alloc::vec::Vec<app::Own>>::push", "vec::Vec::push", true),
            ("alloc::vec::Vec<T,A>::push", "vec::Vec::push", true),
            ("alloc::vec::Vec::<u8>::push", "vec::Vec::push", true),
            ("<alloc::vec::Vec<app::Own>>::push", "Own::push", false),
            (
                "<app::Own as lol::Speak<u8>>::twice",
                "lol::Speak::twice",
                true,
            ),
            ("lol::Speak::twice", "lol::Speak::twice", true),
            (
                "app::far::<impl lol::Speak<u8> for app::Own>::twice",
                "lol::Speak::twice",
                true,
            ),
            ("app::far::<impl app::Own>::twice", "app::Own::twice", true),
            (
                "app::far::<impl lol::Speak for app::Own>::twice",
                "app::Own::twice",
                false,
            ),
            (
                "<app::A<fn(u8) -> u8> as lol::Speak>::twice",
                "lol::Speak::twice",
                true,
            ),
            ("<[u8]>::len", "u8::len", false),
            ("app::main::{closure#0}::inner", "main::inner", false),
            ("", "a", false),
            ("a>::b", "a::b", true),
        ] {
            assert_eq!(
                holds_path(&names(path), pattern),
                expected,
                "{pattern} in {path}"
            );
        }
    }
}
