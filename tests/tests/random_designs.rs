use idetic_tests::random::{generate, testbench, Options, Stimulus};
#[test]
fn dump() {
    let dir = std::path::Path::new("/tmp/rnd");
    std::fs::create_dir_all(dir).unwrap();
    for seed in 0..200 {
        let g = generate(seed, &Options::default());
        std::fs::write(dir.join(format!("{seed}.v")), &g.text).unwrap();
        std::fs::write(dir.join(format!("{seed}_tb.v")), testbench(&g, &Stimulus::default())).unwrap();
    }
}
