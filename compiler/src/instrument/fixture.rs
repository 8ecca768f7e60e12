//! Small designs for the tests of this stage: syntax and netlist are made here
//! from simple source text, so that the tests need neither reader nor
//! elaboration.

use indexmap::IndexMap;

use crate::control::{ControlGraph, Edge as ControlEdge, State, StateId};
use crate::frontend::ast::{
    Arg, Ast, Direction, Edge, Event, ExprId as AstExprId, Instance as AstInstance, Module,
    ModuleAnchors, ModuleId, Name, ScopeId, Stmt, StmtId, StmtKind, Symbol, SymbolId, SymbolKind,
    Timing,
};
use crate::layout::{Layout, Segment};
use crate::liveness::{BitIndex, BitSet, Constants, Liveness};
use crate::netlist::{
    Assigned, AsyncReset, BitNaming, Bits, Clock, ClockId, Clocking, Instance, InstanceId, Netlist,
    Node, Origin, Port, ProcessRef, RegId, Register, ResetSource,
};
use crate::plan::{Checkpoint, Cold, Optimality, Plan};
use crate::source::{FileId, SourceMap, Span};

/// A design under construction. The text has one statement per process, and
/// names that are found by plain search.
pub struct Fixture {
    pub ast: Ast,
    pub sources: SourceMap,
    pub netlist: Netlist,
    pub word_bits: u32,
    file: FileId,
    text: String,
}

/// The results of the passes before this one.
pub struct Analysed {
    pub graph: ControlGraph,
    pub liveness: Liveness,
    pub plan: Plan,
    pub layout: Layout,
}

