//! What must not be in a binary, and whether it is.

use serde::Serialize;
use wasmparser::{BinaryReader, CodeSectionReader};

use crate::binary::{Binary, Kind, Section, Unit};
use crate::names::{Names, UNATTRIBUTED, owner};
use crate::policy::Bans;

/// All that was found in one file.
#[derive(Debug, Serialize)]
pub struct BanVerdict {
    /// The file's name without its folders.
    pub file: String,
    /// How many functions were looked at.
    pub functions: usize,
    /// What must not be there.
    pub found: Vec<Banned>,
}

/// One thing that must not be there.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Banned {
    /// The list of the policy that bans it: `crates`, `symbols`, `imports` or `strings`.
    pub list: &'static str,
    /// The entry of that list.
    pub ban: String,
    /// What was found: a function's path, an import, or the string.
    pub found: String,
    /// Bytes of the function's body, of functions that have one.
    pub bytes: Option<u64>,
}

/// Looks for what `bans` lists in `binary`; the names of its functions are those of `twin`.
///
/// # Errors
/// The reason why nothing can be said: functions without names, or a twin with other code.
pub fn find_banned(
    binary: &Binary,
    twin: Option<&Binary>,
    bans: &Bans,
) -> Result<(usize, Vec<Banned>), String> {
    let named = twin.unwrap_or(binary);
    if named.core_modules().count() != binary.core_modules().count() {
        return Err("its twin has another number of core modules".to_owned());
    }
    let mut found = Vec::new();
    let mut functions = 0;
    for (module, named_module) in binary.core_modules().zip(named.core_modules()) {
        if contents(binary, module, "code") != contents(named, named_module, "code") {
            return Err("its twin has other code: the names are not its own".to_owned());
        }
        let names = Names::read(named, named_module);
        let sizes = body_sizes(binary, module);
        if !sizes.is_empty() && !names.has_name_section {
            return Err(
                "its functions have no names, so that nothing could be found: give its twin that has them with --names"
                    .to_owned(),
            );
        }
        functions += sizes.len();
        let imported = names.functions.len() - sizes.len();
        for (index, function) in names.functions.iter().enumerate() {
            let bytes = index.checked_sub(imported).map(|index| sizes[index]);
            let Some(path) = function.path() else {
                continue;
            };
            let crate_name = function.symbol.and_then(owner);
            let crate_name = crate_name.as_deref().unwrap_or(UNATTRIBUTED);
            for (list, ban) in bans.of_function(crate_name, &path) {
                found.push(Banned {
                    list,
                    ban,
                    found: path.clone(),
                    bytes,
                });
            }
        }
        for data in contents(binary, module, "data") {
            for ban in bans
                .strings
                .iter()
                .filter(|ban| holds(data, ban.as_bytes()))
            {
                found.push(Banned {
                    list: "strings",
                    ban: ban.clone(),
                    found: ban.clone(),
                    bytes: None,
                });
            }
        }
    }
    for import in imports(binary) {
        for ban in bans.imports.iter().filter(|ban| matches(&import, ban)) {
            found.push(Banned {
                list: "imports",
                ban: ban.clone(),
                found: import.clone(),
                bytes: None,
            });
        }
    }
    Ok((functions, found))
}

impl Bans {
    /// The bans that a function breaks by its crate and by its path.
    fn of_function(&self, crate_name: &str, path: &str) -> Vec<(&'static str, String)> {
        let crates = self.crates.iter().filter(|ban| *ban == crate_name);
        // `<tokio::Task as Drop>::drop` is of tokio too.
        let plain = path.trim_start_matches(['<', '&', '(', '[']);
        let symbols = self.symbols.iter().filter(|ban| {
            plain.strip_prefix(ban.as_str()).is_some_and(|rest| {
                ban.ends_with("::") || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            })
        });
        let crates = crates.map(|ban| ("crates", ban.clone()));
        crates
            .chain(symbols.map(|ban| ("symbols", ban.clone())))
            .collect()
    }
}

/// The imports of the file itself, as `module` and `module#field`, or by a component import's name.
fn imports(binary: &Binary) -> Vec<String> {
    let unit = &binary.units()[0];
    let bytes = binary.bytes();
    let sections = unit
        .sections
        .iter()
        .filter(|section| section.name == "import");
    let mut imports = Vec::new();
    for section in sections.filter(|section| section.id != Section::CUSTOM) {
        let reader = BinaryReader::new(&bytes[section.contents.clone()], 0);
        // The binary is valid: no reader fails.
        match unit.kind {
            Kind::CoreModule => imports.extend(
                wasmparser::ImportSectionReader::new(reader)
                    .into_iter()
                    .flat_map(wasmparser::ImportSectionReader::into_imports)
                    .flatten()
                    .map(|import| format!("{}#{}", import.module, import.name)),
            ),
            Kind::Component => imports.extend(
                wasmparser::ComponentImportSectionReader::new(reader)
                    .into_iter()
                    .flatten()
                    .flatten()
                    .map(|import| import.name.name.to_owned()),
            ),
        }
    }
    imports
}

/// Whether `pattern` is `text`, or what `text` begins with when it ends with `*`.
fn matches(text: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => text.starts_with(prefix),
        None => text == pattern,
    }
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len().max(1))
        .any(|window| window == needle)
}

/// The contents of the module's sections of that name.
fn contents<'a>(binary: &Binary<'a>, module: &Unit, name: &str) -> Vec<&'a [u8]> {
    module
        .sections
        .iter()
        .filter(|section| section.id != Section::CUSTOM && section.name == name)
        .map(|section| &binary.bytes()[section.contents.clone()])
        .collect()
}

/// Bytes of each function's body.
fn body_sizes(binary: &Binary, module: &Unit) -> Vec<u64> {
    contents(binary, module, "code")
        .into_iter()
        .filter_map(|code| CodeSectionReader::new(BinaryReader::new(code, 0)).ok())
        .flatten()
        .flatten()
        .map(|body| body.as_bytes().len() as u64)
        .collect()
}
