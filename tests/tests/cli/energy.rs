//! Plans under an energy budget, as their users meet them.

use crate::bench::Bench;

fn configured(farads: &str, nvm: &str) -> String {
    format!(
        "[energy]\ncapacitor_farads = {farads}\non_volts = 3.0\noff_volts = 1.8\n\
         clock_hz = 1e6\n[nvm]\n{nvm}\n"
    )
}

/// The capacitor that a refusal recommends, in farads.
fn recommended(refusal: &str) -> f64 {
    let (_, rest) = refusal.split_once(" that will do is ").expect("a help");
    let mut words = rest.split([' ', ';', '\n']);
    let number: f64 = words.next().unwrap().parse().unwrap();
    let unit = words.next().unwrap();
    let size = match unit {
        "pF" => 1e-12,
        "nF" => 1e-9,
        "µF" => 1e-6,
        other => panic!("{other}"),
    };
    number * size
}

#[test]
fn the_smallest_budget_is_accepted_and_less_is_refused() {
    for (nvm, forced) in [
        ("technology = \"fram\"", ""),
        ("technology = \"pcm_nvmain\"\nword_bits = 16", ""),
        ("technology = \"fram\"", "[plan]\nmax_cycles = 2\n"),
    ] {
        let text = |farads: f64| configured(&format!("{farads:e}"), nvm) + forced;
        let bench = Bench::new(&[("idetic.toml", &text(1e-12))]);
        let refusal = bench.refused(1, &["insert", "design.v"]).stderr;
        assert!(refusal.contains("E0501"), "{refusal}");
        assert!(refusal.contains("note: along state="), "{refusal}");
        let smallest = recommended(&refusal);
        bench.write("idetic.toml", text(smallest).as_bytes());
        bench.succeeds(&["insert", "design.v", "-q"]);
        bench.write("idetic.toml", text(smallest * 0.98).as_bytes());
        let refusal = bench
            .refused(1, &["insert", "design.v", "-o", "less"])
            .stderr;
        assert_eq!(recommended(&refusal), smallest);
    }
}

#[test]
fn a_cheaper_technology_is_recommended() {
    let bench = Bench::new(&[(
        "idetic.toml",
        &configured("3e-7", "technology = \"nor_flash\"\nsave_joules = 1e-4"),
    )]);
    let refusal = bench.refused(1, &["insert", "design.v"]).stderr;
    assert!(refusal.contains("technology `fram` will do"), "{refusal}");
}

