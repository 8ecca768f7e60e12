//! When outputs count and handshakes transfer: the conditions of the
//! configuration, elaborated in the scope of the top module.

use super::context::{Elab, Res, ScopeIdx};
use super::names::edit_distance;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{Direction, Observed, SymbolId, SymbolKind};
use crate::netlist::{Boundary, ExprId, InputId};

/// When a pin counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    Never,
    /// Under the condition that is the root of this number.
    Root(usize),
}

impl Elab<'_> {
    /// When each of the pins counts: a port of the top, or the bits of it that are
    /// released, which always count. Adds the conditions to the roots.
    pub fn sampled(
        &mut self,
        top: ScopeIdx,
        pins: &[(SymbolId, bool)],
        roots: &mut Vec<ExprId>,
    ) -> Res<Vec<When>> {
        let ast = self.ast;
        let mut sampled = vec![When::Always; pins.len()];
        for observed in &ast.observed {
            let named = |&(symbol, released): &(SymbolId, bool)| {
                !released && *ast[symbol].name.text == *observed.output
            };
            let Some(at) = pins.iter().position(named) else {
                self.no_output(observed, pins)?;
                continue;
            };
            sampled[at] = match observed.when {
                None => When::Never,
                Some(when) => {
                    roots.push(self.condition(top, when)?);
                    When::Root(roots.len() - 1)
                }
            };
        }
        Ok(sampled)
    }

    /// Adds to the roots, per handshake, whether it transfers something.
    pub fn transfers(&mut self, top: ScopeIdx, roots: &mut Vec<ExprId>) -> Res<()> {
        let ast = self.ast;
        for handshake in &ast.handshakes {
            let valid = self.condition(top, handshake.valid)?;
            let ready = self.condition(top, handshake.ready)?;
            roots.push(self.exprs.and(valid, ready));
        }
        Ok(())
    }

    /// Whether the configuration says that an input never changes.
    pub fn is_stable(&self, input: InputId) -> bool {
        let name = self.input_name(input);
        let mut stable = self.ast.stable_inputs.iter();
        self.boundary_of(input) == Boundary::Port && stable.any(|it| it.name == name)
    }

    /// The error for a name that is no output. A bidirectional port that nothing
    /// drives is none that could count.
    fn no_output(&mut self, observed: &Observed, pins: &[(SymbolId, bool)]) -> Res<()> {
        let ast = self.ast;
        let module = &ast[self.instances[0].module];
        let port = |symbol: &&SymbolId| *ast[**symbol].name.text == *observed.output;
        let direction = module
            .ports
            .iter()
            .find(port)
            .map(|&symbol| &ast[symbol].kind);
        let direction = direction.and_then(|kind| match kind {
            SymbolKind::Port(port) => Some(port.direction),
            _ => None,
        });
        if direction == Some(Direction::Inout) {
            return Ok(());
        }
        let names = pins.iter().map(|&(symbol, _)| &*ast[symbol].name.text);
        let nearest = names.min_by_key(|name| edit_distance(name, &observed.output));
        let top = &module.name.text;
        let message = match direction {
            Some(_) => format!("`{}` is an input of `{top}`", observed.output),
            None => format!("`{}` is no output of `{top}`", observed.output),
        };
        let help = match nearest {
            Some(nearest) if direction.is_none() => format!("did you mean `{nearest}`?"),
            _ => "`[observe]` is about outputs".to_owned(),
        };
        self.fail(Diagnostic::error(codes::UNKNOWN_NAME, observed.name, message).help(help))
    }
}
