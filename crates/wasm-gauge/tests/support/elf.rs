//! Small ELF programs.

/// A section of a made-up program: its name, its type, whether it is code, its bytes.
type Section<'a> = (&'a str, u32, bool, Vec<u8>);

const PROGBITS: u32 = 1;
const SYMTAB: u32 = 2;
const STRTAB: u32 = 3;
const ADDRESS: u64 = 0x10000;

/// A program for x86-64 with 64 bytes of code, 32 of data that is only read, 16 of unwind tables, and symbols or none: 40 bytes of
/// the code are of `demo`, 8 of it twice; 8 of the data are of `core`.
pub fn program(symbols: bool) -> Vec<u8> {
    let names = "\0_RNvCs1_4demo5parse\0_RNvCs2_4demo5twice\0_RNvCs3_4core5table\0main\0";
    let at = |name: &str| names.find(name).expect("it is there") as u32;
    let mut table = vec![0; 24];
    for (name, section, offset, size) in [
        ("_RNvCs1_4demo5parse", 1, 0, 32),
        ("_RNvCs2_4demo5twice", 1, 24, 16),
        ("_RNvCs3_4core5table", 2, 8, 8),
        ("main", 1, 48, 4),
    ] {
        table.extend(at(name).to_le_bytes());
        // a global function or datum
        table.extend([0x10 | if section == 1 { 2 } else { 1 }, 0]);
        table.extend(u16::to_le_bytes(section));
        // where `file` puts the first two sections
        let start: u64 = if section == 1 { 64 } else { 128 };
        table.extend((ADDRESS + start + offset).to_le_bytes());
        table.extend(u64::to_le_bytes(size));
    }
    let mut sections: Vec<Section> = vec![
        (".text", PROGBITS, true, vec![0x90; 64]),
        (".rodata", PROGBITS, false, vec![1; 32]),
        (".eh_frame", PROGBITS, false, vec![2; 16]),
    ];
    if symbols {
        sections.push((".symtab", SYMTAB, false, table));
        sections.push((".strtab", STRTAB, false, names.as_bytes().to_vec()));
    }
    file(2, sections)
}

/// An object file.
pub fn object() -> Vec<u8> {
    file(1, vec![(".text", PROGBITS, true, vec![0x90; 64])])
}

/// An ELF file of a kind (1 is an object file, 2 a program) with these sections one after the other behind the header, and their
/// table at the end.
fn file(kind: u16, mut sections: Vec<Section>) -> Vec<u8> {
    sections.push((".shstrtab", STRTAB, false, Vec::new()));
    let mut names = vec![0];
    let mut name_at = Vec::new();
    for (name, ..) in &sections {
        name_at.push(names.len() as u32);
        names.extend(name.as_bytes());
        names.push(0);
    }
    sections.last_mut().expect("it has one").3 = names;

    let mut bytes = vec![0; 64];
    let mut headers = vec![0; 64];
    for (index, (_, form, code, contents)) in sections.iter().enumerate() {
        let loaded = *form == PROGBITS;
        let offset = bytes.len() as u64;
        headers.extend(name_at[index].to_le_bytes());
        headers.extend(form.to_le_bytes());
        let flags: u64 = if loaded {
            2 | if *code { 4 } else { 0 }
        } else {
            0
        };
        headers.extend(flags.to_le_bytes());
        let address = if loaded { ADDRESS + offset } else { 0 };
        headers.extend(address.to_le_bytes());
        headers.extend(offset.to_le_bytes());
        headers.extend((contents.len() as u64).to_le_bytes());
        // of symbols: where their names are, and that none is local
        let (link, info): (u32, u32) = if *form == SYMTAB {
            (index as u32 + 2, 1)
        } else {
            (0, 0)
        };
        headers.extend(link.to_le_bytes());
        headers.extend(info.to_le_bytes());
        headers.extend(1_u64.to_le_bytes());
        headers.extend(if *form == SYMTAB { 24_u64 } else { 0 }.to_le_bytes());
        bytes.extend(contents);
    }
    let table = bytes.len() as u64;
    bytes.extend(headers);
    bytes[..16].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    bytes[16..18].copy_from_slice(&kind.to_le_bytes());
    bytes[18..20].copy_from_slice(&62_u16.to_le_bytes());
    bytes[20..24].copy_from_slice(&1_u32.to_le_bytes());
    bytes[40..48].copy_from_slice(&table.to_le_bytes());
    bytes[52..54].copy_from_slice(&64_u16.to_le_bytes());
    bytes[54..56].copy_from_slice(&56_u16.to_le_bytes());
    bytes[58..60].copy_from_slice(&64_u16.to_le_bytes());
    bytes[60..62].copy_from_slice(&(sections.len() as u16 + 1).to_le_bytes());
    bytes[62..64].copy_from_slice(&(sections.len() as u16).to_le_bytes());
    bytes
}