impl Fixture {
    /// Starts from the text of one file; the first module is the top.
    pub fn new(text: &str) -> Fixture {
        let mut sources = SourceMap::new();
        let file = sources.add("design.v", text.to_string(), false);
        let mut fixture = Fixture {
            ast: Ast::default(),
            sources,
            netlist: Netlist::default(),
            word_bits: 8,
            file,
            text: text.to_string(),
        };
        let mut from = 0;
        while let Some(at) = text[from..].find("module ") {
            from = fixture.module(from + at);
        }
        let top = fixture.ast.modules[0].name.text.to_string();
        fixture.netlist.instances.push(Instance {
            name: top.clone(),
            path: String::new(),
            module: ModuleId(0),
            parent: None,
            symbol: None,
            in_generate_loop: false,
            place: Default::default(),
            parameters: IndexMap::new(),
        });
        fixture.netlist.top = top;
        let span = fixture.span(0, 0);
        fixture.netlist.clocks = vec![Clock {
            port: "clk".into(),
            rising: true,
            span,
        }];
        fixture
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn find(&self, pattern: &str) -> usize {
        self.text.find(pattern).expect("the pattern is in the text")
    }

    fn module(&mut self, start: usize) -> usize {
        let text = &self.text;
        let name_start = start + "module ".len();
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let after = name_start + text[name_start..].find(|c| !word(c)).expect("a name");
        let header_end = start + text[start..].find(';').expect("a header") + 1;
        let header = &text[after..header_end];
        let parameters = header
            .find("#(")
            .map_or(0, |at| at + header[at..].find(')').expect("parameters") + 1);
        let open = header[parameters..].find('(');
        let open = open.map(|at| after + parameters + at + 1);
        let endmodule = start + text[start..].find("endmodule").expect("an end");
        let module = Module {
            name: Name {
                text: text[name_start..after].into(),
                span: self.span(name_start, after),
            },
            span: self.span(start, endmodule + 9),
            anchors: ModuleAnchors {
                after_name: after as u32,
                ports_open: open.map(|at| at as u32),
                ports_empty: open.is_some_and(|at| text[at..].trim_start().starts_with(')')),
                ansi: header.contains("put "),
                header_end: header_end as u32,
                declarations: header_end as u32,
                endmodule: endmodule as u32,
            },
            scope: ScopeId(0),
            ports: Vec::new(),
            parameters: Vec::new(),
            black_box: false,
            interface: false,
            implicit_nets: true,
        };
        self.ast.modules.push(module);
        endmodule + 9
    }

    /// A port of the top.
    pub fn port(mut self, name: &str, direction: Direction, width: u32) -> Fixture {
        let at = self.find(name);
        let span = self.span(at, at + name.len());
        self.netlist.ports.push(Port {
            name: name.into(),
            direction,
            width,
            range: (width > 1).then_some((i64::from(width) - 1, 0)),
            signed: false,
            span,
        });
        self
    }

    /// An instance `definition name (…)` in the module of `parent`.
    pub fn instance(mut self, parent: u32, written: &str, positional: bool) -> Fixture {
        let at = self.find(written);
        let (definition, name) = written.split_once(' ').expect("two words");
        let module = self
            .ast
            .modules
            .iter()
            .position(|module| &*module.name.text == definition)
            .expect("the module is in the text");
        let open = at + self.text[at..].find('(').expect("connections") + 1;
        let close = open + self.text[open..].find(");").expect("an end");
        let span = self.span(at, close + 2);
        let arg = if positional {
            Arg::Positional(Some(AstExprId(0)))
        } else {
            Arg::Named {
                name: Name {
                    text: "clk".into(),
                    span,
                },
                value: None,
            }
        };
        let symbol = Symbol {
            name: Name {
                text: name.into(),
                span,
            },
            span,
            kind: SymbolKind::Instance(AstInstance {
                definition: Name {
                    text: definition.into(),
                    span: self.span(at, at + definition.len()),
                },
                gate: false,
                parameters: Vec::new(),
                dims: Vec::new(),
                connections: vec![arg],
                connections_open: open as u32,
                connections_close: close as u32,
            }),
        };
        self.ast.symbols.push(symbol);
        self.netlist.instances.push(Instance {
            name: name.into(),
            path: name.into(),
            module: ModuleId(module as u32),
            parent: Some(InstanceId(parent)),
            symbol: Some(SymbolId(self.ast.symbols.len() as u32 - 1)),
            in_generate_loop: false,
            place: Default::default(),
            parameters: IndexMap::new(),
        });
        self
    }

    /// The process at `pattern`, which ends before `end`; `else` marks the end
    /// of its asynchronous reset.
    pub fn process(&mut self, pattern: &str) -> ProcessRef {
        let start = self.find(pattern);
        let paren = start + self.text[start..].find(')').expect("events") + 1;
        let edges = self.text[start..paren].matches("edge ").count();
        let end = paren + self.text[paren..].find("// end").expect("an end mark");
        let body = paren + (self.text[paren..].len() - self.text[paren..].trim_start().len());
        let mut stmt = self.stmt(StmtKind::Empty, body, end);
        if edges > 1 {
            let after = paren + self.text[paren..].find("else").expect("an else") + 4;
            let branch = self.stmt(StmtKind::Empty, after, end);
            stmt = self.stmt(
                StmtKind::If {
                    condition: AstExprId(0),
                    then_branch: None,
                    else_branch: Some(branch),
                    after_else: Some(after as u32),
                },
                body,
                end,
            );
        }
        let event = Event {
            edge: Edge::Pos,
            expr: AstExprId(0),
            iff: None,
        };
        let timed = StmtKind::Timed {
            timing: Timing::Events(vec![event; edges]),
            body: Some(stmt),
        };
        ProcessRef {
            stmt: self.stmt(timed, start, end),
            span: self.span(start, end),
            in_generate_loop: false,
            place: Default::default(),
        }
    }

    fn stmt(&mut self, kind: StmtKind, start: usize, end: usize) -> StmtId {
        let span = self.span(start, end);
        self.ast.stmts.push(Stmt { kind, span });
        StmtId(self.ast.stmts.len() as u32 - 1)
    }

    /// A register; `reset` names an asynchronous reset port, active low.
    pub fn register(
        &mut self,
        instance: u32,
        target: &str,
        width: u32,
        process: &ProcessRef,
        reset: Option<&str>,
    ) -> RegId {
        let id = RegId(self.netlist.registers.len() as u32);
        let expr = self.netlist.exprs.intern(Node::Reg(id), width);
        let one = self.netlist.exprs.intern(Node::Reg(id), 1);
        let path = &self.netlist.instances[instance as usize].path;
        let name = match path.is_empty() {
            true => target.to_string(),
            false => format!("{path}.{target}"),
        };
        let variable = target.split('[').next().expect("a name").to_string();
        let declared = self.find(&variable);
        let declaration = self.span(declared, declared + variable.len());
        self.netlist.registers.push(Register {
            name,
            width,
            expr,
            next: expr,
            async_resets: reset
                .map(|port| AsyncReset {
                    active: one,
                    value: expr,
                    port: (port.to_string(), false),
                })
                .into_iter()
                .collect(),
            clocking: Clocking {
                clock: ClockId(0),
                gate: None,
                resets: reset
                    .map(|port| ResetSource::Port(port.to_string(), false))
                    .into_iter()
                    .collect(),
                set_by_reset: reset.is_some(),
            },
            init: None,
            origin: Origin {
                instance: InstanceId(instance),
                target: target.into(),
                variable,
                bits: if width == 1 {
                    BitNaming::Scalar
                } else {
                    BitNaming::Vector {
                        lsb: 0,
                        descending: true,
                    }
                },
                declaration,
                process: process.clone(),
                assigned: Assigned::Nonblocking,
                enumerated: false,
                scope_path: Vec::new(),
            },
        });
        id
    }

    /// One checkpoint per value of the first control register (none: always);
    /// all bits of `saved` and of the control registers are saved, in the order
    /// of instances.
    pub fn analysed(&self, control: &[RegId], values: &[u64], saved: &[(RegId, u32)]) -> Analysed {
        let netlist = &self.netlist;
        let bits = BitIndex::new(netlist);
        let mut set = BitSet::new(bits.len());
        for &(register, bit) in saved {
            set.insert(bits.of(register, bit));
        }
        for &register in control {
            bits.range(register).for_each(|bit| {
                set.insert(bit);
            });
        }
        let values = if control.is_empty() { &[0][..] } else { values };
        let width = |register: &RegId| netlist.registers[register.index()].width;
        let states: Vec<State> = values
            .iter()
            .map(|&value| State {
                name: format!("state={value}"),
                values: control
                    .iter()
                    .map(|r| Bits::from_u64(width(r), value))
                    .collect(),
                initial: value == values[0],
            })
            .collect();
        let ids = |index: usize| StateId(index as u32);
        let edges = (0..states.len())
            .map(|at| ControlEdge {
                from: ids(at),
                to: ids((at + 1) % states.len()),
                assumptions: Vec::new(),
                reset: false,
            })
            .collect();
        let checkpoints = (0..states.len())
            .map(|at| Checkpoint {
                derived: Default::default(),
                state: ids(at),
                told: BitSet::new(set.capacity()),
                saved: set.clone(),
                given: Constants::none(set.capacity()),
                memories: BitSet::new(0),
            })
            .collect();

        let mut chain = Vec::new();
        let mut segments = Vec::new();
        for instance in 0..netlist.instances.len() {
            let start = chain.len() as u32;
            for bit in set.iter() {
                let (register, bit) = bits.bit(bit);
                if netlist.registers[register.index()].origin.instance.index() == instance {
                    chain.push((register, bit));
                }
            }
            let len = chain.len() as u32 - start;
            if len > 0 {
                segments.push(Segment {
                    instance: InstanceId(instance as u32),
                    start,
                    len,
                });
            }
        }
        let words = (chain.len() as u32).div_ceil(self.word_bits).max(1);
        let mut all = BitSet::new(words as usize);
        (0..words as usize).for_each(|word| {
            all.insert(word);
        });
        let cold = Cold::none(&bits);
        Analysed {
            graph: ControlGraph {
                registers: control.to_vec(),
                edges,
                verdicts: Vec::new(),
                reset: None,
                states: states.clone(),
            },
            liveness: Liveness {
                given_up: Default::default(),
                bits,
                ranges: vec![Vec::new(); states.len()],
                constants: vec![Constants::none(set.capacity()); states.len()],
                relations: vec![Default::default(); states.len()],
                live: vec![set; states.len()],
                memories: vec![BitSet::new(0); states.len()],
            },
            plan: Plan {
                rewrites: Default::default(),
                checkpoints,
                longest_segment_cycles: 1,
                longest_segment: vec![StateId(0)],
                optimality: Optimality {
                    method: "by hand",
                    objective: 1.0,
                    lower_bound: 1.0,
                    counted_saves: 1.0,
                },
                cold,
                worst_segment: None,
                failures: None,
                without_save: Vec::new(),
            },
            layout: Layout {
                compared: Vec::new(),
                derived: vec![Vec::new(); states.len()],
                word_bits: self.word_bits,
                chain,
                segments,
                words,
                live_words: vec![all; states.len()],
                memories: Vec::new(),
                ranges: Vec::new(),
                live_ranges: vec![BitSet::new(0); states.len()],
                given: vec![Vec::new(); states.len()],
                cold: None,
                slot_words: 2 * 32u32.div_ceil(self.word_bits) + words + 2,
                slots: 2,
                id: 0x1234_abcd,
            },
        }
    }
}
