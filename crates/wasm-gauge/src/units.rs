//! Quantities with their units: sizes in bytes and shares in percent. Both are exact integers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

/// The units a size may carry, largest first, each a multiple of those after it.
const SIZE_UNITS: [(&str, u64); 3] = [("MiB", 1024 * 1024), ("KiB", 1024), ("B", 1)];

/// A number of bytes, written as a whole number and a unit: `300 KiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
