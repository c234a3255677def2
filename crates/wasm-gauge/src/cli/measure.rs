use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use wasm_gauge::binary::{Binary, Input};
use wasm_gauge::measure::{Breakdown, Contents, Gzip, Memory, Sizes};
use wasm_gauge::record::measurements::{Details, Measurements};
use wasm_gauge::{Error, Result};

use super::named::version;
use super::output::Output;
use super::{progress, twin};

/// Measure the sizes of a binary
///
/// What the binary is, how many core modules it holds, its bytes as they are, through `gzip -9` and
/// through Brotli at quality 11, bytes of its code, data and custom sections, how many functions it
/// defines, with how many pages its memories begin, and its SHA-256; and of the binary before wasm-opt
/// the same. The same files and tools give the same bytes of JSON. Where the binary or its twin has
/// names, JSON also has the bytes by crate and, of functions of at least 512 bytes, by function.
///
/// Examples:
///   # a table
///   $ wasm-gauge measure --unoptimized app.wasm app.opt.wasm
///
///   # measurements of a variant, with the tools that made it
///   $ wasm-gauge measure --format json -o measurements.json --tool wasm-opt=131 --unoptimized app.wasm \
///       --names app.opt.names.wasm app.opt.wasm
///
///   # the same with all that `wasm-gauge report` shows
///   $ wasm-gauge measure --details --format json -o measurements.json --tool wasm-opt=131 --unoptimized app.wasm \
///       --unoptimized-names app.names.wasm --names app.opt.names.wasm app.opt.wasm
///
/// Exit status:
///   0  measured
///   2  wrong usage, or the output cannot be written
///   3  a file is not a valid core module or component, or TWIN has other code than OPTIMIZED_FILE
///   4  GNU gzip is missing or failed
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// A tool that made the files, to be recorded with them; may be repeated
    #[arg(long = "tool", value_name = "NAME=VERSION", value_parser = version)]
    tools: Vec<(String, String)>,

    /// Where these tools come from: tools of one version that another backend has built may make other bytes
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,

    /// The binary before wasm-opt
    #[arg(long, value_name = "FILE")]
    unoptimized: Option<PathBuf>,

    /// Take the names from TWIN, which has the same code as OPTIMIZED_FILE
    #[arg(long, value_name = "TWIN")]
    names: Option<PathBuf>,

    /// Take the names of the binary before wasm-opt from TWIN, which has the same code
    #[arg(long, value_name = "TWIN", requires_all = ["unoptimized", "details"])]
    unoptimized_names: Option<PathBuf>,

    /// Add to the JSON what each byte is of, and how memory is laid out: what `wasm-gauge report` shows
    #[arg(long)]
    details: bool,

    #[command(flatten)]
    output: Output,

    /// The binary that ships: a core module or a component
    #[arg(value_name = "OPTIMIZED_FILE")]
    optimized: PathBuf,
}

impl Opts {
    /// Measures all files, or none when one of them is wrong.
    pub fn run(self) -> Result<bool> {
        let gzip = Gzip::find()?;
        let mut tools = BTreeMap::from([("gzip".to_owned(), gzip.version().to_owned())]);
        for (name, version) in &self.tools {
            if let Some(first) = tools.insert(name.clone(), version.clone()) {
                return Err(Error::usage(format!(
                    "--tool {name} is there already, with the version {first}"
                )));
            }
        }
        let files = 1 + usize::from(self.unoptimized.is_some());
        let measurements = progress::during("files measured", files, |done| {
            self.measure(tools, &gzip, done)
        })?;
        self.output.write(&measurements)?;
        Ok(true)
    }

    fn measure(
        &self,
        tools: BTreeMap<String, String>,
        gzip: &Gzip,
        done: &(dyn Fn() + Sync),
    ) -> Result<Measurements> {
        let input = Input::read(&self.optimized)?;
        let binary = input.parse()?;
        let before = self.unoptimized.as_deref().map(Input::read).transpose()?;
        let before = (before.as_ref())
            .map(|before| Ok((before, twin::unoptimized(before, &input, &binary)?)))
            .transpose()?;
        let profile = twin::profile(&input, &binary, self.names.as_deref())?;
        let sizes = |input: &Input, binary: &Binary| {
            let sizes = Sizes::measure(&input.label, binary, gzip)?;
            done();
            Ok(sizes)
        };
        let details = match self.details {
            true => Some(Details {
                optimized: Breakdown::of(profile.clone()),
                unoptimized: before
                    .as_ref()
                    .map(|(input, binary)| {
                        twin::profile(input, binary, self.unoptimized_names.as_deref())
                    })
                    .transpose()?
                    .map(Breakdown::of),
                memory: Memory::measure(&input.label, &binary),
            }),
            false => None,
        };
        Ok(Measurements {
            backend: self.backend.clone(),
            tools,
            unoptimized: before
                .map(|(input, binary)| sizes(input, &binary))
                .transpose()?,
            optimized: sizes(&input, &binary)?,
            contents: Contents::of(profile),
            details,
        })
    }
}
