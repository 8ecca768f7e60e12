//! `report.html` as a person meets it, in a real browser: what is drawn, in narrow and wide windows, in light and dark,
//! what the keyboard reaches and what a screen reader is told. Reports broken on purpose show that each fault is seen.
//!
//! With `IDETIC_SCREENSHOTS=DIR` the pages are also written there as pictures, to be looked at.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod chromium;
mod designs;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use chromium::{Browser, url};

/// Looks at the page as it is drawn.
const LOOK: &str = include_str!("look.js");

/// Windows: a telephone's, and a desk's.
const SIZES: [(u32, u32); 2] = [(400, 800), (1400, 900)];

/// What is wrong with a page: a word for the kind of fault, and where. Empty if nothing is.
fn faults(browser: &mut Browser, file: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    browser.show(SIZES[1], "light");
    for event in browser.open(file) {
        match event["method"].as_str().unwrap_or_default() {
            "Runtime.consoleAPICalled" | "Runtime.exceptionThrown" | "Log.entryAdded" => {
                faults.push(format!("console: {}", event["params"]));
            }
            "Network.requestWillBeSent" => {
                let asked = event["params"]["request"]["url"].as_str().unwrap();
                if asked != url(file) && !asked.starts_with("data:") {
                    faults.push(format!("network: {asked}"));
                }
            }
            _ => {}
        }
    }
    let before = faults.len();
    for size in SIZES {
        for scheme in ["light", "dark"] {
            browser.show(size, scheme);
            let found = browser.evaluate(LOOK);
            let found = found.as_array().unwrap().iter();
            let found = found
                .map(|fault| format!("{} ({} wide, {scheme})", fault.as_str().unwrap(), size.0));
            faults.extend(found.take(10));
            screenshot(browser, file, &format!("{}-{scheme}", size.0));
        }
    }
    browser.show(SIZES[1], "light");
    if faults.len() == before {
        faults.extend(told(browser));
        faults.extend(tabbed(browser));
    }
    faults
}

/// What is wrong with what a screen reader is told.
fn told(browser: &mut Browser) -> Vec<String> {
    let nodes = browser.accessible();
    let text = |value: &Value| {
        value["value"]
            .as_str()
            .unwrap_or_default()
            .trim()
            .to_string()
    };
    let of = |role: &str| {
        nodes
            .iter()
            .filter(|node| text(&node["role"]) == role)
            .count()
    };
    let mut faults = Vec::new();
    for node in &nodes {
        let (role, name) = (text(&node["role"]), text(&node["name"]));
        let mut properties = node["properties"].as_array().into_iter().flatten();
        let focusable =
            properties.any(|it| it["name"] == "focusable" && it["value"]["value"] == true);
        let named = matches!(
            role.as_str(),
            "image" | "region" | "navigation" | "heading" | "link"
        );
        if (focusable || named) && name.is_empty() {
            faults.push(format!("nameless: a {role}"));
        }
    }
    let count = |selector: &str| format!("document.querySelectorAll({selector:?}).length");
    for (role, selector) in [
        ("image", "svg"),
        ("table", "table"),
        ("main", "main"),
        ("columnheader", "th[scope=col]"),
        ("link", "a[href]"),
    ] {
        let there = browser.evaluate(&count(selector));
        if there != of(role) {
            faults.push(format!("untold: {} of {there} as {role}", of(role)));
        }
    }
    faults
}

/// What is wrong with going through the page by the Tab key.
fn tabbed(browser: &mut Browser) -> Vec<String> {
    const CAN: &str = "a[href], button, input, select, summary, [tabindex='0']";
    let all = browser.evaluate(&format!(
        "document.querySelectorAll({CAN:?}).forEach((it, at) => it.dataset.at = at); \
         scrollTo(0, 0); document.querySelectorAll({CAN:?}).length"
    ));
    let all = all.as_u64().unwrap();
    let mut faults = Vec::new();
    let mut met = BTreeSet::new();
    for _ in 0..all + 5 {
        browser.press("Tab", 9);
        let at = browser.evaluate(
            "(() => { const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it); \
             return { at: it.dataset.at ?? null, seen: box.bottom > 0 && box.top < innerHeight && box.width > 0, \
             ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, \
             name: it.getAttribute('aria-label') ?? it.textContent }; })()",
        );
        let Some(number) = at["at"].as_str() else {
            continue;
        };
        met.insert(number.to_string());
        if at["seen"] != true || at["ring"] != true {
            faults.push(format!("focus: not seen on {}", at["name"]));
        }
        if at["name"].as_str().unwrap_or_default().trim().is_empty() {
            faults.push("nameless: what Tab reaches".to_string());
        }
    }
    if met.len() as u64 != all {
        faults.push(format!("unreachable: Tab meets {} of {all}", met.len()));
    }
    // What scrolls does so by the arrow keys.
    let scrolled = browser.evaluate(
        "(() => { const it = [...document.querySelectorAll('.scroll')].find(it => it.scrollHeight > it.clientHeight + 20); \
         it?.scrollTo(0, 0); it?.focus(); return Boolean(it); })()",
    );
    if scrolled == true {
        browser.press("ArrowDown", 40);
        let moved = browser.evaluate(
            "new Promise(done => setTimeout(() => done(document.activeElement.scrollTop > 0), 500))",
        );
        if moved != true {
            faults.push("unreachable: an arrow key does not scroll".to_string());
        }
    }
    faults
}

