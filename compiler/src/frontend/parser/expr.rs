//! Operators: precedence (IEEE 1364-2005, table 5-4), `? :`, `inside`, and
//! lists of arguments.

use super::*;

impl Parser<'_> {
    /// A whole expression.
    pub(super) fn expr(&mut self) -> Parse<ExprId> {
        self.nested(Self::conditional)
    }

    /// `c ? a : d ? b : …` without recursion on the right.
    fn conditional(&mut self) -> Parse<ExprId> {
        let mut arms = Vec::new();
        let mut value = loop {
            let value = self.binary()?;
            if !self.eat(QUESTION) {
                break value;
            }
            self.attributes()?;
            let then = self.expr()?;
            self.expect(COLON)?;
            arms.push((value, then));
        };
        while let Some((condition, then)) = arms.pop() {
            let span = join(self.ast[condition].span, self.ast[value].span);
            value = self.expr_node(ExprKind::Conditional(condition, then, value), span);
        }
        Ok(value)
    }

    /// Operands and binary operators, by a stack of those still open.
    fn binary(&mut self) -> Parse<ExprId> {
        let mut operands = vec![self.unary()?];
        let mut open: Vec<(BinaryOp, u8)> = Vec::new();
        loop {
            let next = binary_op(self.kind());
            let precedence = match next {
                Some((_, precedence)) => precedence,
                None if self.at(INSIDE_KW) => COMPARISON,
                None => 0,
            };
            while let Some(&(op, before)) = open.last()
                && before >= precedence
            {
                open.pop();
                self.reduce(&mut operands, op);
            }
            match next {
                Some((op, precedence)) => {
                    self.bump();
                    self.attributes()?;
                    open.push((op, precedence));
                    let operand = self.unary()?;
                    operands.push(operand);
                }
                None if self.at(INSIDE_KW) => {
                    let value = operands
                        .pop()
                        .expect("an operand stands before an operator");
                    let inside = self.inside(value)?;
                    operands.push(inside);
                }
                None => break,
            }
        }
        if let Some(what) = refused_operator(self.kind()) {
            let span = self.here();
            self.refuse(
                span,
                what,
                "express it by other operators, or leave it to the testbench",
            );
            return Err(Stop);
        }
        Ok(operands
            .pop()
            .expect("all operators are reduced to one operand"))
    }

    fn reduce(&mut self, operands: &mut Vec<ExprId>, op: BinaryOp) {
        let right = operands.pop().expect("each open operator has two operands");
        let left = operands.pop().expect("each open operator has two operands");
        let span = join(self.ast[left].span, self.ast[right].span);
        let whole = self.expr_node(ExprKind::Binary(op, left, right), span);
        operands.push(whole);
    }

    /// `x inside { a, [b:c] }`, at `inside`.
    fn inside(&mut self, value: ExprId) -> Parse<ExprId> {
        self.expect(INSIDE_KW)?;
        self.expect(L_BRACE)?;
        let mut items = Vec::new();
        loop {
            if self.eat(L_BRACK) {
                let low = self.expr()?;
                self.expect(COLON)?;
                let high = self.expr()?;
                self.expect(R_BRACK)?;
                items.push(InsideItem::Range(low, high));
            } else {
                items.push(InsideItem::Value(self.expr()?));
            }
            if !self.eat(COMMA) {
                break;
            }
        }
        self.expect(R_BRACE)?;
        let span = join(self.ast[value].span, self.last());
        Ok(self.expr_node(ExprKind::Inside(value, items), span))
    }

    /// A primary behind at most one unary operator, as the grammar has it.
    pub(super) fn unary(&mut self) -> Parse<ExprId> {
        let op = match self.kind() {
            PLUS => UnaryOp::Plus,
            MINUS => UnaryOp::Minus,
            TILDE => UnaryOp::Not,
            BANG => UnaryOp::LogicNot,
            AMP => UnaryOp::And,
            PIPE => UnaryOp::Or,
            CARET => UnaryOp::Xor,
            TILDE_AMP => UnaryOp::Nand,
            TILDE_PIPE => UnaryOp::Nor,
            TILDE_CARET | CARET_TILDE => UnaryOp::Xnor,
            PLUS_PLUS | MINUS_MINUS => {
                let span = self.here();
                self.refuse(
                    span,
                    "`++` or `--` inside an expression",
                    "write it as a statement of its own",
                );
                return Err(Stop);
            }
            _ => return self.primary(),
        };
        let start = self.at;
        self.bump();
        self.attributes()?;
        if matches!(
            self.kind(),
            PLUS | MINUS | TILDE | BANG | AMP | PIPE | CARET
        ) || matches!(
            self.kind(),
            TILDE_AMP | TILDE_PIPE | TILDE_CARET | CARET_TILDE
        ) {
            let stop = self.expected("an operand");
            if let Some(problem) = self.diagnostics.last_mut() {
                problem.help = Some("put the inner operation in parentheses".to_string());
            }
            return Err(stop);
        }
        let operand = self.primary()?;
        let span = self.span_from(start);
        Ok(self.expr_node(ExprKind::Unary(op, operand), span))
    }

    /// `( … )` of a call, a parameter override or a port connection, at `(`.
    pub(super) fn args(&mut self) -> Parse<Vec<Arg>> {
        self.expect(L_PAREN)?;
        let mut args = Vec::new();
        if self.eat(R_PAREN) {
            return Ok(args);
        }
        loop {
            self.attributes()?;
            let start = self.at;
            let arg = match self.kind() {
                DOT => {
                    self.bump();
                    self.named_arg(start)?
                }
                COMMA | R_PAREN => Arg::Positional(None),
                _ => Arg::Positional(Some(self.expr_or_type()?)),
            };
            let positional = |arg: &Arg| matches!(arg, Arg::Positional(_));
            if let Some(first) = args.first()
                && positional(first) != positional(&arg)
            {
                let span = self.span_from(start);
                return Err(self.error(span, "connections by name and by order are mixed"));
            }
            args.push(arg);
            if !self.eat(COMMA) {
                break;
            }
        }
        self.expect(R_PAREN)?;
        Ok(args)
    }

    /// What follows the `.` of a named argument.
    fn named_arg(&mut self, start: usize) -> Parse<Arg> {
        if self.eat(STAR) {
            return Ok(Arg::Wildcard(self.span_from(start)));
        }
        let name = self.name("the name of a port or parameter")?;
        if !self.eat(L_PAREN) {
            return Ok(Arg::Implicit(name));
        }
        let value = match self.at(R_PAREN) {
            true => None,
            false => Some(self.expr_or_type()?),
        };
        self.expect(R_PAREN)?;
        Ok(Arg::Named { name, value })
    }

    /// An expression, or a type where one may stand in its place.
    pub(super) fn expr_or_type(&mut self) -> Parse<ExprId> {
        if !self.at_type_keyword() || self.type_is_cast() {
            return self.expr();
        }
        let start = self.at;
        let ty = self.data_type(None)?;
        let span = self.span_from(start);
        Ok(self.expr_node(ExprKind::Type(Box::new(ty)), span))
    }

    /// `( expr )`.
    pub(super) fn paren_expr(&mut self) -> Parse<ExprId> {
        self.expect(L_PAREN)?;
        let value = self.expr()?;
        self.expect(R_PAREN)?;
        Ok(value)
    }
}

