//! Sections, names and profiles against what wasm-objdump and twiggy say of the same core modules: of
//! those in the fixtures or, if WASM_GAUGE_BINARIES is set (as PATH is), in every `*.wasm` below its
//! folders.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, iter};

use twiggy_ir::{Id, Items};
use wasm_gauge::binary::{Binary, Section};
use wasm_gauge::measure::{ItemKind, Profile, Sections};
use wasm_gauge::names::Names;
use wasmparser::{
    BinaryReader, ElementItems, ElementKind, ExportSectionReader, Operator, OperatorsReader,
    Parser, Payload, TableInit, TypeRef,
};

use crate::support;

/// Calls `check` on each core module, with what to call it, and tells on what it compared nothing. It gives how many `things` it
/// compared, of which there have to be `least` in the fixtures, and more than one elsewhere.
fn each_core_module(things: &str, least: usize, check: impl FnMut(&str, &[u8]) -> usize) {
    let mut check = check;
    let (mut compared, mut skipped) = (0, Vec::new());
    on_each_core_module(|module, bytes| match check(module, bytes) {
        0 => skipped.push(module.to_owned()),
        things => compared += things,
    });
    println!(
        "{compared} {things} compared; on {} core modules nothing{}",
        skipped.len(),
        skipped
            .iter()
            .map(|module| format!("\n  {module}"))
            .collect::<String>()
    );
    let least = env::var_os("WASM_GAUGE_BINARIES").map_or(least, |_| 2);
    assert!(compared >= least, "{compared} {things}");
}

fn on_each_core_module(mut check: impl FnMut(&str, &[u8])) {
    let mut check_file = |name: &str, bytes: &[u8]| {
        let binary = Binary::parse(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (index, module) in binary.core_modules().enumerate() {
            let name = format!("core module {index} of {name}");
            check(&name, &bytes[module.range.clone()]);
        }
    };
    if let Some(folders) = env::var_os("WASM_GAUGE_BINARIES") {
        for folder in env::split_paths(&folders) {
            let files = below(&folder, "wasm");
            assert!(
                !files.is_empty(),
                "{} of WASM_GAUGE_BINARIES holds no .wasm",
                folder.display()
            );
            for file in files {
                let bytes = fs::read(&file).expect("the file can be read");
                check_file(&file.to_string_lossy(), &bytes);
            }
        }
        return;
    }
    for path in below(Path::new(support::FIXTURES), "wat") {
        let bytes = wat::parse_file(&path).expect("a fixture assembles");
        check_file(&path.to_string_lossy(), &bytes);
    }
    for (wat, wit) in [("guest.wat", "guest.wit"), ("dice.wat", "dice.wit")] {
        check_file(
            wat,
            &support::component(&support::module_with_world(wat, wit)),
        );
    }
    let every_section = r#"(module
        (import "a" "b" (func)) (table 1 funcref) (memory 1) (tag) (global i32 (i32.const 0))
        (export "f" (func $f)) (start 0) (elem (i32.const 0) func 0)
        (func $f (data.drop 0)) (data "x") (@custom "last" "bytes"))"#;
    let bytes = wat::parse_str(every_section).expect("it assembles");
    check_file("every section", &bytes);
}

/// The files below `folder` with that extension.
fn below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files.extend(below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// What wasm-objdump prints on a file that holds the core module `bytes`, if it reads it: it does not
/// know all types of the GC proposal.
fn objdump(args: &[&str], module: &str, bytes: &[u8]) -> Option<String> {
    let file = tempfile::NamedTempFile::new().expect("there is a place for temporary files");
    fs::write(&file, bytes).expect("the file is ours");
    let output = Command::new("wasm-objdump")
        .args(args)
        .arg(file.path())
        .output()
        .unwrap_or_else(|error| panic!("these tests need wasm-objdump on PATH: {error}"));
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        assert!(reason.contains("error: "), "{module}: {reason}");
        eprintln!("wasm-objdump does not read {module}: {reason}");
        return None;
    }
    Some(String::from_utf8(output.stdout).expect("the tool writes UTF-8"))
}

