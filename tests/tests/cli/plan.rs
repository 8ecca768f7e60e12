//! `[plan]` as users set it.

use std::fs;

use crate::bench::Bench;

/// No checkpoint saves more than is allowed; where that leaves a cycle without any, or forbids what is
/// forced, the bound is named.
#[test]
fn a_bound_on_saved_bits_is_kept() {
    let bench = Bench::new(&[]);
    let most = |limit: Option<u64>, more: &str| {
        let limit = limit.map_or(String::new(), |limit| format!("max_bits = {limit}\n"));
        bench.write(
            "idetic.toml",
            format!("[plan]\nmax_cycles = 1\n{limit}{more}").as_bytes(),
        );
        bench.run(&["insert", "design.v", "-o", "out"])
    };
    let saved = || -> Vec<(u64, String)> {
        let report = fs::read_to_string(bench.work().join("out/report.json")).unwrap();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let all = report["checkpoints"].as_array().unwrap().iter();
        all.map(|it| {
            let state = it["state"].as_u64().unwrap() as usize;
            let name = report["control"]["states"][state]["name"].as_str().unwrap();
            (it["saved_bits"].as_u64().unwrap(), name.to_string())
        })
        .collect()
    };
    assert_eq!(most(None, "").code, 0);
    let (free, state) = saved().into_iter().max().unwrap();
    assert!(free > 0);
    assert_eq!(most(Some(free), "").code, 0);
    let refused = most(Some(free - 1), "");
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("`max_bits` under `[plan]`"),
        "{}",
        refused.stderr
    );
    let forced = most(Some(free - 1), &format!("forced = [\"{state}\"]\n"));
    assert!(forced.stderr.contains("error[E0501]"), "{}", forced.stderr);
    let named = format!("`{state}` saves {free} bits, more than {}", free - 1);
    assert!(forced.stderr.contains(&named), "{}", forced.stderr);
}
