//! Values of components as JSON, by their types.
//!
//! Numbers, booleans, strings, lists, tuples (arrays) and records (objects) are as in JSON. A char is a string of one character;
//! an enum the name of its case; flags an array of names; a variant the name of its case, or `{"case": payload}`; an option
//! its value, or null; a result `{"ok": ...}` or `{"err": ...}`. Resources, streams and futures are not values.

use serde_json::{Map, Number, Value, json};
use wasmtime::component::{Type, Val};

/// `json` as a value of the type `ty`.
///
/// # Errors
/// What would be one.
pub(super) fn from_json(ty: &Type, json: &Value) -> Result<Val, String> {
    let expected = |what: &str| format!("{json} is not {what}");
    let integer = || json.as_i64().ok_or_else(|| expected("an integer"));
    macro_rules! narrowed {
        ($variant:ident, $wide:expr, $name:literal) => {
            $wide.and_then(|number| {
                number
                    .try_into()
                    .map(Val::$variant)
                    .map_err(|_| expected($name))
            })
        };
    }
    match ty {
        Type::Bool => json
            .as_bool()
            .map(Val::Bool)
            .ok_or_else(|| expected("true or false")),
        Type::S8 => narrowed!(S8, integer(), "an s8"),
        Type::S16 => narrowed!(S16, integer(), "an s16"),
        Type::S32 => narrowed!(S32, integer(), "an s32"),
        Type::S64 => integer().map(Val::S64),
        Type::U8 => narrowed!(U8, integer(), "a u8"),
        Type::U16 => narrowed!(U16, integer(), "a u16"),
        Type::U32 => narrowed!(U32, integer(), "a u32"),
        Type::U64 => json.as_u64().map(Val::U64).ok_or_else(|| expected("a u64")),
        Type::Float32 => {
            let number = json.as_f64().ok_or_else(|| expected("a number"))?;
            #[allow(
                clippy::cast_possible_truncation,
                reason = "an f32 is the nearest to it"
            )]
            let nearest = number as f32;
            Ok(Val::Float32(nearest))
        }
        Type::Float64 => json
            .as_f64()
            .map(Val::Float64)
            .ok_or_else(|| expected("a number")),
        Type::Char => {
            let mut chars = json.as_str().unwrap_or_default().chars();
            match (chars.next(), chars.next()) {
                (Some(char), None) => Ok(Val::Char(char)),
                _ => Err(expected("a string of one character")),
            }
        }
        Type::String => json
            .as_str()
            .map(|text| Val::String(text.to_owned()))
            .ok_or_else(|| expected("a string")),
        Type::List(list) => {
            let items = json.as_array().ok_or_else(|| expected("an array"))?;
            let ty = list.ty();
            let items: Result<_, _> = items.iter().map(|item| from_json(&ty, item)).collect();
            items.map(Val::List)
        }
        Type::Tuple(tuple) => {
            let types: Vec<Type> = tuple.types().collect();
            let items = json.as_array().filter(|items| items.len() == types.len());
            let items = items.ok_or_else(|| expected(&format!("an array of {}", types.len())))?;
            let items: Result<_, _> = types
                .iter()
                .zip(items)
                .map(|(ty, item)| from_json(ty, item))
                .collect();
            items.map(Val::Tuple)
        }
        Type::Record(record) => {
            let fields: Vec<_> = record.fields().collect();
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            let object = json.as_object();
            let object = object.filter(|object| {
                object.len() == names.len() && names.iter().all(|name| object.contains_key(*name))
            });
            let object =
                object.ok_or_else(|| expected(&format!("an object of {}", names.join(", "))))?;
            let fields = fields.iter().map(|field| {
                let value = from_json(&field.ty, &object[field.name]);
                value.map(|value| (field.name.to_owned(), value))
            });
            fields.collect::<Result<_, _>>().map(Val::Record)
        }
        Type::Variant(variant) => {
            let (name, payload) =
                case_of(json).ok_or_else(|| expected("a case, or an object of one"))?;
            let case = variant.cases().find(|case| case.name == name);
            let case = case.ok_or_else(|| expected("one of its cases"))?;
            let payload = side(case.ty.as_ref(), payload)?;
            Ok(Val::Variant(name.to_owned(), payload))
        }
        Type::Enum(cases) => match json
            .as_str()
            .filter(|name| cases.names().any(|case| case == *name))
        {
            Some(name) => Ok(Val::Enum(name.to_owned())),
            None => Err(expected(&format!(
                "one of {}",
                cases.names().collect::<Vec<_>>().join(", ")
            ))),
        },
        Type::Option(option) => match json {
            Value::Null => Ok(Val::Option(None)),
            some => from_json(&option.ty(), some).map(|value| Val::Option(Some(Box::new(value)))),
        },
        Type::Result(result) => match case_of(json) {
            Some(("ok", payload)) => {
                side(result.ok().as_ref(), payload).map(|ok| Val::Result(Ok(ok)))
            }
            Some(("err", payload)) => {
                side(result.err().as_ref(), payload).map(|err| Val::Result(Err(err)))
            }
            _ => Err(expected("an object of ok or err")),
        },
        Type::Flags(flags) => {
            let names = json.as_array().into_iter().flatten().map(|name| {
                let name = name
                    .as_str()
                    .filter(|name| flags.names().any(|flag| flag == *name));
                name.map(str::to_owned)
                    .ok_or_else(|| expected("an array of its flags"))
            });
            match json {
                Value::Array(_) => names.collect::<Result<_, _>>().map(Val::Flags),
                _ => Err(expected("an array of its flags")),
            }
        }
        _ => Err("a resource, a stream or a future cannot be given".to_owned()),
    }
}

