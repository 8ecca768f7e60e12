//! The SAT solver behind one narrow door: is a literal of an [`Aig`] ever 1?
//!
//! Clauses are those of Tseitin (1968), for the cone of the literal alone.

use std::time::Instant;

use batsat::{BasicSolver, SolverInterface, lbool};

use super::aig::{Aig, Lit, Node};

/// What the solver says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Never,
    Sometimes,
    /// The time was up.
    Unknown,
}

/// A question that may be narrowed by assumptions.
pub(super) struct Question {
    solver: BasicSolver,
    /// Per node of the graph, its variable.
    vars: Vec<Option<batsat::Var>>,
}

impl Question {
    /// Asks for all of `wanted` to be 1; gives up at the deadline.
    pub(super) fn new(aig: &Aig, wanted: &[Lit], deadline: Instant) -> Question {
        let mut question = Question {
            solver: BasicSolver::default(),
            vars: vec![None; aig.len()],
        };
        question.until(deadline);
        for &lit in wanted {
            let lit = question.encode(aig, lit);
            question.clause([lit]);
        }
        question
    }

    /// Another deadline.
    pub(super) fn until(&mut self, deadline: Instant) {
        let stop = move || Instant::now() >= deadline;
        self.solver.cb_mut().set_stop(stop);
    }

    fn clause<const N: usize>(&mut self, lits: [batsat::Lit; N]) {
        self.solver.add_clause_reuse(&mut lits.to_vec());
    }

    /// The solver's literal for one of the graph, with the clauses of its cone.
    pub(super) fn encode(&mut self, aig: &Aig, lit: Lit) -> batsat::Lit {
        // A conjunction is pushed again to be finished after its operands.
        let mut open = vec![(lit.node(), false)];
        while let Some((index, ready)) = open.pop() {
            if self.vars[index].is_some() {
                continue;
            }
            match aig.node(index) {
                Node::And(a, b) if !ready => {
                    open.extend([(index, true), (a.node(), false), (b.node(), false)]);
                }
                node => {
                    let var = self.solver.new_var_default();
                    self.vars[index] = Some(var);
                    let own = batsat::Lit::new(var, true);
                    match node {
                        Node::False => self.clause([!own]),
                        Node::Input => {}
                        Node::And(a, b) => {
                            let (a, b) = (self.known(a), self.known(b));
                            self.clause([!own, a]);
                            self.clause([!own, b]);
                            self.clause([own, !a, !b]);
                        }
                    }
                }
            }
        }
        self.known(lit)
    }

    fn known(&self, lit: Lit) -> batsat::Lit {
        let var = self.vars[lit.node()].expect("the cone is encoded");
        batsat::Lit::new(var, !lit.is_complement())
    }

    /// Solves under assumptions.
    pub(super) fn ask(&mut self, assumptions: &[batsat::Lit]) -> Answer {
        let answer = self.solver.solve_limited(assumptions);
        if answer == lbool::TRUE {
            Answer::Sometimes
        } else if answer == lbool::FALSE {
            Answer::Never
        } else {
            Answer::Unknown
        }
    }

    /// The value of a literal in the model found; 0 where it does not matter.
    pub(super) fn value(&self, lit: Lit) -> bool {
        match self.vars[lit.node()] {
            None => lit.is_complement(),
            Some(_) => self.solver.value_lit(self.known(lit)) == lbool::TRUE,
        }
    }
}
