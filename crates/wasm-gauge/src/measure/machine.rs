//! What machine times are of.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;

use crate::{Fault, Result};

const CPU_INFO: &str = "/proc/cpuinfo";
const SYSCTL: [&str; 3] = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"];

/// This machine in words: its processor and how many of its cores this process may use.
///
/// # Errors
/// Why that cannot be told.
pub fn describe() -> Result<String, Fault> {
    let model = if cfg!(target_os = "macos") {
        let [program, arguments @ ..] = SYSCTL;
        let output = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("{program}: {error}"))?;
        words(&String::from_utf8_lossy(&output.stdout))
    } else {
        let text = fs::read_to_string(CPU_INFO).map_err(|error| format!("{CPU_INFO}: {error}"))?;
        model(&text)
    };
    let model = model.ok_or("the system does not name its processor")?;
    let cores = thread::available_parallelism().map_err(|error| format!("cores: {error}"))?;
    Ok(format!("{model}, {cores} cores"))
}

/// The first processor's name. ARM's have none, but numbers of who designed it and of what.
fn model(cpu_info: &str) -> Option<String> {
    let value = |wanted: &str| {
        let mut lines = cpu_info.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = lines.find(|(key, _)| key.trim() == wanted)?;
        words(value)
    };
    value("model name").or_else(|| {
        let (implementer, part) = (value("CPU implementer")?, value("CPU part")?);
        Some(format!("ARM implementer {implementer} part {part}"))
    })
}

/// The words of a name, which some pad; none where there are none.
fn words(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_processors_name_is_taken() {
        for (text, expected) in [
            (
                "processor\t: 0\nmodel name\t: A  CPU @ 2.00GHz \n\nprocessor\t: 1\nmodel name\t: B\n",
                Some("A CPU @ 2.00GHz"),
            ),
            (
                "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU architecture: 8\n\
                 CPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n",
                Some("ARM implementer 0x41 part 0xd0c"),
            ),
            ("model name\t: \n", None),
            ("processor : 0\nFeatures : fp\n", None),
        ] {
            assert_eq!(model(text).as_deref(), expected, "{text}");
        }
    }
}