#[test]
fn sections_are_those_of_wasm_objdump() {
    /// The words of wasm-objdump for ours.
    const NAMES: [(&str, &str); 3] = [
        ("element", "Elem"),
        ("data count", "DataCount"),
        ("tag", "Tag"),
    ];
    let number = |text: &str| u64::from_str_radix(text, 16).expect("it is hexadecimal");
    let after = |line: &str, key: &str| {
        let (_, rest) = line.split_once(key).expect("it lists the section so");
        number(rest.split([' ', ')']).next().unwrap_or_default())
    };
    each_core_module("sections", 51, |module, bytes| {
        let Some(told) = objdump(&["-h"], module, bytes) else {
            return 0;
        };
        let theirs: Vec<(String, u64, u64)> = told
            .lines()
            .filter(|line| line.contains("start=0x"))
            .map(|line| {
                let name = match line.split_once('"') {
                    Some((_, name)) => name.trim_end_matches('"'),
                    None => line.split_whitespace().next().unwrap_or_default(),
                };
                let (start, size) = (after(line, "start=0x"), after(line, "size=0x"));
                (name.to_owned(), start, size)
            })
            .collect();
        let binary = Binary::parse(bytes).expect("it was valid before");
        let mut units = Sections::measure("x.wasm", &binary).units;
        let ours = units.remove(0).sections.into_iter().map(|section| {
            let name = section.name.unwrap_or_else(|| {
                let mut names = NAMES.iter().filter(|(ours, _)| *ours == section.section);
                names.next().map_or_else(
                    || section.section[..1].to_uppercase() + &section.section[1..],
                    |(_, theirs)| (*theirs).to_owned(),
                )
            });
            (name, section.offset, section.bytes)
        });
        let ours: Vec<_> = ours.collect();
        assert_eq!(ours, theirs, "{module}");
        ours.len()
    });
}

#[test]
fn function_names_are_those_of_wasm_objdump() {
    each_core_module("names", 5, |module, bytes| {
        let binary = Binary::parse(bytes).expect("it was valid before");
        let names = Names::of(binary.units()[0].module());
        // Without the section, -j fails.
        if !binary.units()[0]
            .sections
            .iter()
            .any(|section| section.name == "function")
        {
            return 0;
        }
        // ` - func[7] sig=3 <name>`; without a symbol, it is the name of an export or an import.
        let Some(told) = objdump(&["-x", "-j", "Function"], module, bytes) else {
            return 0;
        };
        let mut theirs = HashMap::new();
        for line in told.lines() {
            let Some((index, rest)) = line
                .strip_prefix(" - func[")
                .and_then(|line| line.split_once(']'))
            else {
                continue;
            };
            let name = rest
                .split_once(" <")
                .and_then(|(_, name)| name.strip_suffix('>'));
            let index: usize = index.parse().expect("it is a number");
            theirs.insert(index, name.map(str::to_owned));
        }
        let mut compared = 0;
        for (index, function) in names.functions.iter().enumerate() {
            if let (Some(symbol), None) = (function.symbol, function.import) {
                let theirs = theirs.get(&index).and_then(Option::as_deref);
                assert_eq!(Some(symbol), theirs, "function {index} of {module}");
                compared += 1;
            }
        }
        compared
    });
}

/// twiggy's sizes are ours with these differences, each of which is undone exactly:
/// - to a function's body it adds the function's entry in the function section, which we leave in that
///   section;
/// - the entries of type, import, memory, export and custom sections are items of their own, which are
///   one of ours;
/// - the headers of function and code section are one item.
///
/// It reads no module without functions, and none that its older parser does not know.
#[test]
fn sizes_are_those_of_twiggy() {
    each_core_module("core modules", 5, |module, bytes| {
        let Some(theirs) = twiggy(module, bytes) else {
            return 0;
        };
        let binary = Binary::parse(bytes).expect("it was valid before");
        let profile = Profile::measure("x.wasm", &binary, None).expect("it has no twin");
        let places = twiggy_sections(&binary);
        let mut sections: BTreeMap<usize, u64> = BTreeMap::new();
        for item in theirs.iter() {
            *sections
                .entry((item.id().serializable() >> 32) as usize)
                .or_default() += u64::from(item.size());
        }
        let own = |name: &str| {
            let mut sections = binary.units()[0].sections.iter();
            sections.find(|section| section.id != Section::CUSTOM && section.name == name)
        };
        for (section, place) in binary.units()[0].sections.iter().zip(&places) {
            let expected = match (section.id, section.name) {
                (Section::CUSTOM, _) => section.range.len(),
                (_, "function") => continue,
                (_, "code") => {
                    section.range.len() + own("function").map_or(0, |section| section.range.len())
                }
                _ => section.range.len(),
            };
            assert_eq!(
                sections.get(place).copied(),
                Some(expected as u64),
                "{} section of {module}",
                section.name
            );
        }
        let entries = function_entries(&binary);
        for (kind, name) in [
            (ItemKind::Function, "code"),
            (ItemKind::Table, "table"),
            (ItemKind::Global, "global"),
            (ItemKind::ElementSegment, "element"),
            (ItemKind::DataSegment, "data"),
        ] {
            let ours = profile.items.iter().filter(|item| item.kind == kind);
            let mut ours: Vec<u64> = ours.map(|item| item.bytes).collect();
            let index = binary.units()[0]
                .sections
                .iter()
                .position(|section| section.id != Section::CUSTOM && section.name == name);
            let mut theirs: Vec<u64> = (0..ours.len())
                .zip(index.iter().cycle())
                .map(|(entry, section)| {
                    let size = u64::from(theirs[Id::entry(places[*section], entry)].size());
                    size - if kind == ItemKind::Function {
                        entries[entry]
                    } else {
                        0
                    }
                })
                .collect();
            ours.sort_unstable();
            theirs.sort_unstable();
            assert_eq!(ours, theirs, "{kind:?} of {module}");
        }
        1
    });
}

