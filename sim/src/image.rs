//! What survives a supply failure: the NVM, and the positions from which the design may continue.

use crate::design::Instrumented;
use crate::kept::{Cells, KeptMemory, RowWrite};
use crate::point::Torn;
use crate::rng::Rng;
use crate::spec::{BlankNvm, CycleOutcome};

/// Where the design continues after power-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Position {
    /// From logical cycle 0, without a restore.
    ColdStart,
    /// From this logical cycle, after a restore.
    Cycle(u64),
}

impl Position {
    /// The logical cycle that is due first.
    pub fn cycle(self) -> u64 {
        match self {
            Position::ColdStart => 0,
            Position::Cycle(cycle) => cycle,
        }
    }
}

/// An NVM at power-up, with the positions that are right for it, the likeliest first.
///
/// There is more than one where the failure hit the commit itself: then either outcome is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The words.
    pub nvm: Vec<u64>,
    /// The memories of the design that outlive a failure, in the order of [`Internals::kept`](crate::Internals::kept).
    pub kept: Vec<Cells>,
    /// The positions of which one must turn out.
    pub allowed: Vec<Position>,
}

fn word_mask(design: &Instrumented) -> u64 {
    u64::MAX >> (64 - design.nvm_word_bits)
}

impl Image {
    /// An NVM that was never written.
    pub fn blank(design: &Instrumented, contents: BlankNvm, seed: u64) -> Image {
        let mut rng = Rng::new(seed, "blank nvm");
        let mask = word_mask(design);
        let mut word = || match contents {
            BlankNvm::Zeros => 0,
            BlankNvm::Ones => mask,
            BlankNvm::Random => rng.next() & mask,
        };
        Image {
            nvm: (0..design.nvm_words).map(|_| word()).collect(),
            kept: (design.internals.kept.iter())
                .map(|memory| memory.programmed.clone())
                .collect(),
            allowed: vec![Position::ColdStart],
        }
    }
}

/// A power cycle that has been run, from which the images at supply failures follow. Asking in order of time costs little.
#[derive(Debug)]
pub(crate) struct PastCycle<'a> {
    image: &'a Image,
    position: Position,
    outcome: &'a CycleOutcome,
    /// Writes of the log that are in `nvm`.
    applied: usize,
    nvm: Vec<u64>,
    /// Changes of the log that are in `kept`.
    changed: usize,
    kept: Vec<Cells>,
}

