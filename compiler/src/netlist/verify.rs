//! The invariants of a finished netlist. A violation is a bug of the tool.
//!
//! 1. An operand has a smaller id than its user, and is in the arena.
//! 2. Widths fit: of the operands among each other and of the result.
//! 3. No [`Node::Net`] is left below an output, register or memory write.
//! 4. Every input and register has one leaf expression, of its width, which
//!    names it back; ids in leaves exist.
//! 5. The next value, reset values and initial value of a register have its
//!    width; conditions have one bit.
//! 6. Memory ports have the memory's width.
//! 7. Instances stand after their parent; the origin of state names an instance.

use super::{BinaryOp, Boundary, ExprId, Netlist, Node, UnaryOp};

/// Checks all invariants and lists the violations, in netlist order.
pub fn verify(netlist: &Netlist) -> Vec<String> {
    let mut check = Check {
        netlist,
        found: Vec::new(),
    };
    for id in netlist.exprs.ids() {
        check.expr(id);
    }
    check.no_nets();
    check.ports();
    check.state();
    check.instances();
    check.found
}

struct Check<'a> {
    netlist: &'a Netlist,
    found: Vec<String>,
}

impl Check<'_> {
    fn require(&mut self, holds: bool, message: impl FnOnce() -> String) {
        if !holds {
            self.found.push(message());
        }
    }

    fn width(&self, id: ExprId) -> u32 {
        self.netlist.exprs.width(id)
    }

    fn expr(&mut self, id: ExprId) {
        let exprs = &self.netlist.exprs;
        let mut ordered = true;
        exprs.operands(id, |operand| ordered &= operand < id);
        self.require(ordered, || format!("%{}: operand after user", id.index()));
        if !ordered {
            return;
        }
        let width = self.width(id);
        let fits = match exprs.node(id) {
            Node::Const(bits) => bits.width() == width,
            Node::Input(input) => (self.netlist.inputs.get(input.index()))
                .is_some_and(|i| i.width == width && i.expr == id),
            Node::Reg(register) => (self.netlist.registers.get(register.index()))
                .is_some_and(|r| r.width == width && r.expr == id),
            Node::Net(_) => true,
            Node::MemRead(memory, _) => {
                (self.netlist.memories.get(memory.index())).is_some_and(|m| m.width == width)
            }
            Node::Unary(op, a) => match op {
                UnaryOp::Not | UnaryOp::Neg => self.width(*a) == width,
                UnaryOp::SignExtend => self.width(*a) <= width,
                _ => width == 1,
            },
            Node::Binary(op, a, b) => {
                let (a, b) = (self.width(*a), self.width(*b));
                match op {
                    BinaryOp::Eq | BinaryOp::LtU | BinaryOp::LtS => a == b && width == 1,
                    BinaryOp::Shl | BinaryOp::ShrU | BinaryOp::ShrS => a == width,
                    _ => a == b && a == width,
                }
            }
            Node::Mux(select, a, b) => {
                let legs = self.width(*a) == width && self.width(*b) == width;
                self.width(*select) == 1 && legs
            }
            Node::Slice(a, low) => u64::from(*low) + u64::from(width) <= u64::from(self.width(*a)),
            Node::Concat(items) => {
                items
                    .iter()
                    .map(|&item| u64::from(self.width(item)))
                    .sum::<u64>()
                    == u64::from(width)
            }
            Node::Index(_, items) => {
                !items.is_empty() && items.iter().all(|&item| self.width(item) == width)
            }
        };
        self.require(fits, || {
            let node = exprs.node(id);
            format!("%{}: widths or names do not fit: {node:?}", id.index())
        });
    }

    /// No unresolved net is left below a root.
    fn no_nets(&mut self) {
        let exprs = &self.netlist.exprs;
        let mut used = vec![false; exprs.len()];
        for root in self.netlist.roots() {
            if let Some(mark) = used.get_mut(root.index()) {
                *mark = true;
            } else {
                self.found
                    .push(format!("%{}: not in the arena", root.index()));
            }
        }
        // Users come first in this order, so a mark set here is still to be visited.
        for id in exprs.ids().rev() {
            if !used[id.index()] {
                continue;
            }
            exprs.operands(id, |operand| used[operand.index()] = true);
            if let Node::Net(net) = exprs.node(id) {
                let message = format!("%{}: net {net} is left", id.index());
                self.found.push(message);
            }
        }
    }

    /// Ports are as wide as what is declared, and what enters or leaves through them is as wide as they are.
    fn ports(&mut self) {
        let netlist = self.netlist;
        let inputs = netlist.inputs.iter();
        let inputs = inputs.map(|input| (&input.name, input.boundary, input.width));
        let outputs = netlist.outputs.iter();
        let outputs =
            outputs.map(|output| (&output.name, output.boundary, self.width(output.expr)));
        let through: Vec<_> = inputs.chain(outputs).collect();
        for port in &netlist.ports {
            let declared = port
                .range
                .map_or(1, |(left, right)| left.abs_diff(right) + 1);
            let fits = declared == u64::from(port.width)
                && through.iter().all(|&(name, boundary, width)| {
                    !matches!(boundary, Boundary::Port | Boundary::Released)
                        || *name != port.name
                        || width == port.width
                });
            self.require(fits, || format!("port {}: widths do not fit", port.name));
        }
    }

    fn state(&mut self) {
        let netlist = self.netlist;
        let transfers = netlist
            .handshakes
            .iter()
            .map(|handshake| handshake.transfer);
        for condition in netlist.conditions().chain(transfers) {
            let fits = self.width(condition) == 1;
            self.require(fits, || {
                "a condition of an output or a handshake: not one bit".to_string()
            });
        }
        for (index, input) in netlist.inputs.iter().enumerate() {
            let fits =
                matches!(netlist.exprs.node(input.expr), Node::Input(id) if id.index() == index);
            self.require(fits, || format!("input {}: wrong leaf", input.name));
        }
        for (index, register) in netlist.registers.iter().enumerate() {
            let name = &register.name;
            let leaf =
                matches!(netlist.exprs.node(register.expr), Node::Reg(id) if id.index() == index);
            self.require(leaf, || format!("register {name}: wrong leaf"));
            let clock = register.clocking.clock.index() < netlist.clocks.len();
            self.require(clock, || format!("register {name}: unknown clock"));
            let next = self.width(register.next) == register.width;
            self.require(next, || format!("register {name}: width of the next value"));
            for reset in &register.async_resets {
                let fits =
                    self.width(reset.active) == 1 && self.width(reset.value) == register.width;
                self.require(fits, || format!("register {name}: widths of a reset"));
            }
            let init = (register.init.as_ref()).is_none_or(|init| init.width() == register.width);
            self.require(init, || {
                format!("register {name}: width of the initial value")
            });
        }
        for memory in &netlist.memories {
            for write in &memory.writes {
                let fits = write.clock.index() < netlist.clocks.len()
                    && self.width(write.enable) == 1
                    && self.width(write.data) == memory.width
                    && self.width(write.mask) == memory.width;
                self.require(fits, || {
                    format!("memory {}: widths of a write", memory.name)
                });
            }
        }
    }

    fn instances(&mut self) {
        let netlist = self.netlist;
        for (index, instance) in netlist.instances.iter().enumerate() {
            let ordered = match instance.parent {
                Some(parent) => parent.index() < index,
                None => index == 0,
            };
            self.require(ordered, || {
                format!("instance {}: before its parent", instance.path)
            });
        }
        let origins = (netlist.registers.iter().map(|r| (&r.name, &r.origin)))
            .chain(netlist.memories.iter().map(|m| (&m.name, &m.origin)));
        for (name, origin) in origins {
            let exists = origin.instance.index() < netlist.instances.len();
            self.require(exists, || format!("{name}: instance does not exist"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netlist::Bits;
    use crate::netlist::testing::Builder;

    fn small() -> Netlist {
        let mut b = Builder::new();
        let x = b.input("x", 4);
        let q = b.register("q", 4, Some(0));
        let sum = b.binary(BinaryOp::Add, q, x);
        b.next(q, sum);
        b.output("y", q);
        b.finish()
    }

    #[test]
    fn a_sound_netlist_passes() {
        assert_eq!(verify(&small()), Vec::<String>::new());
    }

    #[test]
    fn each_fault_is_named() {
        let mut bad = small();
        bad.registers[0].next = bad.exprs.intern(Node::Const(Bits::zero(3)), 3);
        assert!(verify(&bad)[0].contains("register q: width of the next value"));

        let mut bad = small();
        let net = bad.exprs.intern(Node::Net(7), 4);
        bad.outputs[0].expr = net;
        assert!(verify(&bad)[0].contains("net 7 is left"));

        let mut bad = small();
        let (q, x) = (bad.registers[0].expr, bad.inputs[0].expr);
        bad.exprs.intern(Node::Binary(BinaryOp::Eq, q, x), 4);
        assert!(verify(&bad)[0].contains("widths or names do not fit"));

        let mut bad = small();
        bad.ports.push(crate::netlist::Port {
            name: "y".into(),
            direction: crate::frontend::ast::Direction::Output,
            width: 4,
            range: Some((1, 0)),
            signed: false,
            span: bad.outputs[0].span,
        });
        assert!(verify(&bad)[0].contains("port y: widths do not fit"));

        let mut bad = small();
        bad.registers[0].origin.instance = crate::netlist::InstanceId(5);
        assert!(verify(&bad)[0].contains("instance does not exist"));
    }
}
