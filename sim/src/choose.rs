//! Where the supply fails in a campaign.

use crate::campaign::CampaignOptions;
use crate::spec::{CycleLog, CycleOutcome};

/// Number of clocks in which a cycle boots, restores and does its first save.
pub(crate) fn boot_and_save(outcome: &CycleOutcome) -> u64 {
    let log = &outcome.log;
    let booted = log
        .stalls
        .first()
        .filter(|(from, _)| *from == 0)
        .map_or(0, |(_, to)| to + 2);
    let saved = log.commits.first().map_or(0, |commit| commit + 2);
    booted.max(saved).min(outcome.clocks)
}

/// The edges for single failures, and the stride.
pub(crate) fn single_clocks(base: &CycleOutcome, max_points: usize) -> (Vec<u64>, u64) {
    let stride = base.clocks.div_ceil(max_points.max(1) as u64).max(1);
    let mut clocks: Vec<u64> = (0..base.clocks).step_by(stride as usize).collect();
    if stride > 1 {
        let boot = base
            .log
            .stalls
            .first()
            .filter(|(from, _)| *from == 0)
            .map_or(0, |(_, to)| to + 2);
        let save_from = base
            .log
            .captures
            .first()
            .map_or(0, |(clock, _)| clock.saturating_sub(1));
        let save_to = base.log.commits.first().map_or(0, |commit| commit + 2);
        for (from, to) in [(0, boot), (save_from, save_to)] {
            let to = to.min(base.clocks);
            // The last edges of a long save, where the commit is, matter most.
            let every = (to.saturating_sub(from) as usize).div_ceil(max_points.max(1));
            clocks.extend((from..to).step_by(every.max(1)));
            clocks.extend(to.saturating_sub(max_points.min(16) as u64).max(from)..to);
        }
        clocks.sort_unstable();
        clocks.dedup();
    }
    (clocks, stride)
}

/// Edges for the first failure of a pair: in the boot, in a save before and at its commit, after it, and late in the run.
pub(crate) fn first_of_pair(base: &CycleOutcome) -> Vec<u64> {
    let commits = &base.log.commits;
    let mut clocks = Vec::new();
    for index in [0, 1, commits.len() / 2] {
        let Some(&commit) = commits.get(index) else {
            continue;
        };
        let capture = base
            .log
            .captures
            .iter()
            .map(|(clock, _)| *clock)
            .take_while(|clock| *clock <= commit)
            .last();
        clocks.extend([
            commit.saturating_sub(1),
            commit + 1,
            (capture.unwrap_or(commit) + commit) / 2,
        ]);
    }
    clocks.push(base.clocks.saturating_sub(1));
    clocks.retain(|clock| *clock < base.clocks);
    clocks.sort_unstable();
    clocks.dedup();
    clocks
}

/// How far runs may go behind the failure such that so many of them fit the budget; `None` if all can go on to the end. Never so little
/// that a run would end before the next two saves.
pub(crate) fn horizon(base: &CycleOutcome, options: &CampaignOptions, runs: usize) -> Option<u64> {
    if options.horizon.is_some() {
        return options.horizon;
    }
    let share = options.clock_budget / (runs as u64).max(1);
    // On average half of the recording lies behind a failure.
    if base.clocks / 2 <= share {
        return None;
    }
    let advances_per_run = share as f64 * base.advances as f64 / base.clocks.max(1) as f64;
    let between_saves = base.advances / (base.commits + 1);
    Some((advances_per_run as u64).max(64 + 2 * between_saves))
}

/// Saves that every run makes behind its last failure before the supply level may become full.
pub(crate) const SAVES: u64 = 2;

/// Share of the budget above which runs do without most of their saves. Each save has been made in the uninterrupted run already, and what
/// it leaves behind shows in the rest of that run as well.
const ALL_SAVES_SHARE: u64 = 8;

