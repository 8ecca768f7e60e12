//! Finite state machines in the coding styles that people use.

use super::module::{Builder, Reg};
use super::signal::Signal;
use super::stmt::Stmt;

/// What a state does next.
#[derive(Debug, Clone)]
enum Next {
    Hold,
    Goto(usize),
    /// To the next code by adding one.
    Step,
    Return,
    If(String, Box<Next>, Box<Next>),
    Case(String, Vec<(String, Next)>),
}

/// How a machine picks the present state's branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Select {
    Case,
    CaseOne,
    Chain,
}

/// A machine whose state register is declared but whose processes are not yet written.
pub struct Fsm {
    state: Reg,
    codes: Vec<String>,
    /// The codes are numbers in order: the state is a counter.
    counting: bool,
    select: Select,
    /// Processes: 1, 2 or 3.
    processes: u32,
    /// Registers that the machine drives.
    data: Vec<Reg>,
    /// Register that holds the state to return to.
    link: Option<Reg>,
    /// Down counter that some states wait for.
    timer: Option<Reg>,
}

impl Builder<'_> {
    /// Declares a machine's registers and codes.
    pub fn declare_fsm(&mut self) -> Fsm {
        let counting = self.rng.chance(15);
        let count = self.rng.range(2, if counting { 12 } else { 7 });
        let (one_hot, values, width) = match counting {
            true => (
                false,
                (0..count).collect(),
                32 - (count - 1).leading_zeros(),
            ),
            false => self.codes(count),
        };
        let stem = if self.rng.chance(70) { "state" } else { "" };
        let name = self.fresh(stem);
        let mut signal = Signal::plain(&name, width, true);
        if width > 1 && self.rng.chance(8) {
            signal = signal.with_bounds(1, true);
        }
        // A counter adds to its state, which an `enum` does not allow without a cast.
        let enumerated = self.options.systemverilog && !counting && self.rng.chance(60);
        let codes = match enumerated {
            true => self.enumerate(&mut signal, &values),
            false => self.name_codes(&name, &values, width),
        };
        let port = match !enumerated && self.rng.chance(50) {
            true => 25,
            false => 0,
        };
        self.declare_variable(&signal, port);
        self.scope.anchors.push(signal.clone());
        let reset = Some(codes[0].clone());
        let state = Reg {
            signal: signal.clone(),
            depth: None,
            reset: reset.clone(),
        };
        let mut data = Vec::new();
        for _ in 0..self.rng.range(1, 4) {
            let name = self.fresh("");
            let (reset, clean) = (self.rng.chance(65), self.rng.chance(60));
            data.push(self.register(name, reset, clean));
        }
        let link = self.rng.chance(20).then(|| {
            let name = self.fresh("ret");
            let signal = Signal {
                name,
                ..signal.clone()
            };
            self.declare_variable(&signal, 0);
            Reg {
                signal,
                depth: None,
                reset,
            }
        });
        let timer = self.rng.chance(40).then(|| {
            let name = self.fresh("wait");
            let signal = Signal::plain(name, self.rng.range(1, 4), true);
            self.declare_variable(&signal, 0);
            Reg {
                signal,
                depth: None,
                reset: Some("0".to_owned()),
            }
        });
        let select = match self.rng.below(10) {
            0..4 if one_hot => Select::CaseOne,
            0..7 => Select::Case,
            _ => Select::Chain,
        };
        Fsm {
            state,
            codes,
            counting,
            select,
            processes: self.rng.range(1, 3),
            data,
            link,
            timer,
        }
    }

    /// Whether one bit per state, the value of each state, and the width.
    fn codes(&mut self, count: u32) -> (bool, Vec<u32>, u32) {
        let width = 32 - (count - 1).leading_zeros();
        match self.rng.below(100) {
            0..25 => (true, (0..count).map(|state| 1 << state).collect(), count),
            25..40 => (
                false,
                (0..count).map(|state| state ^ (state >> 1)).collect(),
                width,
            ),
            40..60 => {
                let mut all: Vec<u32> = (0..2 << width).collect();
                self.rng.shuffle(&mut all);
                all.truncate(count as usize);
                (false, all, width + 1)
            }
            _ => (false, (0..count).collect(), width),
        }
    }

    /// Declares a type with a member for each value; the signal is of that type.
    fn enumerate(&mut self, signal: &mut Signal, values: &[u32]) -> Vec<String> {
        let (state, width) = (signal.name.clone(), signal.width);
        *signal = Signal::plain(&state, width, true);
        let names: Vec<String> = (0..values.len())
            .map(|index| format!("E_{}_{index}", state.to_uppercase()))
            .collect();
        let members: Vec<String> = names
            .iter()
            .zip(values)
            .map(|(name, value)| format!("{name} = {width}'d{value}"))
            .collect();
        let range = match width {
            1 => "[0:0]".to_owned(),
            _ => signal.range.clone(),
        };
        let name = format!("{state}_t");
        self.constants.push(format!(
            "typedef enum logic {range} {{ {} }} {name};",
            members.join(", ")
        ));
        signal.type_name = Some(name);
        names
    }

    /// Gives the values names as `localparam`, `parameter` or macro, or leaves them plain.
    fn name_codes(&mut self, state: &str, values: &[u32], width: u32) -> Vec<String> {
        let style = self.rng.below(5);
        let binary = self.rng.chance(50);
        let mut codes = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let number = match binary {
                true => format!("{width}'b{value:00$b}", width as usize),
                false => format!("{width}'d{value}"),
            };
            let name = format!("S_{}_{index}", state.to_uppercase());
            codes.push(match style {
                0 | 1 => {
                    self.constants
                        .push(format!("localparam {name} = {number};"));
                    name
                }
                2 => {
                    let range = format!("[{}:0]", width - 1);
                    self.constants
                        .push(format!("parameter {range} {name} = {number};"));
                    name
                }
                3 => {
                    let name = format!("{}_{name}", self.name.to_uppercase());
                    self.defines.push(format!("`define {name} {number}"));
                    format!("`{name}")
                }
                _ => number,
            });
        }
        codes
    }

    /// Writes the machine's processes.
    pub fn emit_fsm(&mut self, fsm: &Fsm) {
        match fsm.processes {
            1 => self.one_process(fsm),
            2 => self.two_processes(fsm),
            _ => self.three_processes(fsm),
        }
    }

    fn one_process(&mut self, fsm: &Fsm) {
        let state = fsm.state.signal.name.clone();
        let bodies: Vec<Vec<Stmt>> = (0..fsm.codes.len())
            .map(|index| {
                let mut body = self.actions(fsm, index, "", "<=");
                let next = self.next(fsm, index, 2);
                body.extend(render(fsm, &next, &state, "<="));
                body
            })
            .collect();
        let mut body = Vec::new();
        if self.rng.chance(25) {
            // A default that states override.
            let reg = self.rng.pick(&fsm.data).clone();
            let value = self
                .scope
                .expr(self.rng, 1, reg.signal.clean, reg.signal.width)
                .text;
            body.push(Stmt::Line(format!("{} <= {value};", reg.signal.name)));
        }
        let fallback = vec![Stmt::Line(format!("{state} <= {};", fsm.codes[0]))];
        body.push(self.branch(fsm, bodies, fallback));
        self.clocked(&fsm.registers(), body);
    }

    /// Next values of everything in a combinational block.
    fn two_processes(&mut self, fsm: &Fsm) {
        let suffix = *self.rng.pick(&["_next", "_d", "_n"]);
        let registers = fsm.registers();
        let outer = std::mem::take(&mut self.scope.used);
        let bodies: Vec<Vec<Stmt>> = (0..fsm.codes.len())
            .map(|index| {
                let mut body = self.actions(fsm, index, suffix, "=");
                let target = format!("{}{suffix}", fsm.state.signal.name);
                let next = self.next(fsm, index, 2);
                body.extend(render(fsm, &next, &target, "="));
                body
            })
            .collect();
        let mut body = Vec::new();
        for reg in &registers {
            let name = &reg.signal.name;
            body.push(Stmt::Line(format!("{name}{suffix} = {name};")));
            self.scope.used.insert(name.clone());
        }
        let target = format!("{}{suffix}", fsm.state.signal.name);
        let fallback = vec![Stmt::Line(format!("{target} = {};", fsm.codes[0]))];
        body.push(self.branch(fsm, bodies, fallback));
        self.combinational(body, outer);
        let mut copies = Vec::new();
        for reg in &registers {
            let name = &reg.signal.name;
            let next = Signal {
                name: format!("{name}{suffix}"),
                ..reg.signal.clone()
            };
            self.declare_variable(&next, 0);
            copies.push(Stmt::Line(format!("{name} <= {};", next.name)));
        }
        self.clocked(&registers, copies);
    }

    /// State register, next state, and the data path by state.
    fn three_processes(&mut self, fsm: &Fsm) {
        let state = fsm.state.signal.name.clone();
        let next_state = Signal {
            name: format!("next_{state}"),
            ..fsm.state.signal.clone()
        };
        let outer = std::mem::take(&mut self.scope.used);
        let target = next_state.name.clone();
        let bodies: Vec<Vec<Stmt>> = (0..fsm.codes.len())
            .map(|index| {
                let next = self.next(fsm, index, 2);
                render(fsm, &next, &target, "=")
            })
            .collect();
        self.scope.used.insert(state.clone());
        if let Some(link) = &fsm.link {
            self.scope.used.insert(link.signal.name.clone());
        }
        let fallback = vec![Stmt::Line(format!("{target} = {};", fsm.codes[0]))];
        let body = vec![
            Stmt::Line(format!("{target} = {state};")),
            self.branch(fsm, bodies, fallback),
        ];
        self.combinational(body, outer);
        self.declare_variable(&next_state, 0);
        self.clocked(
            std::slice::from_ref(&fsm.state),
            vec![Stmt::Line(format!("{state} <= {target};"))],
        );
        let bodies: Vec<Vec<Stmt>> = (0..fsm.codes.len())
            .map(|index| self.actions(fsm, index, "", "<="))
            .collect();
        let body = self.branch(fsm, bodies, Vec::new());
        self.clocked(&fsm.registers()[1..], vec![body]);
        self.moore_outputs(fsm);
    }

    /// Combinational outputs decoded from the state.
    fn moore_outputs(&mut self, fsm: &Fsm) {
        let name = self.fresh("out");
        let output = self.random_signal(name.clone(), true);
        let outer = std::mem::take(&mut self.scope.used);
        let bodies: Vec<Vec<Stmt>> = (0..fsm.codes.len())
            .map(|_| match self.rng.chance(70) {
                true => {
                    let value = self.scope.expr(self.rng, 1, true, output.width).text;
                    vec![Stmt::Line(format!("{name} = {value};"))]
                }
                false => Vec::new(),
            })
            .collect();
        let body = vec![
            Stmt::Line(format!("{name} = {{{}{{1'b0}}}};", output.width)),
            self.branch(fsm, bodies, Vec::new()),
        ];
        self.scope.used.insert(fsm.state.signal.name.clone());
        self.combinational(body, outer);
        self.declare_variable(&output, 60);
    }

    /// What a state does to the machine's registers.
    fn actions(&mut self, fsm: &Fsm, index: usize, suffix: &str, operator: &str) -> Vec<Stmt> {
        let mut list = Vec::new();
        for (place, reg) in fsm.data.iter().enumerate() {
            if place % fsm.codes.len() == index && reg.reset.is_none() {
                let target = format!("{}{suffix}", reg.signal.name);
                list.push(self.load(reg, &target, operator));
            } else if self.rng.chance(45) {
                let target = format!("{}{suffix}", reg.signal.name);
                list.push(self.update(reg, &target, operator));
            }
        }
        if let Some(link) = &fsm.link
            && self.rng.chance(50)
        {
            let code = self.rng.pick(&fsm.codes).clone();
            list.push(Stmt::Line(format!(
                "{}{suffix} {operator} {code};",
                link.signal.name
            )));
        }
        if let Some(timer) = &fsm.timer {
            let (name, last) = (&timer.signal.name, (1 << timer.signal.width) - 1);
            let load = match self.rng.chance(60) {
                true => self.rng.range(0, last).to_string(),
                false => format!("{name} + 1"),
            };
            let (load, less) = (
                Stmt::Line(format!("{name}{suffix} {operator} {load};")),
                Stmt::Line(format!("{name}{suffix} {operator} {name} - 1'b1;")),
            );
            match index % 2 {
                0 => list.push(load),
                _ => list.push(Stmt::If(format!("{name} != 0"), vec![less], Vec::new())),
            }
        }
        list
    }

    fn next(&mut self, fsm: &Fsm, index: usize, depth: u32) -> Next {
        let count = fsm.codes.len();
        match self.rng.below(100) {
            _ if depth == 0 => Next::Goto(self.rng.below(count as u32) as usize),
            0..60 if fsm.counting && index + 1 < count => Next::Step,
            0..30 => Next::Goto((index + 1) % count),
            30..40 if fsm.link.is_some() => Next::Return,
            40..50 if fsm.timer.is_some() => {
                let timer = fsm.timer.as_ref().map(|timer| timer.signal.name.clone());
                let name = timer.expect("the guard says so");
                self.scope.used.insert(name.clone());
                let then = self.next(fsm, index, 0);
                Next::If(format!("{name} == 0"), Box::new(then), Box::new(Next::Hold))
            }
            50..60 => self.next_case(fsm, index),
            _ => {
                let condition = self.scope.condition(self.rng);
                let then = self.next(fsm, index, depth - 1);
                let other = match self.rng.chance(50) {
                    true => Next::Hold,
                    false => self.next(fsm, index, depth - 1),
                };
                Next::If(condition, Box::new(then), Box::new(other))
            }
        }
    }

    /// A `case` of any kind over bits of a signal.
    fn next_case(&mut self, fsm: &Fsm, index: usize) -> Next {
        let Some(selector) = self.scope.selector(self.rng) else {
            return Next::Goto((index + 1) % fsm.codes.len());
        };
        let arms = selector.labels.into_iter();
        let arms = arms.map(|label| (label, self.next(fsm, index, 0)));
        Next::Case(selector.head, arms.collect())
    }

    /// The branch over the present state; `fallback` is for all other values.
    fn branch(&mut self, fsm: &Fsm, bodies: Vec<Vec<Stmt>>, fallback: Vec<Stmt>) -> Stmt {
        let state = &fsm.state.signal;
        self.scope.used.insert(state.name.clone());
        if fsm.select == Select::Chain {
            let mut chain = fallback;
            for (code, body) in fsm.codes.iter().zip(bodies).rev() {
                let test = format!("{} == {code}", state.name);
                chain = vec![Stmt::If(test, body, chain)];
            }
            return chain.remove(0);
        }
        let mut arms: Vec<(String, Vec<Stmt>)> = Vec::new();
        for (index, body) in bodies.into_iter().enumerate() {
            let label = match fsm.select {
                Select::CaseOne => state.bit(index as u32),
                _ => fsm.codes[index].clone(),
            };
            arms.push((label, body));
        }
        if !fallback.is_empty() || self.rng.chance(50) {
            arms.push(("default".to_owned(), fallback));
        }
        let head = match fsm.select {
            Select::CaseOne => "case (1'b1)".to_owned(),
            _ => format!("case ({})", state.name),
        };
        Stmt::Case(head, arms)
    }
}

