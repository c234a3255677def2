//! The component's exports.

use std::collections::BTreeMap;

// Makes the global allocator part of this.
use guest_alloc as _;

wit_bindgen::generate!({ world: "text" });

struct Text;

impl Guest for Text {
    fn slug(text: String) -> String {
        words(&text).collect::<Vec<_>>().join("-")
    }

    fn most_frequent(text: String) -> Result<String, String> {
        let mut counts = BTreeMap::new();
        for word in words(&text) {
            *counts.entry(word).or_insert(0_u64) += 1;
        }
        // of equal ones the last is the greatest
        let most = counts.iter().rev().max_by_key(|(_, count)| **count);
        let (word, count) = most.ok_or("there is no word in it")?;
        Ok(format!("{word}: {count}"))
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

export!(Text);