/// Whether runs do without most of their saves to leave the budget for other things: after how many saves the supply level becomes full. So
/// each run can go on to the end of the recording; without it, it would have to end earlier.
pub(crate) fn saves_per_run(
    base: &CycleOutcome,
    options: &CampaignOptions,
    runs: usize,
) -> Option<u64> {
    let share = options.clock_budget / ALL_SAVES_SHARE / (runs as u64).max(1);
    (base.clocks / 2 > share && base.commits > 2 * SAVES).then_some(SAVES)
}

/// The uninterrupted run as it would be with so many saves, for estimates.
pub(crate) fn with_saves(base: &CycleOutcome, saves: u64) -> CycleOutcome {
    let per_save = base.stall_clocks / (base.commits + 1);
    CycleOutcome {
        // Half of it is what a run takes on average, but not half of the boot and the saves.
        clocks: base.advances + 2 * (saves + 1) * per_save,
        commits: saves,
        log: CycleLog::default(),
        ..base.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::CycleEnd;
    use crate::tool::Simulator;

    /// Boots for 5 clocks, saves in clocks 100 to 119, runs for 1000.
    fn outcome() -> CycleOutcome {
        let log = CycleLog {
            captures: vec![(100, 95)],
            commits: vec![119],
            stalls: vec![(0, 4), (100, 119)],
            ..CycleLog::default()
        };
        CycleOutcome {
            end: CycleEnd::Reached,
            clocks: 1000,
            stall_clocks: 25,
            next_cycle: 975,
            resumed: false,
            advances: 975,
            commits: 1,
            error_flag: false,
            log,
        }
    }

    #[test]
    fn below_the_limit_every_edge_is_tried() {
        assert_eq!(single_clocks(&outcome(), 1000), ((0..1000).collect(), 1));
    }

    #[test]
    fn above_the_limit_boot_and_first_save_stay_complete() {
        let (clocks, stride) = single_clocks(&outcome(), 50);
        assert_eq!(stride, 20);
        let must: Vec<u64> = (0..6).chain(99..121).chain((0..1000).step_by(20)).collect();
        assert!(
            must.iter().all(|clock| clocks.contains(clock)),
            "{clocks:?}"
        );
        assert!(clocks.is_sorted() && clocks.len() < 80);
    }

    #[test]
    fn the_budget_limits_how_far_runs_go() {
        let options = CampaignOptions {
            clock_budget: 10_000,
            ..CampaignOptions::for_simulator(Simulator::Verilator)
        };
        assert_eq!(horizon(&outcome(), &options, 20), None);
        let frequent = CycleOutcome {
            commits: 100,
            ..outcome()
        };
        assert_eq!(horizon(&frequent, &options, 50), Some(195));
        assert_eq!(horizon(&frequent, &options, 5000), Some(64 + 2 * 9));
        assert_eq!(
            horizon(
                &frequent,
                &CampaignOptions {
                    horizon: Some(7),
                    ..options
                },
                5000
            ),
            Some(7)
        );
    }

    #[test]
    fn saves_are_left_out_only_where_time_is_short() {
        let options = CampaignOptions {
            clock_budget: 8 * 10_000,
            ..CampaignOptions::for_simulator(Simulator::Verilator)
        };
        // 90 of 100 clocks go into saves.
        let busy = CycleOutcome {
            clocks: 10_000,
            stall_clocks: 9000,
            advances: 1000,
            commits: 99,
            ..outcome()
        };
        assert_eq!(saves_per_run(&busy, &options, 2), None);
        assert_eq!(saves_per_run(&busy, &options, 10), Some(2));
        assert_eq!(saves_per_run(&outcome(), &options, 1000), None);
        let short = with_saves(&busy, 2);
        assert_eq!(short.clocks, 1000 + 2 * 3 * 90);
        assert_eq!(horizon(&short, &options, 80), None);
        assert!(horizon(&busy, &options, 80).is_some());
    }

    #[test]
    fn pairs_begin_around_commits_and_at_the_end() {
        assert_eq!(first_of_pair(&outcome()), [109, 118, 120, 999]);
        assert_eq!(boot_and_save(&outcome()), 121);
    }
}