impl Fsm {
    /// Name of the state register and the text of a state's code, for tests of the state.
    pub fn state_test(&self, index: usize) -> String {
        let code = &self.codes[index % self.codes.len()];
        format!("{} == {code}", self.state.signal.name)
    }

    /// State register first.
    fn registers(&self) -> Vec<Reg> {
        let mut list = vec![self.state.clone()];
        list.extend(self.link.clone());
        list.extend(self.timer.clone());
        list.extend(self.data.iter().cloned());
        list
    }
}

fn render(fsm: &Fsm, next: &Next, target: &str, operator: &str) -> Vec<Stmt> {
    let line = |value: &str| vec![Stmt::Line(format!("{target} {operator} {value};"))];
    match next {
        Next::Hold => Vec::new(),
        Next::Step => line(&format!("{} + 1'b1", fsm.state.signal.name)),
        Next::Goto(index) => line(&fsm.codes[*index]),
        Next::Return => {
            let link = fsm.link.as_ref().map(|link| link.signal.name.clone());
            line(&link.unwrap_or_else(|| fsm.codes[0].clone()))
        }
        Next::If(condition, then, other) => vec![Stmt::If(
            condition.clone(),
            render(fsm, then, target, operator),
            render(fsm, other, target, operator),
        )],
        Next::Case(head, arms) => {
            let arms = arms
                .iter()
                .map(|(label, next)| (label.clone(), render(fsm, next, target, operator)));
            vec![Stmt::Case(head.clone(), arms.collect())]
        }
    }
}
