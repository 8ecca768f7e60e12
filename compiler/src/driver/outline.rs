//! What a design is made of, as far as a configuration names it.

use super::AnalyzeOptions;
use crate::control::ResetStart;
use crate::diagnostics::Diagnostics;
use crate::domain;
use crate::elaborate;
use crate::frontend;
use crate::netlist::Netlist;
use crate::source::SourceMap;

/// A design before a clock has been chosen.
#[derive(Debug)]
pub struct Outline {
    /// The elaborated design, all clocks of it.
    pub netlist: Netlist,
    /// Its clocks as a configuration names them, that of the most bits first.
    pub clocks: Vec<String>,
    /// The reset that the control states are explored from under that clock, where they can be.
    pub reset: Option<ResetStart>,
    /// The name of the state behind that reset.
    pub state: Option<String>,
}

/// Looks at a design as [`super::analyze`] does, but leaves open what has to be configured.
pub fn outline(
    options: &AnalyzeOptions,
    sources: &mut SourceMap,
) -> (Option<Outline>, Diagnostics) {
    let (ast, mut diagnostics) = frontend::read(&options.read, sources);
    if diagnostics.has_errors() {
        return (None, diagnostics);
    }
    let (netlist, found) = elaborate::elaborate(&ast, sources, &options.elaborate);
    diagnostics.list.extend(found.list);
    let Some(netlist) = netlist.filter(|_| !diagnostics.has_errors()) else {
        return (None, diagnostics);
    };
    let mut clocks = domain::summary(&netlist, None);
    clocks.sort_by_key(|clock| std::cmp::Reverse(clock.register_bits + clock.memory_bits));
    let both = |port: &str| clocks.iter().filter(|it| it.port == port).count() > 1;
    let clocks: Vec<String> = (clocks.iter())
        .map(|clock| match !clock.rising && both(&clock.port) {
            true => format!("negedge {}", clock.port),
            false => clock.port.clone(),
        })
        .collect();
    let mut first = options.clone();
    first.elaborate.clocks = clocks.iter().take(1).cloned().collect();
    first.domain.clocks.clone_from(&first.elaborate.clocks);
    let (analysis, _) = super::analyze(&first, &mut SourceMap::new());
    let graph = analysis.map(|analysis| analysis.graph);
    let outline = Outline {
        netlist,
        clocks,
        reset: graph.as_ref().and_then(|graph| graph.reset.clone()),
        state: graph.and_then(|graph| Some(graph.states.first()?.name.clone())),
    };
    (Some(outline), diagnostics)
}