/// The name of a case and what it holds: `"none"`, `{"some": 1}`.
fn case_of(json: &Value) -> Option<(&str, Option<&Value>)> {
    match json {
        Value::String(name) => Some((name, None)),
        Value::Object(object) if object.len() == 1 => {
            let (name, payload) = object.iter().next()?;
            Some((name, Some(payload)))
        }
        _ => None,
    }
}

/// What a case holds: null stands for nothing where there is nothing to hold.
fn side(ty: Option<&Type>, payload: Option<&Value>) -> Result<Option<Box<Val>>, String> {
    match (ty, payload) {
        (None, None | Some(Value::Null)) => Ok(None),
        (None, Some(more)) => Err(format!("{more} is more than its case holds")),
        (Some(ty), payload) => {
            from_json(ty, payload.unwrap_or(&Value::Null)).map(|value| Some(Box::new(value)))
        }
    }
}

/// A value as JSON; none of a resource, a stream or a future. What JSON has no number for is a string: `NaN`, `inf`.
pub(super) fn to_json(value: &Val) -> Option<Value> {
    let float = |number: f64| match Number::from_f64(number) {
        Some(number) => Value::Number(number),
        None => Value::String(number.to_string()),
    };
    let payload = |value: &Option<Box<Val>>| match value {
        None => Some(Value::Null),
        Some(value) => to_json(value),
    };
    Some(match value {
        Val::Bool(value) => json!(value),
        Val::S8(value) => json!(value),
        Val::S16(value) => json!(value),
        Val::S32(value) => json!(value),
        Val::S64(value) => json!(value),
        Val::U8(value) => json!(value),
        Val::U16(value) => json!(value),
        Val::U32(value) => json!(value),
        Val::U64(value) => json!(value),
        // the shortest decimal of it, and not that of its f64
        Val::Float32(value) => value
            .to_string()
            .parse()
            .map_or_else(|_| json!(value.to_string()), float),
        Val::Float64(value) => float(*value),
        Val::Char(value) => json!(value),
        Val::String(value) | Val::Enum(value) => json!(value),
        Val::List(items) | Val::Tuple(items) => items
            .iter()
            .map(to_json)
            .collect::<Option<Vec<_>>>()?
            .into(),
        Val::Record(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| Some((name.clone(), to_json(value)?)));
            fields.collect::<Option<Map<_, _>>>()?.into()
        }
        Val::Variant(name, None) => json!(name),
        Val::Variant(name, Some(value)) => json!({ name: to_json(value)? }),
        Val::Option(value) => payload(value)?,
        Val::Result(Ok(value)) => json!({ "ok": payload(value)? }),
        Val::Result(Err(value)) => json!({ "err": payload(value)? }),
        Val::Flags(names) => json!(names),
        _ => return None,
    })
}
