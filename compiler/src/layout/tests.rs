use super::*;
use crate::control::StateId;
use crate::liveness::Constants;
use crate::netlist::Instance;
use crate::netlist::testing::Builder;
use crate::plan::{Checkpoint, Cold, Optimality};

/// Registers `(name, width, instance)`, instances given by their parents.
fn design(parents: &[u32], registers: &[(&str, u32, u32)]) -> Netlist {
    let mut b = Builder::new();
    for &(name, width, _) in registers {
        b.register(name, width, None);
    }
    for (index, &parent) in parents.iter().enumerate() {
        let top = b.netlist.instances[0].clone();
        b.netlist.instances.push(Instance {
            name: format!("u{}", index + 1),
            path: format!("u{}", index + 1),
            parent: Some(InstanceId(parent)),
            ..top
        });
    }
    for (index, &(_, _, instance)) in registers.iter().enumerate() {
        b.netlist.registers[index].origin.instance = InstanceId(instance);
    }
    b.finish()
}

fn plan(bits: &BitIndex, saved: &[&[usize]]) -> Plan {
    let checkpoint = |(state, list): (usize, &&[usize])| {
        let mut saved = BitSet::new(bits.len());
        for &bit in *list {
            saved.insert(bit);
        }
        Checkpoint {
            state: StateId(state as u32),
            derived: Default::default(),
            given: Constants::none(saved.capacity()),
            told: BitSet::new(saved.capacity()),
            saved,
            memories: BitSet::new(0),
        }
    };
    Plan {
        rewrites: Default::default(),
        checkpoints: saved.iter().enumerate().map(checkpoint).collect(),
        longest_segment_cycles: 1,
        longest_segment: Vec::new(),
        optimality: Optimality {
            method: "test",
            objective: 0.0,
            lower_bound: 0.0,
            counted_saves: 1.0,
        },
        worst_segment: None,
        failures: None,
        without_save: Vec::new(),
        cold: Cold {
            bits: BitSet::new(bits.len()),
            memories: BitSet::new(0),
        },
    }
}

#[test]
fn subtrees_are_contiguous_and_own_bits_come_first() {
    // Top 0 with children 1 and 3; 2 is a child of 1.
    let registers = [("a", 2, 2), ("b", 2, 3), ("c", 1, 0), ("d", 1, 1)];
    let netlist = design(&[0, 1, 0], &registers);
    let bits = BitIndex::new(&netlist);
    let plan = plan(&bits, &[&[0, 1, 2, 3, 4, 5]]);
    let layout = layout(&netlist, &plan, &bits, &LayoutOptions::default());
    let order: Vec<u32> = layout.segments.iter().map(|s| s.instance.0).collect();
    assert_eq!(order, [0, 1, 2, 3]);
    let chain: Vec<(u32, u32)> = layout.chain.iter().map(|&(r, bit)| (r.0, bit)).collect();
    assert_eq!(chain, [(2, 0), (3, 0), (0, 0), (0, 1), (1, 0), (1, 1)]);
    assert_eq!((layout.words, layout.slot_words), (1, 5));
}

#[test]
fn bits_saved_together_stand_together() {
    // Checkpoint 0 saves x[3:0] and z, checkpoint 1 x[7:4] and y.
    let netlist = design(&[], &[("x", 8, 0), ("y", 4, 0), ("z", 4, 0)]);
    let bits = BitIndex::new(&netlist);
    let first: Vec<usize> = (0..4).chain(12..16).collect();
    let second: Vec<usize> = (4..12).collect();
    let plan = plan(&bits, &[&first, &second]);
    let options = LayoutOptions {
        word_bits: 8,
        ..LayoutOptions::default()
    };
    let layout = layout(&netlist, &plan, &bits, &options);
    assert_eq!(layout.words, 2);
    let words: Vec<Vec<usize>> = layout
        .live_words
        .iter()
        .map(|s| s.iter().collect())
        .collect();
    assert_eq!(words, [vec![0], vec![1]]);
    // Id and CRC take four words of eight bits each.
    assert_eq!(layout.slot_words, 4 + 1 + 2 + 4 + 1);
}

#[test]
fn what_cannot_be_selected_is_saved_whole() {
    let mut netlist = design(&[], &[("s", 6, 0), ("t", 6, 0)]);
    netlist.registers[0].origin.bits = BitNaming::Whole;
    let bits = BitIndex::new(&netlist);
    let plan = plan(&bits, &[&[2, 8]]);
    let layout = layout(&netlist, &plan, &bits, &LayoutOptions::default());
    let chain: Vec<(u32, u32)> = layout.chain.iter().map(|&(r, bit)| (r.0, bit)).collect();
    assert_eq!(
        chain,
        [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 2)]
    );
}

