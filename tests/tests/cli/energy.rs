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
                    let (takes, rest) = takes.split_once(", ").unwrap();
                    let (more, _) = rest.split_once(" more than a power cycle has, ").unwrap();
                    let sensible = takes.starts_with("more than") || more != "0 J";
                    assert!(sensible, "{}\n{text}", outcome.stderr);
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

/// The report of `insert` with this configuration.
fn report(text: &str) -> serde_json::Value {
    let bench = Bench::new(&[("idetic.toml", text)]);
    bench.succeeds(&["insert", "design.v", "-q", "-o", "out"]);
    let read = std::fs::read_to_string(bench.work().join("out/report.json")).unwrap();
    serde_json::from_str(&read).unwrap()
}

#[test]
fn the_width_of_words_is_the_cheapest_of_all() {
    let mut chosen = Vec::new();
    // What counts decides: narrow words waste no bits, wide ones no clocks.
    for weights in [
        "energy_weight = 1\nstall_weight = 0\narea_weight = 0\n",
        "energy_weight = 0\nstall_weight = 1\narea_weight = 0\n",
        "energy_weight = 1\nstall_weight = 1\narea_weight = 5\n",
    ] {
        let of = |bits: &str| {
            let nvm = format!("technology = \"fram\"\nword_bits = {bits}");
            report(&(configured("3.3e-6", &nvm) + "[plan]\n" + weights))
        };
        let auto = of("\"auto\"");
        let tried = auto["nvm"]["tried"].as_array().unwrap();
        assert_eq!(tried.len(), 4);
        let cost = |of: &serde_json::Value| of["cost"].as_f64().unwrap();
        let least = tried.iter().map(cost).fold(f64::INFINITY, f64::min);
        for width in tried {
            let bits = width["word_bits"].as_u64().unwrap();
            let alone = of(&bits.to_string());
            assert_eq!(alone["nvm"]["word_bits"], bits);
            assert!(alone["nvm"].get("tried").is_none());
            // The objective of its own plan, and with a weight of area the controller.
            let objective = alone["optimality"]["objective"].as_f64().unwrap();
            let controller = cost(width) - objective;
            match weights.contains("area_weight = 0") {
                true => assert!(controller.abs() <= 1e-5 * objective, "{bits}: {controller}"),
                false => assert!(controller > 0.0, "{bits}: {controller}"),
            }
            if auto["nvm"]["word_bits"] == bits {
                assert_eq!(cost(width), least);
                assert_eq!(auto["checkpoints"], alone["checkpoints"]);
                assert_eq!(auto["overhead"], alone["overhead"]);
                chosen.push(bits);
            }
        }
    }
    assert_eq!(chosen.len(), 3);
    assert!(chosen[0] < chosen[1], "{chosen:?}");
}

#[test]
fn a_width_that_does_not_fit_is_left_out() {
    let smallest = |bits: &str| {
        let nvm = format!("technology = \"fram\"\nword_bits = {bits}");
        let bench = Bench::new(&[("idetic.toml", &configured("1e-12", &nvm))]);
        recommended(&bench.refused(1, &["insert", "design.v"]).stderr)
    };
    let each = ["8", "64"].map(smallest);
    let (least, most) = (each[0].min(each[1]), each[0].max(each[1]));
    assert!(least < most * 0.99);
    assert_eq!(smallest("[8, 64]"), least);
    let nvm = "technology = \"fram\"\nword_bits = [8, 64]";
    let between = report(&configured(&format!("{least:e}"), nvm));
    let tried = between["nvm"]["tried"].as_array().unwrap();
    let refused = tried.iter().filter(|of| of.get("cost").is_none());
    assert_eq!(refused.count(), 1, "{tried:?}");
    let nvm = "technology = \"pcm_nvmain\"\nword_bits = \"auto\"";
    let bench = Bench::new(&[("idetic.toml", &configured("1e-6", nvm))]);
    let refusal = bench.refused(1, &["insert", "design.v"]).stderr;
    assert!(refusal.contains("words of one width"), "{refusal}");
}

