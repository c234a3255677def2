use std::path::PathBuf;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::engine::calls;
use wasm_gauge::judge::MemoryVerdict;
use wasm_gauge::measure::{Memory, memory::MemoryRun};

use super::guest::GuestOptions;
use super::output::Output;
use super::progress;
use super::variant::OfVariant;

/// Show how linear memory is laid out
///
/// Of each core module: its memories with their static data, the size of its stack, where its heap
/// begins and its data segments. Stack and heap are in memory 0.
///
/// The stack is what lies below the address that the stack pointer begins with, if all data lies
/// above it. The stack pointer is the global that is named __stack_pointer or, where names are
/// gone, the one that functions lower at their beginning. Where this does not tell, the size is
/// unknown. The heap base is __heap_base; without it the end of the active data segments, which the
/// heap base is at or above.
///
/// With --calls, the calls of a file are made on one instance, as `wasm-gauge call` makes them, and
/// the pages of its memories are counted after them.
///
/// With --policy, initial memory and static data are held against the limits of [memory], and the stack against stack-size
/// of the variant.
///
/// Examples:
///   $ wasm-gauge memory app.wasm
///   $ wasm-gauge memory --policy gauge.toml --variant talc app.wasm
///   $ wasm-gauge memory app.wasm --calls calls.jsonl
///
/// Exit status:
///   0  measured, and all limits hold
///   1  a limit is broken, or a call trapped
///   2  wrong usage, a policy that cannot be read or has no such variant, or the output cannot be written
///   3  the binary or the file of calls is not what it should be, or they do not fit together
#[derive(Args)]
#[command(verbatim_doc_comment, mut_group("GuestOptions", |group| group.requires("calls")))]
pub struct Opts {
    /// File of calls to make
    #[arg(long, value_name = "CALLS")]
    calls: Option<PathBuf>,

    #[command(flatten)]
    guest: GuestOptions,

    #[command(flatten)]
    of: OfVariant,

    #[command(flatten)]
    output: Output,

    /// A core module or component
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Opts {
    /// Measures, makes the calls where there are any, and tells whether all limits hold.
    pub fn run(self) -> Result<bool> {
        let policy = self.of.load()?;
        let input = Input::read(&self.file)?;
        let mut memory = Memory::measure(&input.label, &input.parse()?);
        if let Some(path) = self.calls {
            let calls = calls::read(&path)?;
            let made = calls.len() as u64;
            let mut guest = self.guest.compile(&input)?.instantiate()?;
            progress::during("calls made", calls.len(), |done| {
                calls.into_iter().try_for_each(|(place, call)| {
                    guest.call(&place, &call)?;
                    done();
                    Ok(())
                })
            })?;
            memory.run = Some(MemoryRun::new(made, guest.memory_bytes()));
        }
        let policy = policy
            .as_ref()
            .map(|(policy, variant)| (policy, variant.as_str()));
        let verdict = MemoryVerdict::of(memory, policy);
        self.output.write(&verdict)?;
        Ok(verdict.holds())
    }
}
