//! What machine times are of.

use std::fs;
use std::thread;

const CPU_INFO: &str = "/proc/cpuinfo";

/// This machine in words: its processor and how many of its cores this process may use.
///
/// # Errors
/// Why that cannot be told.
pub fn describe() -> Result<String, String> {
    let text = fs::read_to_string(CPU_INFO).map_err(|error| format!("{CPU_INFO}: {error}"))?;
    let model = model(&text).ok_or_else(|| format!("{CPU_INFO} has no `model name`"))?;
    let cores = thread::available_parallelism().map_err(|error| format!("cores: {error}"))?;
    Ok(format!("{model}, {cores} cores"))
}

/// The first processor's name.
fn model(cpu_info: &str) -> Option<String> {
    let mut lines = cpu_info.lines().filter_map(|line| line.split_once(':'));
    let (_, name) = lines.find(|(key, _)| key.trim() == "model name")?;
    // Some pad it.
    Some(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_processors_name_is_taken() {
        let text =
            "processor\t: 0\nmodel name\t: A  CPU @ 2.00GHz \n\nprocessor\t: 1\nmodel name\t: B\n";
        assert_eq!(model(text).as_deref(), Some("A CPU @ 2.00GHz"));
        assert_eq!(model("processor : 0\nFeatures : fp\n"), None);
    }
}