/// A picture of the whole page, if pictures are asked for.
fn screenshot(browser: &mut Browser, file: &Path, view: &str) {
    let Some(folder) = std::env::var_os("IDETIC_SCREENSHOTS") else {
        return;
    };
    let taken = browser.call(
        "Page.captureScreenshot",
        json!({"captureBeyondViewport": true, "fromSurface": true}),
    );
    let name = file.file_stem().unwrap().to_string_lossy();
    let path = Path::new(&folder).join(format!("{name}-{view}.png"));
    fs::write(path, base64(taken["data"].as_str().unwrap())).unwrap();
}

/// The bytes of a text in base 64.
fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text
        .bytes()
        .filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for digit in digits {
        held = held << 6 | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}

#[test]
fn reports_of_all_sizes_are_seen_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = Browser::start();
    for design in designs::all(folder.path()) {
        let page = design.page();
        let found = faults(&mut browser, &page);
        assert!(found.is_empty(), "{}: {found:#?}", design.name);
        // Nothing is left out: a row for each state and register.
        let rows = |label: &str| {
            format!("document.querySelectorAll('[aria-label=\"{label}\"] tbody tr').length")
        };
        assert_eq!(browser.evaluate(&rows("Table of states")), design.states);
        assert_eq!(
            browser.evaluate(&rows("Table of registers")),
            design.registers
        );
        let headings = browser
            .evaluate("[...document.querySelectorAll('h2')].map(it => it.innerText).join(', ')");
        let energy = if design.energy { "Energy, " } else { "" };
        assert_eq!(
            headings,
            format!(
                "Key figures, Checkpoints, {energy}Other plans, Comparison, Control graph, \
                 Bits per state, Live registers, States, Registers"
            )
        );
        // A dot for each plan in each chart, the chosen one larger than the others.
        let dots =
            "[...document.querySelectorAll('.plan')].map(it => it.getBoundingClientRect().width)";
        let plans = browser.evaluate(&rows("Table of the Pareto front"));
        let charts = if design.energy { 3 } else { 2 };
        let drawn = browser.evaluate(&format!("{dots}.length"));
        assert_eq!(drawn.as_u64().unwrap(), plans.as_u64().unwrap() * charts);
        let large = browser.evaluate(&format!("{dots}.filter(width => width > 12).length"));
        assert_eq!(large, charts);
        let marked = browser.evaluate("document.querySelectorAll('.graph .checkpoint').length");
        assert!(marked.as_u64().unwrap() > 0, "{}", design.name);
    }
}

/// A report with a fault, and the word for it.
fn broken(page: &str, kind: &str) -> String {
    let style = |rule: &str| page.replacen("</style>", &format!("{rule}</style>"), 1);
    let body = |text: &str| page.replacen("<main>", &format!("<main>{text}"), 1);
    match kind {
        "console" => body("<script>console.error('lost')</script>"),
        "network" => body("<img src=\"http://127.0.0.1:9/x.png\" alt=\"\" width=\"1\">"),
        "contrast" => style("@media (prefers-color-scheme: dark) { :root { --soft: #444b55; } }"),
        "overlap" => {
            style("#states { display: block; } section:has(#states) { margin-top: -12rem; }")
        }
        "empty" => style("section:has(#registers) { max-height: 0; overflow: hidden; }"),
        "wide" => style("main { width: 900px; }"),
        "clipped" => style(
            "svg.bits { width: 320px; height: 100px; overflow: hidden; } svg.bits text.name { transform: translateX(300px); }",
        ),
        "unseen" => style("h2#states { visibility: hidden; }"),
        "small" => style("p.note { font-size: 7px; }"),
        "covered" => style("svg.graph text.number { transform: translateY(9px); }"),
        "unnamed" => page.replace("role=\"img\"", ""),
        "untitled" => page
            .replacen("<title>Live bits of", "<desc>Live bits of", 2)
            .replacen("bits</title>", "bits</desc>", 1),
        "nameless" => page.replacen("aria-label=\"Table of states\"", "", 1),
        "unreachable" => body("<span role=\"button\" tabindex=\"-1\">more</span>"),
        "focus" => style(":focus-visible { outline: none; }"),
        "headings" => page.replacen("<h2 id=\"states\">", "<h4 id=\"states\">", 1),
        other => panic!("no report is broken by {other}"),
    }
}

#[test]
fn each_fault_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let design = designs::small(folder.path());
    let page = fs::read_to_string(design.page()).unwrap();
    let mut browser = Browser::start();
    for kind in [
        "console",
        "network",
        "contrast",
        "overlap",
        "empty",
        "wide",
        "clipped",
        "unseen",
        "small",
        "covered",
        "unnamed",
        "untitled",
        "nameless",
        "unreachable",
        "focus",
        "headings",
    ] {
        let text = broken(&page, kind);
        assert!(text != page, "{kind} changes nothing");
        let file = folder.path().join(format!("{kind}.html"));
        fs::write(&file, text).unwrap();
        let found = faults(&mut browser, &file);
        let mut own = found
            .iter()
            .filter(|fault| fault.starts_with(&format!("{kind}:")));
        assert!(own.next().is_some(), "{kind} is not seen: {found:#?}");
    }
}
