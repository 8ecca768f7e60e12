//! Names for the values of registers, so that a state reads `state=IDLE`.
//!
//! A value of a register takes the name of the parameter or enum member that
//! the source compares with the register or assigns to it, or to a variable
//! that is copied to or from it. Guarantees: of one register, no two values
//! have the same name; a value with several names keeps its number, and so do
//! all values of a register with fewer than two names (one name alone is the
//! limit of a counter rather than a state); the order depends on the netlist
//! alone.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::ValueName;
use crate::frontend::ast::{
    Ast, BinaryOp, CaseItem, ExprId, ExprKind, InsideItem, Member, ModuleId, ScopeId, StmtId,
    StmtKind, SymbolKind,
};
use crate::netlist::{Bits, InstanceId, Netlist, Register};

/// The values of constants, by the instance that they belong to and their name.
type Constants<'a> = FxHashMap<(Option<InstanceId>, &'a str), Vec<&'a Bits>>;

/// The names of the values of all registers, in register order.
pub fn value_names(ast: &Ast, netlist: &Netlist) -> Vec<ValueName> {
    let mut constants = Constants::default();
    for constant in &netlist.constants {
        let key = (constant.instance, constant.name.as_str());
        constants.entry(key).or_default().push(&constant.value);
    }
    let mut modules: FxHashMap<ModuleId, Uses> = FxHashMap::default();
    let mut names = Vec::new();
    for register in &netlist.registers {
        let origin = &register.origin;
        if origin.target != origin.variable || !origin.scope_path.is_empty() {
            continue;
        }
        let module = netlist.instances[origin.instance.index()].module;
        let uses = (modules.entry(module)).or_insert_with(|| Uses::of(ast, netlist, module));
        let mut values: BTreeMap<Bits, BTreeSet<&str>> = BTreeMap::new();
        for name in uses.names_of(&origin.variable) {
            if let Some(value) = value(&constants, origin.instance, name, register) {
                values.entry(value).or_default().insert(name);
            }
        }
        if values.len() < 2 {
            continue;
        }
        for (value, candidates) in values {
            let mut candidates = candidates.into_iter();
            if let (Some(name), None) = (candidates.next(), candidates.next()) {
                names.push(ValueName {
                    register: register.name.clone(),
                    value,
                    name: name.to_owned(),
                });
            }
        }
    }
    names
}

/// The value of a constant as seen from an instance, in the register's width;
/// `None` if it has none, does not fit, or is not the only one of its name.
fn value(
    constants: &Constants,
    instance: InstanceId,
    name: &str,
    register: &Register,
) -> Option<Bits> {
    let of = |owner: Option<InstanceId>| constants.get(&(owner, name)).into_iter().flatten();
    let mut found = of(Some(instance)).chain(of(None));
    let first = *found.next()?;
    if found.any(|other| *other != first) || !first.is_known() {
        return None;
    }
    let value = Bits::new(register.width, first.value_limbs(), &[]);
    let width = first.width().max(register.width);
    let back = Bits::new(width, value.value_limbs(), &[]);
    (back == Bits::new(width, first.value_limbs(), &[])).then_some(value)
}

