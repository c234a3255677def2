use std::collections::BTreeMap;
use std::iter;
use std::path::{Path, PathBuf};

use clap::Args;
use wasm_gauge::judge::JudgedReport;
use wasm_gauge::policy::{Policy, entries};
use wasm_gauge::record::baseline::Baseline;
use wasm_gauge::record::provenance::{Provenance, read_checks};
use wasm_gauge::record::report::{Moment, Report};
use wasm_gauge::render::{comment, page};
use wasm_gauge::{Error, Result, file};

use super::measured::MeasuredVariants;
use super::named::named;
use super::output::Output;
use super::sink::To;

/// Make one report over all variants: as JSON, as a page, as a comment
///
/// From what `wasm-gauge measure` wrote of each variant, held against the policy and baseline.json beside it: the
/// verdict, all sizes and, of measurements with --details, what each byte is of. With --base, what changed since
/// another report: in the variants, in the tools, and in the policy and the record themselves.
///
/// The page is one file that needs no other and no network. The comment is Markdown for a pull request: what is
/// notable first, from 500 B on, the rest folded, and never longer than GitHub takes.
///
/// Examples:
///   $ wasm-gauge report --policy gauge.toml --json report.json --html report.html plain=plain.json small=small.json
///
///   # what changed since the report of another commit
///   $ wasm-gauge report --policy gauge.toml --base base/report.json --markdown comment.md plain=plain.json
///
/// Exit status:
///   0  made, whether what it says holds or not
///   2  wrong usage, a policy or baseline that cannot be read, or an output that cannot be written
///   3  measurements, the base or another input are not what they should be, or are of other tools than the others
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// Policy file; baseline.json lies next to it
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,

    /// What workloads came to on the variants, as JSON of `wasm-gauge bench`
    #[arg(long, value_name = "FILE")]
    bench: Option<PathBuf>,

    /// The JSON of another report, to say what changed since
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,

    /// How the files of a variant came to be; may be repeated
    #[arg(long, value_name = "NAME=FILE", value_parser = named)]
    provenance: Vec<(String, PathBuf)>,

    /// What checks said of the files of a variant, whose provenance is given too: a JSON object of their names, each with
    /// holds and said; may be repeated
    #[arg(long, value_name = "NAME=FILE", value_parser = named)]
    checks: Vec<(String, PathBuf)>,

    /// What the default variant was recorded with over time, the oldest first: a JSON object on each line with revision,
    /// date, raw_bytes and gzip_bytes
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,

    /// What the report is of: a commit
    #[arg(long, value_name = "NAME")]
    revision: Option<String>,

    /// Write the report as a page to FILE besides
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Write the report as a comment of a pull request to FILE besides
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    variants: MeasuredVariants,
}

impl Opts {
    /// Judges, compares and writes.
    pub fn run(self) -> Result<bool> {
        let judged = self.judged()?;
        let page = self.html.as_ref().map(|path| (path, page(&judged)));
        let comment = self.markdown.as_ref().map(|path| (path, comment(&judged)));
        let files = iter::chain(&page, &comment);
        let files: Vec<(To, &[u8])> = files
            .map(|(path, text)| (To::Path(path), text.as_bytes()))
            .collect();
        self.output.write_with(&judged, &files)?;
        Ok(true)
    }

    fn judged(&self) -> Result<JudgedReport> {
        let policy = Policy::load(&self.policy)?;
        let baseline = Baseline::load(&Path::with_file_name(&self.policy, "baseline.json"))?;
        let bench = self.bench.as_deref();
        let mut measured = self.variants.read(&policy, &self.policy, bench)?;
        let known = |name: &str| measured.products.contains_key(name);
        let mut provenance: BTreeMap<String, Vec<Provenance>> = BTreeMap::new();
        for (name, path) in &self.provenance {
            if !known(name) {
                return Err(Error::usage(format!(
                    "`{name}` of --provenance is not among the measurements: give {name}=FILE"
                )));
            }
            let files = Provenance::read(path)?;
            provenance.entry(name.clone()).or_default().extend(files);
        }
        for (name, path) in &self.checks {
            let checks = read_checks(path)?;
            let Some(files) = provenance.get_mut(name) else {
                return Err(Error::usage(format!(
                    "`{name}` of --checks has no provenance: give --provenance {name}=FILE"
                )));
            };
            for file in files {
                file.checks.extend(checks.clone());
            }
        }
        let details = std::mem::take(&mut measured.details);
        let base = self.base.as_deref().map(Report::read).transpose()?;
        let mut report = Report::new(
            &measured,
            details,
            provenance,
            &policy,
            entries(&self.policy)?,
            &baseline,
        );
        report.revision.clone_from(&self.revision);
        report.history = match &self.history {
            Some(path) => {
                let lines = file::json_lines::<Moment>(path, "a line of `history`")?;
                lines.into_iter().map(|(_, moment)| moment).collect()
            }
            None => Vec::new(),
        };
        JudgedReport::new(report, &measured, &policy, &baseline, base.as_ref()).map_err(
            |unmeasured| Error::usage(format!("{unmeasured}: measure it into the same file")),
        )
    }
}
