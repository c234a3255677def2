use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use clap::Args;
use wasm_gauge::Result;
use wasm_gauge::binary::Input;
use wasm_gauge::engine::{Reply, calls};
use wasm_gauge::escape::printable_lines;

use super::guest::GuestOptions;
use super::progress;
use super::sink::{self, To};

/// Call the exports of a component or core module
///
/// Makes one instance and the calls of a file on it, in order; those of each further file on an
/// instance of their own. A file of calls is JSON Lines:
///   {"call": "<export>", "args": ["<string>", 1, ...]}
/// A line may also have the only reply that is right, as in "answer": {"ok": "..."}, and "setup": true, which only
/// `wasm-gauge bench` heeds.
///
/// Each reply is one line: {"ok":...} for a result that is ok, {"err":...} for one that is an error, with null where that has
/// no value, and {"value":...} for anything else. Arguments and values are as JSON has them; a char is a string, an enum the
/// name of its case, flags an array of names, a variant a name or {"case": payload}, an option its value or null. Of a core
/// module only functions of strings can be called that return a string or a result of strings.
///
/// A component gets WASI 0.2; what else it imports traps when it is called. A core module gets WASI 0.1, has to carry its world in a
/// component-type section and to follow the canonical ABI; its `_initialize` is called first.
/// There are no files and no environment but what --dir and --env grant, and no network; clocks and
/// randomness are the same each time, waiting takes no time: the same calls give the same replies. The guest's standard
/// error is passed on. Its linear memories may come to 1 GiB together.
///
/// Examples:
///   $ wasm-gauge call app.wasm --calls calls.jsonl > replies.jsonl
///   $ wasm-gauge call app.wasm --calls calls.jsonl --env LEVEL=3 --dir ./prompts::/prompts
///
/// Exit status:
///   0  every call returned, be it an error, and answered as it has to
///   1  a call trapped, and the replies before it were printed; or an answer is not the one that is right
///   2  wrong usage
///   3  the binary or the file of calls is not what it should be, or they do not fit together
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Opts {
    /// File of calls; can be given several times
    #[arg(long, value_name = "CALLS", required = true)]
    calls: Vec<PathBuf>,

    #[command(flatten)]
    guest: GuestOptions,

    /// A component, or a core module with a component-type section
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Opts {
    /// Makes the calls and prints each reply as it comes.
    pub fn run(self) -> Result<bool> {
        let files = self.calls.iter().map(|path| calls::read(path));
        let files = files.collect::<Result<Vec<_>>>()?;
        let input = Input::read(&self.file)?;
        let program = self.guest.compile(&input)?;
        let count = files.iter().map(Vec::len).sum();
        let wrong = Mutex::new(Vec::new());
        let make = |done: &(dyn Fn() + Sync)| {
            for calls in files {
                let mut guest = program.instantiate()?;
                for (place, call) in calls {
                    let reply = guest.call(&place, &call)?;
                    let line = json(&reply);
                    if let Some(answer) = call.answer.filter(|answer| *answer != reply) {
                        let (call, answer) = (&call.call, json(&answer));
                        wrong.lock().expect("nobody panicked with it").push(format!(
                            "{place}: `{call}` is to answer {answer}, and answered {line}"
                        ));
                    }
                    sink::write(&[(To::Stdout, format!("{line}\n").as_bytes())])?;
                    done();
                }
            }
            Ok(())
        };
        // Replies on a terminal show themselves how far it has come.
        if io::stdout().is_terminal() {
            make(&|| ())?;
        } else {
            progress::during("calls made", count, make)?;
        }
        let wrong = wrong.into_inner().expect("nobody panicked with it");
        for line in &wrong {
            // When nobody reads standard error, the exit status still tells.
            let _ = writeln!(io::stderr(), "{}", printable_lines(line));
        }
        Ok(wrong.is_empty())
    }
}

fn json(reply: &Reply) -> String {
    serde_json::to_string(reply).expect("plain data is always valid JSON")
}
