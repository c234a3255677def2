//! How large a component becomes when each component it instantiates is put in place, which is how
//! wasmtime compiles it: a few components that instantiate one another several times each become
//! more than any memory holds.

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef, Encoding, Parser, Payload,
};

/// How much larger than the file it may become, in bytes. wasmtime took up to 60 times as much memory.
const MAX_GROWTH: u64 = 256 * 1024;

/// A core module or component that has begun and not ended.
struct Scope {
    encoding: Encoding,
    /// Bytes of its sections, without core modules, components and custom sections in it, but with
    /// each component that it instantiates.
    bytes: u64,
    /// The same of each component by its index; none of those that other components provide.
    components: Vec<Option<u64>>,
}

/// Refuses the valid component `bytes` if it becomes too large.
///
/// # Errors
/// That it does, or that this cannot be told before it is instantiated.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut open: Vec<Scope> = Vec::new();
    // The component is valid: nothing ends this early, and what an index refers to is there.
    for payload in Parser::new(0).parse_all(bytes).map_while(Result::ok) {
        if let Payload::Version { encoding, .. } = payload {
            open.push(Scope {
                encoding,
                bytes: 0,
                components: Vec::new(),
            });
        }
        let outer = open.len().saturating_sub(1);
        let Some(scope) = open.last_mut() else { break };
        let section = match &payload {
            Payload::CustomSection(_)
            | Payload::ModuleSection { .. }
            | Payload::ComponentSection { .. } => None,
            _ => payload.as_section(),
        };
        if let Some((_, range)) = section {
            scope.bytes = scope.bytes.saturating_add(range.end - range.start);
        }
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section.into_iter().flatten() {
                    if let ComponentTypeRef::Component(_) = import.ty {
                        scope.components.push(None);
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.into_iter().flatten() {
                    if export.kind == ComponentExternalKind::Component {
                        scope
                            .components
                            .push(scope.components[export.index as usize]);
                    }
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section.into_iter().flatten() {
                    if let ComponentInstance::Instantiate {
                        component_index, ..
                    } = instance
                    {
                        let bytes = scope.components[component_index as usize].ok_or(
                            "it instantiates a component that it imports or takes out of an instance, which is not supported",
                        )?;
                        scope.bytes = scope.bytes.saturating_add(bytes);
                    }
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section.into_iter().flatten() {
                    match alias {
                        ComponentAlias::InstanceExport {
                            kind: ComponentExternalKind::Component,
                            ..
                        } => open[outer].components.push(None),
                        ComponentAlias::Outer {
                            kind: ComponentOuterAliasKind::Component,
                            count,
                            index,
                        } => {
                            let from = &open[outer - count as usize];
                            let component = from.components[index as usize];
                            open[outer].components.push(component);
                        }
                        _ => {}
                    }
                }
            }
            Payload::End(_) => {
                let ended = open.pop();
                match (ended, open.last_mut()) {
                    (Some(ended), Some(scope)) if ended.encoding == Encoding::Component => {
                        scope.components.push(Some(ended.bytes));
                    }
                    (Some(ended), None) if ended.bytes > bytes.len() as u64 + MAX_GROWTH => {
                        return Err(format!(
                            "its components instantiate one another so often that it would be more than {} KiB larger",
                            MAX_GROWTH / 1024
                        ));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    Ok(())
}
