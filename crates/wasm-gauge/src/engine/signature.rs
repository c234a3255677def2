//! The functions of core modules that can be called: strings in, a string or a result of strings out.

use std::fmt;

use wit_parser::abi::{AbiVariant, WasmSignature};
use wit_parser::{Function, Resolve, Type, TypeDefKind};

/// The type of a function that can be called.
#[derive(Clone, Copy)]
pub(super) struct Signature {
    /// How many strings it takes.
    pub(super) strings: usize,
    /// What it returns.
    pub(super) shape: Shape,
}

/// The type of what a function returns.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// `string`
    Value,
    /// `result`, and which of its sides have a string.
    Result { ok: bool, err: bool },
}

/// A type as far as it matters here.
enum Class {
    String,
    /// Of its two sides, where there are such.
    Result(Option<Box<Class>>, Option<Box<Class>>),
    Other,
}

impl fmt::Display for Signature {
    /// As WIT has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strings = vec!["string"; self.strings].join(", ");
        let result = match self.shape {
            Shape::Value => "string",
            Shape::Result {
                ok: true,
                err: true,
            } => "result<string, string>",
            Shape::Result {
                ok: true,
                err: false,
            } => "result<string>",
            Shape::Result {
                ok: false,
                err: true,
            } => "result<_, string>",
            Shape::Result {
                ok: false,
                err: false,
            } => "result",
        };
        write!(f, "func({strings}) -> {result}")
    }
}

impl Signature {
    /// Reads a function type of a WIT world, for its canonical ABI in a core module.
    pub(super) fn of_world(resolve: &Resolve, function: &Function) -> Result<Self, String> {
        fn class(resolve: &Resolve, ty: Type) -> Class {
            let side = |ty: Option<Type>| ty.map(|ty| Box::new(class(resolve, ty)));
            match ty {
                Type::String => Class::String,
                Type::Id(id) => match &resolve.types[id].kind {
                    TypeDefKind::Type(alias) => class(resolve, *alias),
                    TypeDefKind::Result(result) => Class::Result(side(result.ok), side(result.err)),
                    _ => Class::Other,
                },
                _ => Class::Other,
            }
        }
        if function.kind.is_async() {
            return Err("it is async, which is not supported".to_owned());
        }
        if Self::core(resolve, function).indirect_params {
            return Err("more parameters than fit into registers are not supported".to_owned());
        }
        Self::new(
            function.params.iter().map(|param| class(resolve, param.ty)),
            function.result.map(|ty| class(resolve, ty)),
        )
    }

    /// The type that the function has in a core module, by the canonical ABI.
    pub(super) fn core(resolve: &Resolve, function: &Function) -> WasmSignature {
        resolve.wasm_signature(AbiVariant::GuestExport, function)
    }

    fn new(params: impl Iterator<Item = Class>, result: Option<Class>) -> Result<Self, String> {
        // An absent side is no string, and anything else is not supported.
        let side = |class: Option<Box<Class>>| match class.as_deref() {
            None => Some(false),
            Some(Class::String) => Some(true),
            Some(_) => None,
        };
        let shape = match result {
            Some(Class::String) => Some(Shape::Value),
            Some(Class::Result(ok, err)) => side(ok)
                .zip(side(err))
                .map(|(ok, err)| Shape::Result { ok, err }),
            _ => None,
        };
        let params: Vec<Class> = params.collect();
        match shape {
            Some(shape) if params.iter().all(|class| matches!(class, Class::String)) => {
                Ok(Signature {
                    strings: params.len(),
                    shape,
                })
            }
            _ => Err(
                "its type is not supported in a core module: only strings go in, only a string or a result of strings comes out"
                    .to_owned(),
            ),
        }
    }
}