impl<'a> PastCycle<'a> {
    /// A cycle that began with `image` and turned out to continue from `position`. `outcome` has its log.
    pub fn new(image: &'a Image, position: Position, outcome: &'a CycleOutcome) -> PastCycle<'a> {
        PastCycle {
            image,
            position,
            outcome,
            applied: 0,
            nvm: image.nvm.clone(),
            changed: 0,
            kept: image.kept.clone(),
        }
    }

    /// The logical cycle that is due before the edge `clock`.
    pub fn due(&self, clock: u64) -> u64 {
        self.position.cycle() + self.outcome.log.advances_before(clock)
    }

    /// The variants to try for a failure at the edge `clock`: whether a word or a row is being written there.
    pub fn variants(&self, design: &Instrumented, clock: u64) -> &'static [Torn] {
        let row = (design.internals.kept.iter()).any(|memory| !self.torn(memory, clock).is_empty());
        match row || self.outcome.log.pending_at(clock).is_some() {
            true => &Torn::ALL,
            false => &[Torn::None],
        }
    }

    /// The rows of a memory that the edge `clock` would have written.
    fn torn<'m>(&self, memory: &'m KeptMemory, clock: u64) -> &'m [RowWrite] {
        match self.outcome.log.advances_at(clock, self.outcome.clocks) {
            true => memory.due(self.due(clock)),
            false => &[],
        }
    }

    /// The memories when the supply fails before the edge `clock`.
    fn kept_at(
        &mut self,
        design: &Instrumented,
        clock: u64,
        torn: Torn,
        rng: &mut Rng,
    ) -> Vec<Cells> {
        let changes = &self.outcome.log.kept;
        let count = changes.partition_point(|change| change.clock < clock);
        if count < self.changed {
            self.changed = 0;
            self.kept.clone_from(&self.image.kept);
        }
        for change in &changes[self.changed..count] {
            if let Some(cells) = self.kept.get_mut(change.memory) {
                cells.set_binary(change.row, &change.data);
            }
        }
        self.changed = count;
        let mut kept = self.kept.clone();
        for (memory, cells) in design.internals.kept.iter().zip(&mut kept) {
            for write in self.torn(memory, clock) {
                let row = write.row as usize;
                match torn {
                    Torn::None | Torn::Old => {}
                    Torn::New => drop(cells.set_binary(row, &write.data)),
                    Torn::Random => {
                        for bit in 0..cells.width_bits() {
                            cells.set(row, bit, Some(rng.next() & 1 == 1));
                        }
                    }
                    Torn::Random2 => drop(cells.set_binary(row, &"x".repeat(cells.width_bits()))),
                }
            }
        }
        kept
    }

    /// The image left when the supply fails before the edge `clock`, as far as the cycle was run at most.
    pub fn image_at(
        &mut self,
        design: &Instrumented,
        clock: u64,
        torn: Torn,
        rng: &mut Rng,
    ) -> Image {
        let mut nvm = self.nvm_before(clock).to_vec();
        if let Some(pending) = self.outcome.log.pending_at(clock) {
            let word = &mut nvm[pending.address as usize];
            match torn {
                Torn::None | Torn::Old => {}
                Torn::New => *word = pending.data,
                Torn::Random | Torn::Random2 => *word = rng.next() & word_mask(design),
            }
        }
        Image {
            nvm,
            kept: self.kept_at(design, clock, torn, rng),
            allowed: self.positions_after(design, clock, torn),
        }
    }

    /// The words before the edge `clock`.
    fn nvm_before(&mut self, clock: u64) -> &[u64] {
        let writes = &self.outcome.log.writes;
        let count = writes.partition_point(|write| write.clock < clock);
        if count < self.applied {
            self.applied = 0;
            self.nvm.copy_from_slice(&self.image.nvm);
        }
        for write in &writes[self.applied..count] {
            self.nvm[write.address as usize] = write.data;
        }
        self.applied = count;
        &self.nvm
    }

    fn positions_after(&self, design: &Instrumented, clock: u64, torn: Torn) -> Vec<Position> {
        let log = &self.outcome.log;
        let capture_by = |limit: u64| {
            let count = log.captures.partition_point(|(at, _)| *at <= limit);
            count.checked_sub(1).map(|index| log.captures[index])
        };
        let commits = log.commits.partition_point(|at| *at < clock);
        let last_commit = commits.checked_sub(1).map(|index| log.commits[index]);
        // Until the design has advanced, nothing told which of several positions was restored.
        let base = match last_commit.and_then(capture_by) {
            Some((_, cycle)) => vec![Position::Cycle(cycle)],
            None if log.advances_before(clock) == 0 => self.image.allowed.clone(),
            None => vec![self.position],
        };
        let Some((capture_clock, cycle)) = capture_by(clock) else {
            return base;
        };
        if last_commit.is_some_and(|commit| commit >= capture_clock) {
            return base;
        }
        let captured = Position::Cycle(cycle);
        let is_commit_word = |address: u32| design.commit_word_addresses.contains(&address);
        // The word that commits is in, but the design has not said so yet.
        let since = log
            .writes
            .partition_point(|write| write.clock < capture_clock);
        let until = log
            .writes
            .partition_point(|write| write.clock < clock)
            .max(since);
        let silent_commit = log.writes[since..until]
            .iter()
            .any(|write| is_commit_word(write.address));
        let pending_commit = log
            .pending_at(clock)
            .is_some_and(|write| is_commit_word(write.address));
        let mut positions = base;
        if silent_commit || (pending_commit && torn == Torn::New) {
            positions.insert(0, captured);
        } else if pending_commit && matches!(torn, Torn::Random | Torn::Random2) {
            positions.push(captured);
        }
        let mut unique = Vec::new();
        for position in positions {
            if !unique.contains(&position) {
                unique.push(position);
            }
        }
        unique
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::design::Language;
    use crate::spec::{CycleEnd, CycleLog, WordWrite};

    fn design() -> Instrumented {
        Instrumented {
            file_list: PathBuf::from("x.f"),
            directory: PathBuf::from("."),
            wrapper: "x_idetic".to_string(),
            nvm_word_bits: 8,
            nvm_addr_bits: 4,
            nvm_words: 4,
            commit_word_addresses: vec![1, 3],
            language: Language::Verilog2005,
            internals: crate::design::Internals::default(),
        }
    }

    /// Captures cycle 7 at clock 10, writes word 0 at edge 11 and the commit word 1 from clock 12 to edge 14, commits at 15.
    fn outcome() -> CycleOutcome {
        let write = |clock, address, data| WordWrite {
            clock,
            address,
            data,
        };
        let log = CycleLog {
            requests: vec![write(11, 0, 0x11), write(12, 1, 0x22)],
            writes: vec![write(11, 0, 0x11), write(14, 1, 0x22)],
            reads: vec![0, 1],
            captures: vec![(10, 7)],
            commits: vec![15],
            resumes: Vec::new(),
            stalls: vec![(0, 2), (10, 15)],
            ..CycleLog::default()
        };
        CycleOutcome {
            end: CycleEnd::Reached,
            clocks: 30,
            stall_clocks: 9,
            next_cycle: 21,
            resumed: false,
            advances: 21,
            commits: 1,
            error_flag: false,
            log,
        }
    }

    fn after(clock: u64, torn: Torn) -> Image {
        let blank = Image::blank(&design(), BlankNvm::Zeros, 1);
        let outcome = outcome();
        let mut past = PastCycle::new(&blank, Position::ColdStart, &outcome);
        // Asking for a later time first must not matter.
        past.image_at(&design(), clock + 3, Torn::None, &mut Rng::new(2, "t"));
        past.image_at(&design(), clock, torn, &mut Rng::new(1, "t"))
    }

    #[test]
    fn before_the_commit_word_the_old_position_holds() {
        assert_eq!(
            after(5, Torn::None),
            Image {
                nvm: vec![0; 4],
                kept: Vec::new(),
                allowed: vec![Position::ColdStart]
            }
        );
        assert_eq!(
            after(11, Torn::New),
            Image {
                nvm: vec![0x11, 0, 0, 0],
                kept: Vec::new(),
                allowed: vec![Position::ColdStart]
            }
        );
        assert_eq!(
            after(12, Torn::Old),
            Image {
                nvm: vec![0x11, 0, 0, 0],
                kept: Vec::new(),
                allowed: vec![Position::ColdStart]
            }
        );
    }

    #[test]
    fn a_torn_commit_word_leaves_both_outcomes_open() {
        let both = [Position::ColdStart, Position::Cycle(7)];
        assert_eq!(after(13, Torn::Random).allowed, both);
        assert_eq!(after(14, Torn::New).allowed, [both[1], both[0]]);
        assert_eq!(after(14, Torn::New).nvm, [0x11, 0x22, 0, 0]);
    }

    #[test]
    fn after_the_commit_only_the_new_position_is_right() {
        assert_eq!(
            after(15, Torn::None).allowed,
            [Position::Cycle(7), Position::ColdStart]
        );
        assert_eq!(after(16, Torn::None).allowed, [Position::Cycle(7)]);
    }

    /// The row that the edge which does not come would have written is torn; stalled edges write none.
    #[test]
    fn rows_of_memories_that_outlive_failures_are_carried_and_torn() {
        let mut programmed = Cells::unknown(4, 2);
        assert!(programmed.set_binary(0, "0001") && programmed.set_binary(1, "0010"));
        let write = |cycle, row, data: &str| RowWrite {
            cycle,
            row,
            data: data.to_string(),
        };
        let mut design = design();
        design.internals.kept = vec![KeptMemory {
            path: "ram".to_string(),
            first_index: 0,
            programmed,
            // Cycle 2 is due before edge 5, cycle 7 before the stalled edges 10 to 15 and before 16.
            writes: vec![write(2, 1, "1010"), write(7, 0, "1111")],
        }];
        let mut outcome = outcome();
        outcome.log.kept = vec![crate::kept::RowChange {
            clock: 5,
            memory: 0,
            row: 1,
            data: "1010".to_string(),
        }];
        let blank = Image::blank(&design, BlankNvm::Zeros, 1);
        let mut past = PastCycle::new(&blank, Position::ColdStart, &outcome);
        let mut rows = |clock, torn| {
            let image = past.image_at(&design, clock, torn, &mut Rng::new(1, "t"));
            [0, 1].map(|row| image.kept[0].binary(row))
        };
        assert_eq!(rows(5, Torn::Old), ["0001", "0010"]);
        assert_eq!(rows(5, Torn::New), ["0001", "1010"]);
        assert_eq!(rows(5, Torn::Random2), ["0001", "xxxx"]);
        assert_eq!(rows(6, Torn::None), ["0001", "1010"]);
        assert_eq!(rows(12, Torn::New), ["0001", "1010"]);
        assert_eq!(rows(16, Torn::New), ["1111", "1010"]);
        // Going back in time forgets what came later.
        assert_eq!(rows(4, Torn::None), ["0001", "0010"]);
        let past = PastCycle::new(&blank, Position::ColdStart, &outcome);
        let tried = |clock| past.variants(&design, clock).len();
        assert_eq!([4, 5, 6, 10, 16].map(tried), [1, 4, 1, 1, 4]);
    }

    #[test]
    fn blank_contents_have_the_width_of_a_word() {
        assert_eq!(Image::blank(&design(), BlankNvm::Ones, 1).nvm, [0xff; 4]);
        assert!(
            Image::blank(&design(), BlankNvm::Random, 1)
                .nvm
                .iter()
                .all(|word| *word <= 0xff)
        );
    }
}