#[test]
fn reports_have_joules_with_their_sources() {
    let bench = Bench::new(&[(
        "idetic.toml",
        &configured("3.3e-6", "technology = \"fram\""),
    )]);
    bench.succeeds(&["insert", "design.v", "-q", "-o", "out"]);
    let read = |name: &str| std::fs::read_to_string(bench.work().join("out").join(name)).unwrap();
    let report: serde_json::Value = serde_json::from_str(&read("report.json")).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let budget = &report["budget"];
    assert!((number(&budget["usable_joules"]) - 9.504e-6).abs() < 1e-10);
    assert!(number(&budget["worst_segment_joules"]) <= number(&budget["usable_joules"]));
    for checkpoint in report["checkpoints"].as_array().unwrap() {
        // At least its words: a word of FRAM is 9.28 nJ.
        let words = number(&checkpoint["written_words"]);
        assert!(number(&checkpoint["save_joules"]) > 9e-9 * words.min(6.0));
        assert!(number(&checkpoint["restore_joules"]) > 0.0);
        // With all of it left a save may be skipped.
        assert!(number(&checkpoint["threshold"]) < 255.0);
    }
    assert!(number(&report["baseline"]["save_joules"]) > 0.0);
    assert!(
        report["overhead"]["area_source"]
            .as_str()
            .unwrap()
            .starts_with("estimate")
    );
    assert!(number(&report["optimality"]["gap_percent"]) < 50.0);
    assert!(read("report.html").contains("<svg class=\"energy\""));
    let text = read("report.txt");
    for part in [
        "3.30 µF, 9.50 µJ usable",
        "from a restore to the next commit",
        "system level",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    // The proof is about the same plan.
    bench.succeeds(&["prove", "design.v", "-q"]);
}

#[test]
fn figures_that_mean_nothing_are_refused() {
    for (text, part) in [
        (
            "[nvm]\ntechnology = \"fram\"\n",
            "without a section `[energy]`",
        ),
        (
            "[plan]\nenergy_weight = 2\n",
            "without a section `[energy]`",
        ),
        (&configured("1e-6", ""), "needs a non-volatile memory"),
        (
            &configured("-1e-6", "technology = \"fram\""),
            "is not from 1e-18 to",
        ),
        (
            &configured("1e-6", "technology = \"from\""),
            "did you mean `fram`?",
        ),
        (
            &configured("1e-6", "technology = \"nor_flash\""),
            "do not give save_joules",
        ),
        (
            &configured(
                "1e-6",
                "technology = \"fram\"\nwrite_joules_per_bit = 1\nwrite_joules_per_word = 1",
            ),
            "both `write_joules_per_word` and",
        ),
        (
            &configured("1e-6", "technology = \"fram\"").replace("1.8", "3.8"),
            "is not below `on_volts",
        ),
        (
            &configured("1e-6", "technology = \"fram\"").replace("clock_hz", "clok_hz"),
            "did you mean `clock_hz`?",
        ),
    ] {
        let bench = Bench::new(&[("idetic.toml", text)]);
        let refusal = bench.refused(1, &["insert", "design.v"]).stderr;
        assert!(
            refusal.contains("E0701") && refusal.contains(part),
            "{part} in\n{refusal}"
        );
        assert!(refusal.contains("idetic.toml:"), "{refusal}");
    }
}

/// No figure makes the arithmetic of a plan run over: it is refused, or what is said is so.
#[test]
fn extreme_figures_are_refused_or_planned_with() {
    let usual = configured("1e-6", "technology = \"fram\"");
    for (from, to, part) in [
        (
            "= 1e-6",
            "= 1e300",
            "`capacitor_farads = 1e300` is not from",
        ),
        (
            "= 1e-6",
            "= 1e-300",
            "`capacitor_farads = 1e-300` is not from",
        ),
        (
            "off_volts = 1.8",
            "off_volts = 2.9999999999999996",
            "a power cycle has less than 1 aJ",
        ),
        (
            "= 1e-6",
            "= 2.0",
            "has 5.76 J; plans are made for up to 4.00 J",
        ),
        (
            "on_volts = 3.0",
            "on_volts = 3e200",
            "`on_volts = 3e200` is not from",
        ),
        (
            "on_volts = 3.0",
            "on_volts = nan",
            "`on_volts = NaN` is not from",
        ),
        (
            "off_volts = 1.8",
            "off_volts = -1.8",
            "`off_volts = -1.8` is not from",
        ),
        ("= 1e6", "= 1e-300", "`clock_hz = 1e-300` is not from"),
        ("= 1e6", "= inf", "`clock_hz = inf` is not from"),
        (
            "[nvm]",
            "cycle_joules = 5.0\n[nvm]",
            "`cycle_joules = 5.0` is not from",
        ),
        (
            "[nvm]",
            "state_joules = { x = 0 }\n[nvm]",
            "`state_joules = 0.0` is not from",
        ),
        (
            "[nvm]",
            "[nvm]\nsave_seconds = 1e9",
            "`save_seconds = 1000000000.0` is not from",
        ),
        (
            "[nvm]",
            "[nvm]\nsave_joules = 1e9",
            "`save_joules = 1000000000.0` is not from",
        ),
        (
            "[energy]",
            "[plan]\nstall_weight = 1e300\n[energy]",
            "`stall_weight = 1e300` is not",
        ),
    ] {
        let text = usual.replacen(from, to, 1);
        let bench = Bench::new(&[("idetic.toml", &text)]);
        let refusal = bench.refused(1, &["insert", "design.v"]).stderr;
        assert!(
            refusal.contains("E0701") && refusal.contains(part),
            "{part} in\n{refusal}"
        );
        assert!(
            refusal.contains("idetic.toml:") && refusal.contains("= help: "),
            "{refusal}"
        );
    }
    // What the help for the largest supply says is taken.
    let bench = Bench::new(&[("idetic.toml", &usual.replace("= 1e-6", "= 2.0"))]);
    let refusal = bench.refused(1, &["insert", "design.v"]).stderr;
    let (_, rest) = refusal.split_once("`capacitor_farads = ").unwrap();
    let farads = rest.split('`').next().unwrap();
    bench.write("idetic.toml", usual.replace("1e-6", farads).as_bytes());
    bench.succeeds(&["insert", "design.v", "-q"]);
    // At the edges of the ranges nothing runs over.
    for (more, nvm) in [
        (
            "cycle_joules = 4.0\nstall_joules = 4.0",
            "read_joules_per_word = 4.0\nsave_joules = 4.0",
        ),
        ("cycle_joules = 4.0", ""),
        (
            "leakage_watts = 1e3",
            "write_seconds_per_word = 100.0\nsave_seconds = 100.0",
        ),
        ("power_watts = 1e-18", "write_joules_per_word = 0.0"),
    ] {
        for clock in ["1", "1e11"] {
            for farads in [farads, "2e-18"] {
                let text = configured(farads, &format!("technology = \"fram\"\n{nvm}"))
                    .replace("clock_hz = 1e6", &format!("clock_hz = {clock}\n{more}"));
                bench.write("idetic.toml", text.as_bytes());
                let outcome = bench.run(&["insert", "design.v", "-q", "-o", "edges"]);
                assert!([0, 1].contains(&outcome.code), "{}\n{text}", outcome.stderr);
                if let Some((_, takes)) = outcome.stderr.split_once("save takes ") {
                    let (takes, has) = takes.split_once(", and a power cycle has ").unwrap();
                    assert_ne!(
                        Some(takes),
                        has.lines().next(),
                        "{}\n{text}",
                        outcome.stderr
                    );
                }
            }
        }
    }
}

/// The other signals of `design.v`.
const FULL: &str = "$var wire 1 # rst $end
$var wire 1 $ start $end
$var wire 8 % a $end
$var wire 2 & state $end
$var wire 8 ' n $end
$upscope $end
$upscope";

#[test]
fn recordings_that_do_not_fit_are_refused_with_what_to_do() {
    const VCD: &str = "$timescale 1ns $end
$scope module tb $end
$scope module dut $end
$var wire 1 ! clk $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
0!
#5
1!
";
    let energy = |more: &str| {
        let text = configured("1e-6", "technology = \"fram\"");
        text.replace("clock_hz", &format!("{more}\nclock_hz"))
    };
    let mut all = String::new();
    for more in [
        "activity_waveform = \"missing.vcd\"",
        "activity_waveform = \"design.v\"",
        "activity_waveform = \"run.vcd\"",
        "activity_waveform = \"run.vcd\"\nactivity_scope = \"tb.dot\"",
        "activity_waveform = \"run.vcd\"\nactivity_scope = \"tb.dut\"",
        "activity_scope = \"tb.dut\"",
    ] {
        let text = energy(more);
        let bench = Bench::new(&[("idetic.toml", &text), ("run.vcd", VCD)]);
        all += &bench.refused(1, &["insert", "design.v"]).stderr;
        all += "\n";
    }
    // The reader panics at it.
    let text = energy("activity_waveform = \"run.vcd\"");
    let damaged = VCD.replace("0!\n", "0!\nb0\u{fc}1 %\n");
    let full = damaged.replace("$upscope $end\n$upscope", FULL);
    let bench = Bench::new(&[("idetic.toml", &text), ("run.vcd", &full)]);
    all += &bench.refused(1, &["insert", "design.v"]).stderr;
    insta::assert_snapshot!(all);
}