/// Which constants a module uses with which of its variables.
struct Uses<'a> {
    ast: &'a Ast,
    /// Names of constants that the module can see.
    constants: FxHashSet<&'a str>,
    /// Variables that one is copied to the other, as a forest.
    copies: FxHashMap<&'a str, &'a str>,
    /// Variable and constant.
    met: Vec<(&'a str, &'a str)>,
    /// The constants that each group of copies meets, by its root.
    groups: FxHashMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Uses<'a> {
    fn of(ast: &'a Ast, netlist: &'a Netlist, module: ModuleId) -> Uses<'a> {
        let visible = netlist.constants.iter().filter(|constant| {
            let of = |instance: InstanceId| netlist.instances[instance.index()].module;
            constant.instance.is_none_or(|owner| of(owner) == module)
        });
        let mut uses = Uses {
            ast,
            constants: visible.map(|constant| constant.name.as_str()).collect(),
            copies: FxHashMap::default(),
            met: Vec::new(),
            groups: FxHashMap::default(),
        };
        uses.scope(ast[module].scope);
        for (variable, name) in std::mem::take(&mut uses.met) {
            let root = uses.end(variable);
            uses.groups.entry(root).or_default().insert(name);
        }
        uses
    }

    fn names_of(&self, variable: &str) -> BTreeSet<&'a str> {
        self.groups
            .get(self.root(variable))
            .cloned()
            .unwrap_or_default()
    }

    fn root<'b>(&'b self, mut variable: &'b str) -> &'b str {
        while let Some(next) = self.copies.get(variable) {
            variable = next;
        }
        variable
    }

    /// The same for a variable of the text.
    fn end(&self, mut variable: &'a str) -> &'a str {
        while let Some(next) = self.copies.get(variable) {
            variable = next;
        }
        variable
    }

    fn copied(&mut self, a: &'a str, b: &'a str) {
        let (a, b) = (self.end(a), self.end(b));
        if a != b {
            self.copies.insert(a, b);
        }
    }

    fn scope(&mut self, scope: ScopeId) {
        let ast = self.ast;
        for member in &ast[scope].members {
            match member {
                Member::Declare(symbol) => {
                    let (SymbolKind::Net { init, .. } | SymbolKind::Variable { init, .. }) =
                        &ast[*symbol].kind
                    else {
                        continue;
                    };
                    if let Some(init) = *init {
                        self.assigned(&ast[*symbol].name.text, init);
                        self.expr(init);
                    }
                }
                Member::Assign(list) => list.iter().for_each(|&expr| self.expr(expr)),
                Member::Process(process) => self.stmt(process.body),
                Member::GenerateIf(arms) | Member::GenerateCase { arms, .. } => {
                    arms.iter().for_each(|arm| self.scope(arm.body));
                }
                Member::GenerateFor { body, .. } | Member::Generate(body) => self.scope(*body),
                Member::Import { .. }
                | Member::Export { .. }
                | Member::Defparam(_)
                | Member::Ignored(_)
                | Member::Refused(_)
                | Member::Unsupported(_) => {}
            }
        }
    }

    fn stmt(&mut self, stmt: StmtId) {
        let ast = self.ast;
        match &ast[stmt].kind {
            StmtKind::Expr(expr) => self.expr(*expr),
            StmtKind::Block { stmts, .. } => stmts.iter().for_each(|&stmt| self.stmt(stmt)),
            StmtKind::If {
                condition,
                then_branch,
                else_branch,
                ..
            } => {
                self.expr(*condition);
                [*then_branch, *else_branch]
                    .into_iter()
                    .flatten()
                    .for_each(|stmt| self.stmt(stmt));
            }
            StmtKind::Case {
                selector, items, ..
            } => self.case(*selector, items),
            StmtKind::For { body, .. }
            | StmtKind::While { body, .. }
            | StmtKind::Repeat { body, .. }
            | StmtKind::Foreach { body, .. }
            | StmtKind::Timed { body, .. } => body.iter().for_each(|&stmt| self.stmt(stmt)),
            _ => {}
        }
    }

    fn case(&mut self, selector: ExprId, items: &'a [CaseItem]) {
        self.expr(selector);
        for item in items {
            for &label in &item.labels {
                self.compared(selector, label);
                self.expr(label);
            }
            item.body.iter().for_each(|&stmt| self.stmt(stmt));
        }
    }

    /// An expression with the assignments and comparisons in it.
    fn expr(&mut self, expr: ExprId) {
        let ast = self.ast;
        match &ast[expr].kind {
            ExprKind::Assign { lhs, rhs, .. } => {
                if let ExprKind::Name(variable) = &ast[*lhs].kind {
                    self.assigned(variable, *rhs);
                }
                self.expr(*rhs);
            }
            ExprKind::Binary(op, a, b) => {
                use BinaryOp::{CaseEq, CaseNe, Eq, Ne, WildEq, WildNe};
                if matches!(op, Eq | Ne | CaseEq | CaseNe | WildEq | WildNe) {
                    self.compared(*a, *b);
                    self.compared(*b, *a);
                }
                self.expr(*a);
                self.expr(*b);
            }
            ExprKind::Unary(_, a) => self.expr(*a),
            ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|&e| self.expr(e)),
            ExprKind::Concat(items) | ExprKind::Replicate(_, items) => {
                items.iter().for_each(|&item| self.expr(item));
            }
            ExprKind::Inside(value, items) => {
                for item in items {
                    if let InsideItem::Value(item) = item {
                        self.compared(*value, *item);
                    }
                }
            }
            _ => {}
        }
    }

    fn compared(&mut self, variable: ExprId, constant: ExprId) {
        if let ExprKind::Name(variable) = &self.ast[variable].kind
            && let Some(name) = self.leaf(constant)
            && self.constants.contains(name)
        {
            self.met.push((variable, name));
        }
    }

    fn assigned(&mut self, variable: &'a str, value: ExprId) {
        if let ExprKind::Conditional(_, a, b) = self.ast[value].kind {
            self.assigned(variable, a);
            self.assigned(variable, b);
        } else if let Some(name) = self.leaf(value) {
            match self.constants.contains(name) {
                true => self.met.push((variable, name)),
                false => self.copied(variable, name),
            }
        }
    }

    fn leaf(&self, expr: ExprId) -> Option<&'a str> {
        match &self.ast[expr].kind {
            ExprKind::Name(name) => Some(name),
            ExprKind::Scoped(_, name) => Some(&name.text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elaborate::{ElaborateOptions, elaborate};
    use crate::frontend::{ReadOptions, read};
    use crate::source::SourceMap;

    /// `register=value:name` of a design.
    fn names(text: &str) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("m.sv");
        std::fs::write(&file, text).unwrap();
        let mut sources = SourceMap::new();
        let options = ReadOptions {
            files: vec![file],
            ..ReadOptions::default()
        };
        let (ast, found) = read(&options, &mut sources);
        assert!(!found.has_errors(), "{found:?}");
        let (netlist, found) = elaborate(&ast, &sources, &ElaborateOptions::default());
        let netlist = netlist.unwrap_or_else(|| panic!("{found:?}"));
        value_names(&ast, &netlist)
            .iter()
            .map(|name| format!("{}={}:{}", name.register, name.value, name.name))
            .collect()
    }

    #[test]
    fn names_follow_copies_and_skip_what_is_ambiguous() {
        let found = names(
            "module m(input clk, input go, output [1:0] q, output [3:0] c);
               localparam [1:0] IDLE = 0, RUN = 1, WORK = 1, DONE = 2;
               localparam LAST = 9;
               reg [1:0] state, next; reg [3:0] count;
               assign q = state; assign c = count;
               always @* begin
                 next = state;
                 case (state)
                   IDLE: if (go) next = RUN;
                   RUN, WORK: if (count == LAST) next = DONE;
                   default: next = go ? DONE : IDLE;
                 endcase
               end
               always @(posedge clk) begin
                 state <= next;
                 count <= count + 1'b1;
               end
             endmodule",
        );
        assert_eq!(found, ["state=2'h0:IDLE", "state=2'h2:DONE"]);
    }

    #[test]
    fn a_parameter_has_the_value_of_its_instance() {
        let found = names(
            "module top(input clk, input d, output [7:0] a, output [7:0] b);
               sub #(.SECOND(3)) x(clk, d, a);
               sub #(.SECOND(5)) y(clk, d, b);
             endmodule
             module sub #(parameter SECOND = 1)(input clk, input d, output reg [7:0] s);
               localparam FIRST = 0, HUGE = 256;
               always @(posedge clk)
                 if (s == FIRST || s == HUGE) s <= d ? SECOND : FIRST; else s <= FIRST;
             endmodule",
        );
        assert_eq!(
            found,
            [
                "x.s=8'h00:FIRST",
                "x.s=8'h03:SECOND",
                "y.s=8'h00:FIRST",
                "y.s=8'h05:SECOND"
            ]
        );
    }

    #[test]
    fn enum_members_of_packages_are_names() {
        let found = names(
            "package p; typedef enum logic [1:0] {A, B, C} t; endpackage
             module m(input clk, output p::t q);
               always @(posedge clk)
                 case (q) p::A: q <= p::B; p::B: q <= p::C; default: q <= p::A; endcase
             endmodule",
        );
        assert_eq!(found, ["q=2'h0:A", "q=2'h1:B", "q=2'h2:C"]);
    }
}