const COMPARISON: u8 = 7;

/// A binary operator with its precedence; all group to the left.
fn binary_op(kind: SyntaxKind) -> Option<(BinaryOp, u8)> {
    use BinaryOp::*;
    Some(match kind {
        STAR_STAR => (Pow, 11),
        STAR => (Mul, 10),
        SLASH => (Div, 10),
        PERCENT => (Mod, 10),
        PLUS => (Add, 9),
        MINUS => (Sub, 9),
        LT_LT => (Shl, 8),
        // `<<<` is `<<`.
        LT_LT_LT => (Shl, 8),
        GT_GT => (Shr, 8),
        GT_GT_GT => (Ashr, 8),
        LT => (Lt, COMPARISON),
        LT_EQ => (Le, COMPARISON),
        GT => (Gt, COMPARISON),
        GT_EQ => (Ge, COMPARISON),
        EQ_EQ => (Eq, 6),
        BANG_EQ => (Ne, 6),
        EQ_EQ_EQ => (CaseEq, 6),
        BANG_EQ_EQ => (CaseNe, 6),
        EQ_EQ_QUESTION => (WildEq, 6),
        BANG_EQ_QUESTION => (WildNe, 6),
        AMP => (And, 5),
        CARET => (Xor, 4),
        CARET_TILDE | TILDE_CARET => (Xnor, 4),
        PIPE => (Or, 3),
        AMP_AMP => (LogicAnd, 2),
        PIPE_PIPE => (LogicOr, 1),
        _ => return None,
    })
}

/// An operator that may follow an operand and is not taken.
fn refused_operator(kind: SyntaxKind) -> Option<&'static str> {
    Some(match kind {
        LT_MINUS_GT => "the equivalence operator `<->`",
        AMP_AMP_AMP => "the operator `&&&`",
        MATCHES_KW => "pattern matching (`matches`)",
        DIST_KW => "a distribution (`dist`)",
        _ => return None,
    })
}
