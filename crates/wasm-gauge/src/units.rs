//! Quantities with their units: sizes in bytes and shares in percent. Both are exact integers.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// The units a size may carry, largest first, each a multiple of those after it.
const SIZE_UNITS: [(&str, u64); 3] = [("MiB", 1024 * 1024), ("KiB", 1024), ("B", 1)];

/// A number of bytes, written as a whole number and a unit: `300 KiB`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A whole number and a unit, B, KiB (1,024 B) or MiB (1,024 KiB): `300 KiB`.",
            "pattern": "^ *[0-9]+ *(B|KiB|MiB) *$",
        })
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = split_unit(text);
        let factor = SIZE_UNITS.iter().find(|(name, _)| *name == unit);
        match (parse_digits(number), factor) {
            (Some(number), Some((_, factor))) => number
                .checked_mul(*factor)
                .map(Size)
                .ok_or_else(|| format!("`{text}` is more bytes than 64 bits hold")),
            (Some(number), None) if unit.is_empty() => Err(format!(
                "the size `{text}` has no unit: write \"{number} B\" or \"{number} KiB\""
            )),
            _ => Err(format!(
                "`{text}` is not a size: write a whole number and one of B, KiB (1,024 B), MiB (1,024 KiB), as in \"300 KiB\""
            )),
        }
    }
}

/// The largest unit that needs no fraction: `300 KiB`, `307201 B`.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = SIZE_UNITS
            .iter()
            .find(|(_, factor)| self.0 != 0 && self.0.is_multiple_of(*factor));
        let (unit, factor) = exact.unwrap_or(&("B", 1));
        write!(f, "{} {unit}", self.0 / factor)
    }
}

/// A share from 0 % to 100 %, with at most two decimals: `5 %`, `2.25 %`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent {
    /// In basis points, hundredths of a percent: 0 to 10,000.
    basis_points: u16,
}

impl Percent {
    /// In basis points, hundredths of a percent: 0 to 10,000.
    pub fn basis_points(self) -> u16 {
        self.basis_points
    }
}

impl JsonSchema for Percent {
    fn schema_name() -> Cow<'static, str> {
        "Percent".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A share from 0 % to 100 %, with at most two decimals: `5 %`, `2.25 %`.",
            "pattern": "^ *[0-9]+([.][0-9]{1,2})? *% *$",
        })
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not a share: write 0 to 100 with at most two decimals and %, as in \"5 %\""
            )
        };
        let (number, unit) = split_unit(text);
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        if unit != "%" || decimals.len() > 2 {
            return Err(wrong());
        }
        let tenfold = if decimals.len() == 1 { 10 } else { 1 };
        parse_digits(whole)
            .zip(parse_digits(decimals))
            .and_then(|(whole, decimals)| whole.checked_mul(100)?.checked_add(decimals * tenfold))
            .filter(|points| *points <= 10_000)
            .and_then(|points| u16::try_from(points).ok())
            .map(|basis_points| Percent { basis_points })
            .ok_or_else(wrong)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&percent_text(self.basis_points.into()))
    }
}

/// Basis points as text: `-1.05 %`.
pub fn percent_text(basis_points: i64) -> String {
    let sign = if basis_points < 0 { "-" } else { "" };
    let size = basis_points.unsigned_abs();
    format!("{sign}{}.{:02} %", size / 100, size % 100)
}

/// A count with its thousands set apart: `307,201`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The number and the unit behind it, with or without white space between them.
fn split_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// Digits and nothing else: `u64::from_str` would take a sign too.
fn parse_digits(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(())?;
    text.parse().ok()
}

macro_rules! serde_as_text {
    ($type:ty) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                /// Takes a number too, to say that its unit is missing.
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a string with a number and its unit")
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }

                    fn visit_i64<E: de::Error>(self, number: i64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }
                }
                deserializer.deserialize_any(Text)
            }
        }
    };
}

serde_as_text!(Size);
serde_as_text!(Percent);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_whole_numbers_of_bytes() {
        for (text, expected) in [
            ("300 KiB", Ok(307_200)),
            ("300KiB", Ok(307_200)),
            (" 1 MiB ", Ok(1_048_576)),
            ("0 B", Ok(0)),
            ("18446744073709551615 B", Ok(u64::MAX)),
            ("18014398509481984 KiB", Err("more bytes than 64 bits")),
            ("18446744073709551616 B", Err("not a size")),
            ("300", Err("has no unit: write \"300 B\" or \"300 KiB\"")),
            ("300 KB", Err("one of B, KiB (1,024 B), MiB")),
            ("300 kib", Err("not a size")),
            ("1.5 KiB", Err("a whole number")),
            ("-1 B", Err("not a size")),
            ("+1 B", Err("not a size")),
            ("1 B B", Err("not a size")),
            ("KiB", Err("not a size")),
            ("", Err("not a size")),
        ] {
            match (text.parse(), expected) {
                (Ok(Size(bytes)), Ok(expected)) => assert_eq!(bytes, expected, "{text}"),
                (Err(reason), Err(expected)) => {
                    assert!(reason.contains(expected), "{text}: {reason}");
                }
                (parsed, _) => panic!("{text}: {parsed:?}"),
            }
        }
    }

    #[test]
    fn percents_have_two_decimals() {
        for (text, expected) in [
            ("5 %", Some(500)),
            ("5%", Some(500)),
            ("2.5 %", Some(250)),
            ("2.05 %", Some(205)),
            ("100 %", Some(10_000)),
            ("0 %", Some(0)),
            ("100.01 %", None),
            ("2.005 %", None),
            ("5", None),
            (".5 %", None),
            ("5. %", None),
            ("-5 %", None),
            ("1.2.3 %", None),
            ("18446744073709551615 %", None),
        ] {
            let parsed = text.parse::<Percent>().map(Percent::basis_points).ok();
            assert_eq!(parsed, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_size_reads_back_as_what_it_was_written(bytes: u64, factor in 0..3_usize) {
            let bytes = bytes / SIZE_UNITS[factor].1 * SIZE_UNITS[factor].1;
            prop_assert_eq!(Size(bytes).to_string().parse(), Ok(Size(bytes)));
        }

        #[test]
        fn a_size_is_its_number_times_its_unit(number: u64, unit in 0..3_usize) {
            let (name, factor) = SIZE_UNITS[unit];
            let exact = u128::from(number) * u128::from(factor);
            let parsed = format!("{number} {name}").parse::<Size>().ok();
            prop_assert_eq!(parsed.map(|size| u128::from(size.0)), u64::try_from(exact).ok().map(u128::from));
        }

        #[test]
        fn a_percent_reads_back_as_what_it_was_written(basis_points in 0..=10_000_u16) {
            let percent = Percent { basis_points };
            prop_assert_eq!(percent.to_string().parse(), Ok(percent));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Size>();
            let _ = text.parse::<Percent>();
        }

        #[test]
        fn grouping_only_adds_commas(count: u64) {
            prop_assert_eq!(grouped(count).replace(',', ""), count.to_string());
        }
    }

    #[test]
    fn groups_are_of_three() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }
}
