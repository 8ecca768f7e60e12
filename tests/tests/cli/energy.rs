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
            "not a number above 0",
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
            "not from 0 to below",
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
