//! `clawft-workload calls`: the calls that put a component to work.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use clawft_workload::call::Call;
use clawft_workload::{SEED, configuration, conversation};
use serde_json::json;

/// Prints the calls (JSON Lines) of a workload, to measure a component with: each time the same bytes.
///
/// The first line stops the counting of allocations, which takes time, and is marked `"uncounted": true`: it is left out
/// where they are counted. The second one initialises the agent. Both are marked `"setup": true`: they are not to be
/// measured. Only a build with the feature bench answers what is not the agent's own exports.
#[derive(Args)]
#[command(after_help = "\
Workloads (a repetition):
  light   asks for the request of one line of text, and for the capabilities
  medium  asks for the request of a conversation of 50 messages, each time another
  heavy   deserializes, serializes and drops a conversation of 400 messages
  mixed   replays 10,000 recorded allocations, reallocations and deallocations
  grow    doubles 16 vectors in turn, from 16 bytes to 64 KiB
  churn   adds 1,000 messages to a session that keeps the latest 20
  holes   frees or grows one of 4,000 live blocks of 1 to 8 KiB, 5,000 times
  stress  makes 10,000 random allocations and checks every byte, each time with another seed; of up to 1 MiB at first and
          every tenth time, of up to 32 KiB between")]
pub(crate) struct Options {
    /// What to do.
    #[arg(hide_possible_values = true)]
    workload: Workload,
    /// How often [default: light 100, medium 10, heavy 100, mixed 10, grow 10, churn 10, holes 10, stress 10].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repetitions: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Workload {
    Light,
    Medium,
    Heavy,
    Mixed,
    Grow,
    Churn,
    Holes,
    Stress,
}

pub(crate) fn run(options: &Options, output: &mut impl Write) -> io::Result<()> {
    let mut print = |call: Call| {
        let line = serde_json::to_string(&call).expect("JSON of strings");
        writeln!(output, "{line}")
    };
    let mut stop = Call::new("stop-counting", []);
    (stop.setup, stop.uncounted) = (true, true);
    print(stop)?;
    let mut init = Call::new("init", [configuration()]);
    init.setup = true;
    print(init)?;
    let workload = options.workload;
    let repetitions = options.repetitions.unwrap_or(match workload {
        Workload::Light | Workload::Heavy => 100,
        _ => 10,
    });
    let bench = |workload| {
        let request = json!({ "workload": workload, "repetitions": repetitions });
        Call::new("bench", [request.to_string()])
    };
    match workload {
        Workload::Light => {
            for number in 1..=repetitions {
                let text = format!("What did we note about point {number} of the plan?");
                print(Call::new("process-message", [text]))?;
                let mut capabilities = Call::new("capabilities", []);
                capabilities.varies = true;
                print(capabilities)?;
            }
        }
        Workload::Medium => {
            for seed in (SEED..).take(repetitions as usize) {
                let conversation = json!(conversation(seed, 50)).to_string();
                print(Call::new("process-message", [conversation]))?;
            }
        }
        Workload::Heavy => print(bench("heavy"))?,
        Workload::Mixed => print(bench("mixed"))?,
        Workload::Grow => print(bench("grow"))?,
        Workload::Churn => print(bench("churn"))?,
        Workload::Holes => print(bench("holes"))?,
        Workload::Stress => {
            for (index, seed) in (SEED..).take(repetitions as usize).enumerate() {
                // Large blocks take the time, which filling and checking them is; small ones are many at once.
                let max_bytes = if index % 10 == 0 { 1 << 20 } else { 1 << 15 };
                let request = json!({
                    "seed": seed,
                    "operations": 10_000,
                    "max_bytes": max_bytes,
                    "live_bytes": 8 << 20,
                });
                print(Call::new("stress", [request.to_string()]))?;
            }
        }
    }
    Ok(())
}