/// Both graphs have an edge for each `call`, from exports, from the start function, from a table to its
/// active element segments and from those to their functions. twiggy's has none for what else refers to
/// functions: where there is any of that ([`tables_if_called_only`]), nothing is compared. It takes all
/// tables for roots and does not know the calls through them: so all tables are exported, which makes
/// them ours too. Whatever else it has an edge for leads to no function. Then functions dominate the
/// same functions, and what they retain of the bytes of functions is the same.
#[test]
fn functions_retain_the_functions_that_twiggy_says() {
    each_core_module("core modules", 3, |module, bytes| {
        let exported =
            tables_if_called_only(bytes).and_then(|tables| with_tables_exported(bytes, tables));
        let Some(bytes) = exported else {
            eprintln!("{module} refers to functions in more ways than twiggy knows");
            return 0;
        };
        let Some(mut theirs) = twiggy(module, &bytes) else {
            return 0;
        };
        let binary = Binary::parse(&bytes).unwrap_or_else(|error| panic!("{module}: {error}"));
        let profile = Profile::measure("x.wasm", &binary, None).expect("it has no twin");
        let items = &profile.items;
        let is_function = |index: &usize| items[*index].kind == ItemKind::Function;
        let mut retained = vec![0; items.len()];
        for index in (0..items.len()).filter(is_function) {
            for dominator in iter::successors(Some(index), |index| items[*index].dominator) {
                retained[dominator] += items[index].bytes;
            }
        }
        let ours = (0..items.len()).filter(is_function);
        let mut ours: Vec<_> = ours
            .map(|index| (items[index].bytes, retained[index], items[index].garbage))
            .collect();

        theirs.compute_dominators();
        let code = binary.units()[0]
            .sections
            .iter()
            .position(|section| section.id != Section::CUSTOM && section.name == "code")
            .expect("twiggy reads no others");
        let code = twiggy_sections(&binary)[code];
        let sizes: Vec<u64> = (function_entries(&binary).into_iter().enumerate())
            .map(|(index, entry)| u64::from(theirs[Id::entry(code, index)].size()) - entry)
            .collect();
        let dominators = theirs.immediate_dominators();
        let mut retained: HashMap<Id, u64> = HashMap::new();
        for (index, size) in sizes.iter().enumerate() {
            let own = Some(Id::entry(code, index));
            for id in iter::successors(own, |id| dominators.get(id).copied()) {
                *retained.entry(id).or_default() += size;
            }
        }
        let mut theirs: Vec<_> = (sizes.iter().enumerate())
            .map(|(index, size)| {
                let id = Id::entry(code, index);
                (*size, retained[&id], !dominators.contains_key(&id))
            })
            .collect();
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(ours, theirs, "{module}");
        1
    });
}

/// twiggy's items of a core module, if it reads it.
fn twiggy(module: &str, bytes: &[u8]) -> Option<Items> {
    let items = twiggy_parser::parse(bytes);
    items
        .inspect_err(|error| eprintln!("twiggy does not read {module}: {error}"))
        .ok()
}

