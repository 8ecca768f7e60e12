//! Initial values: declarations with a value, and `initial` blocks.

use super::context::{Elab, Entity, Res, ScopeIdx, Storage};
use super::env::{Env, ExitKind, Key, Mode};
use super::reference::Element;
use crate::diagnostics::{Diagnostic, codes};
use crate::frontend::ast::{self, Process, SymbolKind};
use crate::netlist::Bits;
use crate::source::Span;

impl<'a> Elab<'a> {
    /// The initial value that a declaration gives.
    pub fn declared_init(&mut self, scope: ScopeIdx, symbol: ast::SymbolId) -> Res<()> {
        let ast = self.ast;
        let init = match &ast[symbol].kind {
            SymbolKind::Variable { init, .. } => *init,
            SymbolKind::Port(port) if port.direction == ast::Direction::Output => port.default,
            _ => None,
        };
        let Some(init) = init else { return Ok(()) };
        let Some(Entity::Net(net)) = self.lookup_here(scope, &ast[symbol].name.text)? else {
            return Ok(());
        };
        let ty = self.net(net).ty.clone();
        let bits = self.constant_of_type(scope, init, &ty)?;
        let span = ast[init].span;
        let words: Vec<Bits> = (0..ty.elements())
            .map(|at| bits.slice(at * ty.width, ty.width))
            .collect();
        let whole = self.whole(net, span);
        for (element, word) in self.elements_of(&whole).iter().zip(words) {
            let Element::At(at) = element.element else {
                continue;
            };
            match self.net(net).storage {
                Storage::Slots(first) => {
                    self.slots[(first + at) as usize].init = Some(word);
                }
                Storage::Memory(mem) => {
                    let mem = &mut self.memories[mem as usize];
                    let blank = || vec![Bits::unknown(ty.width); ty.elements() as usize];
                    mem.init.get_or_insert_with(blank)[at as usize] = word;
                }
            }
        }
        Ok(())
    }

    /// Takes the constants that an `initial` block assigns before it waits.
    pub fn initial(&mut self, scope: ScopeIdx, process: &'a Process) -> Res<()> {
        self.env = Env::new(Mode::Initial);
        let exit = self.enter(ExitKind::Return);
        let done = self.exec(scope, process.body);
        self.leave(exit);
        let env = std::mem::take(&mut self.env);
        done?;
        for (&key, written) in &env.written {
            let (Key::Blocking(slot) | Key::Nonblocking(slot)) = key else {
                continue;
            };
            let Some(value) = env.get(key) else { continue };
            let value = self.settle(value);
            match self.exprs.as_const(value).cloned() {
                Some(bits) => self.slots[slot as usize].init = Some(bits),
                None => {
                    let name = self.slot_name(slot);
                    return self.fail(
                        Diagnostic::error(
                            codes::NOT_CONSTANT,
                            written.span,
                            format!("the initial value of `{name}` is not constant"),
                        )
                        .help("initialise registers by constants, or by a reset"),
                    );
                }
            }
        }
        Ok(())
    }

    /// What follows in an `initial` block belongs to a testbench: it `waits` here, say.
    pub fn stop_initial(&mut self, span: Span, does: &str) -> Res<()> {
        self.pass_over("an `initial` block from its first wait on", span);
        self.tell(
            Diagnostic::warning(
                codes::UNSUPPORTED,
                span,
                format!("this `initial` block {does} here; the rest of it is ignored"),
            )
            .help("keep testbench code out of the design's modules"),
        );
        self.jump(ExitKind::Return, span, "a wait")
    }
}
