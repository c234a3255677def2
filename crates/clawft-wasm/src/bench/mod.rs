//! Workloads that no call from outside could put on the allocator as precisely; `wit/bench.wit` describes them.

mod block;
#[cfg(target_os = "wasi")]
mod c;
mod churn;
mod grow;
mod heavy;
mod holes;
mod mixed;
pub(crate) mod stress;
mod trace;

use serde::{Deserialize, Serialize};

use churn::Churn;
use grow::Grow;
use heavy::Heavy;
use holes::Holes;
use mixed::Mixed;

/// Something to repeat.
trait Work {
    /// All that is not to be measured.
    fn prepare() -> Self;

    /// One repetition; returns how many operations that was.
    fn repeat(&mut self, checksum: &mut Checksum) -> u64;
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Workload {
    Heavy,
    Mixed,
    Grow,
    Churn,
    Holes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    workload: Workload,
    repetitions: u32,
}

#[derive(Serialize)]
struct Answer {
    workload: Workload,
    repetitions: u32,
    operations: u64,
    /// Of what the workload made, in hexadecimal.
    checksum: String,
}

/// Runs the workload that is asked for.
pub(crate) fn bench(request: &str) -> Result<String, String> {
    let Request {
        workload,
        repetitions,
    } = serde_json::from_str(request).map_err(|error| format!("bench: {error}"))?;
    let run = match workload {
        Workload::Heavy => run::<Heavy>,
        Workload::Mixed => run::<Mixed>,
        Workload::Grow => run::<Grow>,
        Workload::Churn => run::<Churn>,
        Workload::Holes => run::<Holes>,
    };
    let (operations, checksum) = run(repetitions);
    Ok(crate::report::to_json(&Answer {
        workload,
        repetitions,
        operations,
        checksum: format!("{:016x}", checksum.0),
    }))
}

fn run<W: Work>(repetitions: u32) -> (u64, Checksum) {
    let mut work = W::prepare();
    let mut checksum = Checksum::new();
    #[cfg(feature = "alloc-tracing")]
    guest_alloc::reset_counters();
    let operations = (0..repetitions).map(|_| work.repeat(&mut checksum)).sum();
    (operations, checksum)
}

/// FNV-1a (Fowler, Noll and Vo) over words of 64 bits in place of bytes: it has to depend on all data, cheaply, and to
/// withstand no attack.
struct Checksum(u64);

impl Checksum {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        for byte in rest {
            self.word(u64::from(*byte));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn answer(workload: &str, repetitions: u32) -> Value {
        let request = format!(r#"{{"workload":"{workload}","repetitions":{repetitions}}}"#);
        let answer = bench(&request).expect("an answer");
        serde_json::from_str(&answer).expect("JSON")
    }

    #[test]
    fn workloads_do_what_they_say_and_the_same_each_time() {
        for (workload, operations) in [
            ("heavy", 1),
            ("mixed", 10_000),
            ("grow", 16 * 13),
            ("churn", 1000),
            ("holes", 5000),
        ] {
            let [none, once, twice] = [0, 1, 2].map(|repetitions| answer(workload, repetitions));
            assert_eq!(once["workload"], workload);
            assert_eq!(none["operations"], 0);
            assert_eq!(once["operations"], operations, "{workload}");
            assert_eq!(twice["operations"], 2 * operations, "{workload}");
            assert_eq!(none["checksum"], "cbf29ce484222325");
            assert_ne!(once["checksum"], none["checksum"], "{workload}");
            assert_ne!(twice["checksum"], once["checksum"], "{workload}");
            assert_eq!(answer(workload, 1), once);
        }
    }

    #[test]
    fn the_checksum_depends_on_every_byte() {
        let of = |bytes: &[u8]| {
            let mut checksum = Checksum::new();
            checksum.bytes(bytes);
            checksum.0
        };
        let bytes: Vec<u8> = (0..19).collect();
        for index in 0..bytes.len() {
            let mut other = bytes.clone();
            other[index] ^= 1;
            assert_ne!(of(&other), of(&bytes), "{index}");
        }
    }

    #[test]
    fn a_wrong_request_is_refused() {
        for (request, expected) in [
            ("", "bench: EOF while parsing a value"),
            (
                r#"{"workload":"light","repetitions":1}"#,
                "bench: unknown variant `light`, expected one of",
            ),
            (
                r#"{"workload":"heavy"}"#,
                "bench: missing field `repetitions`",
            ),
        ] {
            let error = bench(request).expect_err(request);
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