/// The numbers that twiggy gives to the sections: the header has the first, and each function body has
/// one, behind the code section.
fn twiggy_sections(binary: &Binary) -> Vec<usize> {
    let bodies = function_entries(binary).len();
    let mut next = 1;
    binary.units()[0]
        .sections
        .iter()
        .map(|section| {
            let place = next;
            let is_code = section.id != Section::CUSTOM && section.name == "code";
            next += 1 + if is_code { bodies } else { 0 };
            place
        })
        .collect()
}

/// Bytes of each entry of the function section: of one LEB128 number, the last byte of which has no
/// high bit.
fn function_entries(binary: &Binary) -> Vec<u64> {
    let mut sections = binary.units()[0].sections.iter();
    let section =
        sections.find(|section| section.id != Section::CUSTOM && section.name == "function");
    let contents = section.map_or(&[][..], |section| &binary.bytes()[section.contents.clone()]);
    let numbers = contents.split_inclusive(|byte| byte & 0x80 == 0);
    // Behind the count.
    numbers.skip(1).map(|number| number.len() as u64).collect()
}

/// The module's own tables, if nothing refers to functions but `call`, exports, the start function and
/// active element segments of these tables.
fn tables_if_called_only(module: &[u8]) -> Option<Range<u32>> {
    let (mut imported, mut own) = (0, 0);
    let refers = |mut operators: OperatorsReader| {
        iter::from_fn(|| (!operators.eof()).then(|| operators.read().expect("it is valid"))).any(
            |operator| {
                matches!(
                    operator,
                    Operator::RefFunc { .. } | Operator::ReturnCall { .. }
                )
            },
        )
    };
    for payload in Parser::new(0).parse_all(module) {
        let refers = match payload.expect("it is valid") {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.expect("it is valid");
                    imported += u32::from(matches!(import.ty, TypeRef::Table(_)));
                }
                false
            }
            Payload::TableSection(tables) => {
                own = tables.count();
                tables.into_iter().any(|table| {
                    let init = table.expect("it is valid").init;
                    matches!(init, TableInit::Expr(init) if refers(init.get_operators_reader()))
                })
            }
            Payload::GlobalSection(globals) => globals.into_iter().any(|global| {
                let global = global.expect("it is valid");
                refers(global.init_expr.get_operators_reader())
            }),
            Payload::ElementSection(segments) => segments.into_iter().any(|segment| {
                let segment = segment.expect("it is valid");
                match (segment.kind, segment.items) {
                    (ElementKind::Declared, _) => false,
                    (ElementKind::Active { table_index, .. }, ElementItems::Functions(_)) => {
                        table_index.unwrap_or(0) < imported
                    }
                    _ => true,
                }
            }),
            Payload::CodeSectionEntry(body) => {
                refers(body.get_operators_reader().expect("it is valid"))
            }
            _ => false,
        };
        if refers {
            return None;
        }
    }
    Some(imported..imported + own)
}

/// `module` with these tables exported, if it exports anything at all.
fn with_tables_exported(module: &[u8], tables: Range<u32>) -> Option<Vec<u8>> {
    let binary = Binary::parse(module).expect("it was valid before");
    let mut sections = binary.units()[0].sections.iter();
    let exports =
        sections.find(|section| section.id != Section::CUSTOM && section.name == "export")?;
    let contents = &module[exports.contents.clone()];
    let reader = BinaryReader::new(contents, 0);
    let count = ExportSectionReader::new(reader)
        .expect("it is valid")
        .count();
    let entries = contents
        .split_inclusive(|byte| byte & 0x80 == 0)
        .next()?
        .len();
    let mut contents_now = leb128(count + tables.len() as u32);
    contents_now.extend(&contents[entries..]);
    for table in tables {
        let name = format!("table that {table} is");
        contents_now.push(name.len() as u8);
        contents_now.extend(name.bytes());
        contents_now.push(1);
        contents_now.extend(leb128(table));
    }
    let mut bytes = module[..exports.range.start].to_vec();
    bytes.push(exports.id);
    bytes.extend(leb128(contents_now.len() as u32));
    bytes.extend(contents_now);
    bytes.extend(&module[exports.range.end..]);
    Some(bytes)
}

fn leb128(number: u32) -> Vec<u8> {
    let (bytes, length) = leb128fmt::encode_u32(number).expect("it has room for 32 bits");
    bytes[..length].to_vec()
}
