//! Instances of modules and gates.

use super::*;

impl Parser<'_> {
    /// Whether an instance of a module stands here: `m u (`, `m #(`.
    pub(super) fn at_instance(&self) -> bool {
        if !self.at_name() {
            return false;
        }
        if self.nth(1) == HASH || self.nth(1) == L_PAREN {
            return true;
        }
        if !is_name(self.nth(1)) {
            return false;
        }
        let mut ahead = 2;
        while self.nth(ahead) == L_BRACK {
            while !matches!(self.nth(ahead), R_BRACK | SEMICOLON | EOF) {
                ahead += 1;
            }
            ahead += 1;
        }
        self.nth(ahead) == L_PAREN
    }

    /// `m #(8) u1 (a, b), u2 (c, d);`
    pub(super) fn instances(&mut self, scope: ScopeId) -> Parse<()> {
        let definition = self.name("the name of a module")?;
        let mut parameters = Vec::new();
        if self.eat(HASH) {
            parameters = self.args()?;
        }
        loop {
            let name = self.name("the name of the instance")?;
            self.instance(scope, Some(name), &definition, false, &parameters)?;
            if !self.eat(COMMA) {
                break;
            }
        }
        if !self.eat(SEMICOLON) {
            return Err(self.expected("`,` or `;`"));
        }
        Ok(())
    }

    /// `and #1 g1 (y, a, b), (z, c, d);`
    pub(super) fn gates(&mut self, scope: ScopeId) -> Parse<()> {
        let definition = name_of(self.bump());
        self.strength()?;
        if self.at(HASH) {
            self.delay()?;
        }
        loop {
            let name = match self.at_name() {
                true => Some(self.name("the name of the gate")?),
                false => None,
            };
            self.instance(scope, name, &definition, true, &[])?;
            if !self.eat(COMMA) {
                break;
            }
        }
        if !self.eat(SEMICOLON) {
            return Err(self.expected("`,` or `;`"));
        }
        Ok(())
    }

    /// Dimensions and connections behind an instance's name.
    fn instance(
        &mut self,
        scope: ScopeId,
        name: Option<Name>,
        definition: &Name,
        gate: bool,
        parameters: &[Arg],
    ) -> Parse<()> {
        let start = match name {
            Some(_) => self.at - 1,
            None => self.at,
        };
        let dims = self.dims()?;
        let open = self.here();
        let connections = self.args()?;
        let close = self.last();
        let mut span = self.span_from(start);
        span.expanded |= open.expanded || close.expanded;
        let name = name.unwrap_or(Name {
            text: "".into(),
            span: open,
        });
        let instance = Instance {
            definition: definition.clone(),
            gate,
            parameters: parameters.to_vec(),
            dims,
            connections,
            connections_open: open.end,
            connections_close: close.start,
        };
        self.declare(scope, name, span, SymbolKind::Instance(instance));
        Ok(())
    }
}

pub(super) fn is_gate(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        AND_KW
            | NAND_KW
            | OR_KW
            | NOR_KW
            | XOR_KW
            | XNOR_KW
            | NOT_KW
            | BUF_KW
            | BUFIF0_KW
            | BUFIF1_KW
            | NOTIF0_KW
            | NOTIF1_KW
            | NMOS_KW
            | PMOS_KW
            | RNMOS_KW
            | RPMOS_KW
            | CMOS_KW
            | RCMOS_KW
            | TRAN_KW
            | TRANIF0_KW
            | TRANIF1_KW
            | RTRAN_KW
            | RTRANIF0_KW
            | RTRANIF1_KW
            | PULLUP_KW
            | PULLDOWN_KW
    )
}