#[test]
fn the_id_depends_on_design_and_layout() {
    let netlist = design(&[], &[("x", 8, 0)]);
    let bits = BitIndex::new(&netlist);
    let id = |saved: &[usize], seed: &str, word_bits| {
        let options = LayoutOptions {
            seed: seed.to_owned(),
            word_bits,
            ..LayoutOptions::default()
        };
        layout(&netlist, &plan(&bits, &[saved]), &bits, &options).id
    };
    let base = id(&[0, 1], "one", 32);
    assert_eq!(base, id(&[0, 1], "one", 32));
    assert_ne!(base, id(&[0, 2], "one", 32));
    assert_ne!(base, id(&[0, 1], "two", 32));
    assert_ne!(base, id(&[0, 1], "one", 16));
}

#[test]
fn nothing_saved_still_has_a_word() {
    let netlist = design(&[], &[("x", 8, 0)]);
    let bits = BitIndex::new(&netlist);
    let layout = layout(
        &netlist,
        &plan(&bits, &[&[]]),
        &bits,
        &LayoutOptions::default(),
    );
    assert_eq!((layout.words, layout.chain.len()), (1, 0));
    assert_eq!(layout.live_words[0].count(), 0);
}

#[test]
fn given_bits_come_last_and_unsaved_words_have_their_constants() {
    let netlist = design(&[], &[("s", 3, 0), ("d", 8, 0)]);
    let bits = BitIndex::new(&netlist);
    let mut plan = plan(&bits, &[&[3, 4, 5, 6, 7, 8, 9, 10], &[]]);
    for (checkpoint, value) in plan.checkpoints.iter_mut().zip([0b101, 0b110]) {
        for bit in 0..3 {
            checkpoint.given.insert(bit, value >> bit & 1 == 1);
        }
    }
    let options = LayoutOptions {
        word_bits: 8,
        ..LayoutOptions::default()
    };
    let layout = layout(&netlist, &plan, &bits, &options);
    let registers: Vec<u32> = layout
        .chain
        .iter()
        .map(|&(register, _)| register.0)
        .collect();
    assert_eq!(registers, [[1; 8].as_slice(), &[0; 3]].concat());
    let live = |at: usize| layout.live_words[at].iter().collect::<Vec<_>>();
    assert_eq!((live(0), live(1)), (vec![0], vec![]));
    let word = |value| vec![ChainWord { word: 1, value }];
    assert_eq!(layout.given, [word(0b101), word(0b110)]);
}

#[test]
fn what_is_derived_is_taken_from_where_its_sources_are_by_then() {
    use crate::liveness::Formula;
    let netlist = design(&[], &[("a", 8, 0), ("b", 12, 0), ("c", 3, 0)]);
    let bits = BitIndex::new(&netlist);
    let first: Vec<usize> = (0..8).collect();
    let mut plan = plan(&bits, &[&first, &[]]);
    let derived: crate::plan::Derived = (8..20)
        .map(|bit| (bit, Formula::same((bit - 8) % 8, bit == 9)))
        .collect();
    plan.checkpoints[0].derive(derived);
    let options = LayoutOptions {
        word_bits: 8,
        ..LayoutOptions::default()
    };
    let laid_out = layout(&netlist, &plan, &bits, &options);
    // 20 bits: two words and a half, of which the first is read.
    assert_eq!(laid_out.words, 3);
    assert_eq!(laid_out.live_words[0].iter().collect::<Vec<_>>(), [0]);
    let places: Vec<(usize, &Formula)> = (laid_out.derived[0].iter())
        .map(|bit| (bit.place, &bit.is))
        .collect();
    assert_eq!(places.len(), 12);
    // When word 1 is due, word 0 stands in the place of word 2; when word 2 is due, in that of word 1.
    assert_eq!(places[0], (8, &Formula::Bit(16)));
    assert_eq!(places[1], (9, &Formula::same(17, true)));
    assert_eq!(places[7], (15, &Formula::Bit(23)));
    assert_eq!(places[8], (16, &Formula::Bit(8)));
    // A source in a later word, or in one that is not read, does not come in time.
    let checkpoint = &mut plan.checkpoints[0];
    checkpoint.derived.insert(8, Formula::Bit(16));
    checkpoint.derived.insert(10, Formula::Bit(9));
    let all = laid_out.places(&bits);
    let (_, impossible) = laid_out.derived(0, &plan.checkpoints[0], &all, |_| true);
    assert_eq!(impossible, [8, 10]);
    // Nor does what the wrapper cannot see on its way.
    let (_, impossible) = laid_out.derived(0, &plan.checkpoints[0], &all, |it| it != RegId(1));
    assert!(impossible.contains(&16) && !impossible.contains(&12));
    let id = laid_out.id;
    plan.checkpoints[0]
        .derived
        .insert(8, Formula::same(0, true));
    plan.checkpoints[0].derived.insert(10, Formula::Bit(2));
    assert_ne!(layout(&netlist, &plan, &bits, &options).id, id);
}