#[test]
fn on_times_are_part_of_the_plan_and_of_the_report() {
    let of = |more: &str| {
        let text = configured("3.3e-6", "technology = \"fram\"");
        report(&text.replace("[nvm]", &format!("{more}\n[nvm]")))
    };
    let without = of("");
    assert!(without.get("failures").is_none());
    let objective = |of: &serde_json::Value| of["optimality"]["objective"].as_f64().unwrap();
    let often = of("on_time_seconds = 1e-3");
    let seldom = of("on_time_seconds = 5.0");
    assert!(objective(&without) < objective(&seldom) && objective(&seldom) < objective(&often));
    let policies = seldom["failures"]["policies"].as_array().unwrap();
    let names: Vec<&str> = policies
        .iter()
        .map(|of| of["policy"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["static", "threshold", "timer", "reactive"]);
    for policy in policies {
        assert!(policy["committed_cycles"].as_f64().unwrap() > 0.0);
        assert!(policy["energy_percent"].as_f64().unwrap() > 0.0);
    }
    // As much harvest as the design takes: the supply never fails.
    assert!(of("harvest_watts = 1.0").get("failures").is_none());
    // What is harvested at any time makes ways shorter.
    let worst = |of: &serde_json::Value| of["budget"]["worst_segment_joules"].as_f64().unwrap();
    assert!(worst(&of("least_harvest_watts = 1e-6")) < worst(&without));
    assert_eq!(worst(&of("harvest_watts = 1e-6")), worst(&without));
}

#[test]
fn the_policy_is_the_cheapest_of_those_named() {
    let of = |policy: &str, weights: &str| {
        let text = configured("3.3e-6", "technology = \"fram\"");
        let text = text.replace("[nvm]", "on_time_seconds = 2.0\n[nvm]");
        format!("{text}[plan]\npolicy = {policy}\n{weights}")
    };
    let mut chosen = Vec::new();
    for (named, weights) in [
        ("[\"static\", \"timer\"]", ""),
        ("[\"static\", \"threshold\", \"timer\", \"reactive\"]", ""),
        ("[\"threshold\", \"reactive\"]", "energy_weight = 0\n"),
    ] {
        let found = report(&of(named, weights));
        let own = found["overhead"]["policy"].as_str().unwrap().to_string();
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        let cost = |policy: &serde_json::Value| {
            let energy = if weights.is_empty() { 1.0 } else { 0.0 };
            energy * number(&policy["energy_percent"]) + number(&policy["added_cycles_percent"])
        };
        let policies = found["failures"]["policies"].as_array().unwrap();
        let named =
            |policy: &&serde_json::Value| named.contains(policy["policy"].as_str().unwrap());
        let least = policies
            .iter()
            .filter(named)
            .map(cost)
            .fold(f64::INFINITY, f64::min);
        let costs = policies
            .iter()
            .find(|it| it["policy"] == own.as_str())
            .map(cost);
        assert!(costs.unwrap() <= least * 1.001, "{own}: {costs:?}, {least}");
        chosen.push(own);
    }
    assert_eq!(chosen[0], "timer");
    // Nothing to choose by, and nothing to choose from.
    let text = of("[\"static\", \"timer\"]", "").replace("on_time_seconds = 2.0", "");
    for (text, message) in [
        (text.as_str(), "the supply is not known to fail"),
        (&of("[]", ""), "leaves no policy"),
        (&of("[\"statc\"]", ""), "did you mean `static`"),
        (&of("\"tmer\"", ""), "did you mean `timer`"),
        (
            "[plan]\npolicy = [\"static\", \"timer\"]\n",
            "needs `[energy]`",
        ),
    ] {
        let bench = Bench::new(&[("idetic.toml", text)]);
        let refusal = bench.refused(1, &["insert", "design.v"]).stderr;
        assert!(refusal.contains(message), "{refusal}");
    }
}
