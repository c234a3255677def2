//! Reads JSON into the types of this crate by tables: a type says what its fields are called and where they go, and one
//! visitor fills them in. It reads what serde's derived code reads, and refuses the rest in the same words, which a test holds.
//! Derived code is made anew for each type, and was an eighth of what the guest shipped.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{DeserializeSeed, Error, Expected, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{Role, ToolCall, ToolKind, message};

/// Reads a value from JSON, the whole of it.
///
/// # Errors
/// The text is not JSON, or not of the form of `T`: what was expected, and at which line and column.
pub fn from_json<T: Record + Default>(text: &str) -> serde_json::Result<T> {
    let mut value = T::default();
    fill(&mut value, text)?;
    Ok(value)
}

fn fill(record: &mut dyn Record, text: &str) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_str(text);
    Place::Record(record).deserialize(&mut json)?;
    json.end()
}

/// A struct that is read from a JSON object, or from an array of its fields in their order.
pub trait Record {
    /// What it is called, and its fields.
    fn form(&self) -> &'static Form;

    /// Where the field of this index of [`Form::fields`] goes. What is not in the JSON keeps its value.
    fn place(&mut self, field: usize) -> Place<'_>;
}

/// What errors say of a [`Record`], and what they are raised by.
#[derive(Debug)]
pub struct Form {
    /// The name of the struct.
    pub name: &'static str,
    /// The names of the fields, those first that have to be there. At most 32.
    pub fields: &'static [&'static str],
    /// How many of the fields have to be there.
    pub required: usize,
    /// Whether other fields are an error; if not, they are ignored.
    pub closed: bool,
}

/// Where a value goes, and so of what form it has to be.
#[allow(missing_docs, reason = "each is named for the type that it leads to")]
pub enum Place<'a> {
    Text(&'a mut String),
    OptionalText(&'a mut Option<String>),
    Count(&'a mut u32),
    Seconds(&'a mut i64),
    OptionalNumber(&'a mut Option<f64>),
    Id(&'a mut Uuid),
    Time(&'a mut DateTime<Utc>),
    Role(&'a mut Role),
    ToolKind(&'a mut ToolKind),
    Object(&'a mut Map<String, Value>),
    Record(&'a mut dyn Record),
    List(&'a mut dyn List),
    OptionalCalls(&'a mut Option<Vec<ToolCall>>),
    /// Any value, of which only is told whether it is there and not null.
    Presence(&'a mut bool),
}

/// A vector of records, to be added to.
pub trait List {
    /// Adds a record, for its fields to be filled in.
    fn add(&mut self) -> &mut dyn Record;
}

impl<T: Record + Default> List for Vec<T> {
    fn add(&mut self) -> &mut dyn Record {
        let index = self.len();
        self.push(T::default());
        &mut self[index]
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        match self {
            Place::Text(place) => *place = Deserialize::deserialize(json)?,
            Place::OptionalText(place) => *place = Deserialize::deserialize(json)?,
            Place::Count(place) => *place = Deserialize::deserialize(json)?,
            Place::Seconds(place) => *place = Deserialize::deserialize(json)?,
            Place::OptionalNumber(place) => *place = Deserialize::deserialize(json)?,
            Place::Id(place) => *place = Deserialize::deserialize(json)?,
            Place::Time(place) => *place = message::rfc3339(json)?,
            Place::Role(place) => *place = Deserialize::deserialize(json)?,
            Place::ToolKind(place) => *place = Deserialize::deserialize(json)?,
            Place::Object(place) => *place = Deserialize::deserialize(json)?,
            Place::Record(record) => {
                let form = record.form();
                json.deserialize_struct(form.name, form.fields, Fields(record))?;
            }
            Place::List(list) => json.deserialize_seq(Elements(list))?,
            Place::OptionalCalls(place) => json.deserialize_option(OptionalCalls(place))?,
            Place::Presence(place) => {
                *place = Option::<IgnoredAny>::deserialize(json)?.is_some();
            }
        }
        Ok(())
    }
}

/// The fields of a record.
struct Fields<'a>(&'a mut dyn Record);

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "struct {}", self.0.form().name)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let form = self.0.form();
        for index in 0..form.fields.len() {
            let found = array.next_element_seed(self.0.place(index))?.is_some();
            if !found && index < form.required {
                return Err(A::Error::invalid_length(index, &AllFields(form)));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let form = self.0.form();
        let mut found = 0_u32;
        while let Some(field) = object.next_key_seed(Key(form))? {
            let Some(index) = field else {
                object.next_value::<IgnoredAny>()?;
                continue;
            };
            if found & 1 << index != 0 {
                return Err(A::Error::duplicate_field(form.fields[index]));
            }
            object.next_value_seed(self.0.place(index))?;
            found |= 1 << index;
        }
        let missing = found.trailing_ones() as usize;
        if missing < form.required {
            return Err(A::Error::missing_field(form.fields[missing]));
        }
        Ok(())
    }
}

/// What an array of a record's fields has to hold.
struct AllFields(&'static Form);

impl Expected for AllFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Form { name, fields, .. } = self.0;
        let plural = if fields.len() == 1 { "" } else { "s" };
        write!(
            formatter,
            "struct {name} with {} element{plural}",
            fields.len()
        )
    }
}

/// The name of a field, for its index; none when it is to be ignored.
struct Key(&'static Form);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<usize>, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("field identifier")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        let Form { fields, closed, .. } = *self.0;
        let index = fields.iter().position(|field| *field == name);
        if index.is_none() && closed {
            return Err(E::unknown_field(name, fields));
        }
        Ok(index)
    }
}

/// The elements of a list.
struct Elements<'a>(&'a mut dyn List);

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        while array.next_element_seed(Element(self.0))?.is_some() {}
        Ok(())
    }
}

/// One more element of a list.
struct Element<'a>(&'a mut dyn List);

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        Place::Record(self.0.add()).deserialize(json)
    }
}

/// Calls of tools, or null.
struct OptionalCalls<'a>(&'a mut Option<Vec<ToolCall>>);

impl<'de> Visitor<'de> for OptionalCalls<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("option")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let mut calls = Vec::new();
        Place::List(&mut calls).deserialize(json)?;
        *self.0 = Some(calls);
        Ok(())
    }
}
