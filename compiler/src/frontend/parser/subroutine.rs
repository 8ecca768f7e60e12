//! Functions and tasks.

use super::port::PortTable;
use super::*;

impl Parser<'_> {
    /// `function … endfunction` or `task … endtask`.
    pub(super) fn subroutine(&mut self, scope: ScopeId) -> Parse<()> {
        let start = self.at;
        let is_task = self.bump().kind == TASK_KW;
        while matches!(self.kind(), AUTOMATIC_KW | STATIC_KW) {
            self.bump();
        }
        // The return type may name an enum, which belongs to the outer scope.
        let returns = if is_task || self.eat(VOID_KW) {
            None
        } else {
            Some(self.type_or_implicit(Some(scope))?)
        };
        let name = self.name(if is_task {
            "the name of the task"
        } else {
            "the name of the function"
        })?;
        if matches!(self.kind(), COLON_COLON | DOT) {
            let span = self.here();
            self.refuse(
                span,
                "a method outside its class or interface",
                "declare it in the module that calls it",
            );
            return Err(Stop);
        }
        let inner = self.scope(ScopeKind::Subroutine, Some(scope), Some(&name));
        let mut table = PortTable::new(inner, true);
        if self.eat(L_PAREN) && !self.eat(R_PAREN) {
            self.ansi_ports(inner, &mut table, Some(Direction::Input))?;
        }
        self.expect(SEMICOLON)?;
        let end = if is_task { ENDTASK_KW } else { ENDFUNCTION_KW };
        self.ports.push(table);
        let body = self.body(inner, end);
        let table = self.ports.pop();
        let body = body?;
        self.expect(end)?;
        self.end_label(Some(&name))?;
        let span = self.span_from(start);
        let kind = SymbolKind::Subroutine {
            is_task,
            scope: inner,
            ports: table.map(|table| table.order).unwrap_or_default(),
            returns,
            body,
        };
        self.declare(scope, name, span, kind);
        Ok(())
    }
}
