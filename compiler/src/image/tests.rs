#![allow(clippy::unwrap_used)]

use super::check::{self, Check};
use super::{Dump, Format, Map, Value, Verdict, Wanted, decode, diff, encode, read_map};

/// Two checkpoints: one that saves twelve bits of `a` and one of `b` in two words, one that saves a memory.
fn map(word_bits: u32) -> Map {
    let parts = 32u32.div_ceil(word_bits);
    let slot_words = 2 * parts + 2 + 2 + 4;
    let field =
        |name, offset, words| serde_json::json!({"name": name, "offset": offset, "words": words});
    let run = |word: u32, register: &str, bit: u32, width: u32| {
        serde_json::json!({"word": word, "word_bit": 0, "register": register,
            "register_bit": bit, "width_bits": width})
    };
    let memory = parts + 3;
    let text = serde_json::json!({
        "schema_version": 1, "top": "t", "design_hash": "", "id": 0xdead_beefu32, "word_bits": word_bits,
        "address_bits": 8, "nvm_words": 2 * slot_words,
        "slot_base_addresses": [0, slot_words], "slot_words": slot_words,
        "slot": [field("id", 0, parts), field("checkpoint", parts, 1), field("payload", parts + 1, 2),
            field("memories", memory, 4), field("crc32", memory + 4, parts), field("commit", slot_words - 1, 1)],
        "commit_word_addresses": [slot_words - 1, 2 * slot_words - 1],
        "registers": [{"name": "a", "width_bits": 12}, {"name": "b", "width_bits": 3}],
        "chain": [run(0, "a", 0, 8), run(1, "a", 8, 4)],
        "memories": [{"name": "m", "width_bits": 9, "rows": 2, "first_index": 4, "row_words": 2, "offset": memory}],
        "checkpoints": [
            {"index": 0, "state": 3, "name": "state=RUN", "words": [0, 1],
                "live": [run(0, "a", 0, 8), run(1, "a", 8, 4)],
                "given": [{"register": "b", "register_bit": 1, "width_bits": 2, "value": "10"}]},
            {"index": 1, "state": 4, "name": "state=FULL", "words": [0], "live": [run(0, "a", 0, 8)], "memories": [0]},
        ],
    });
    read_map(&text.to_string()).unwrap()
}

fn wanted(checkpoint: &str, a: &str, rows: &[&str]) -> Wanted {
    let rows = (4..).zip(rows.iter().map(ToString::to_string));
    Wanted {
        checkpoint: checkpoint.into(),
        registers: [("a".into(), a.into())].into_iter().collect(),
        memories: [("m".into(), rows.collect())].into_iter().collect(),
    }
}

#[test]
fn the_check_is_that_of_the_runtime() {
    // As in rtl-runtime/tests/parts_tb.v.
    let mut sum = Check::new(u32::MAX, 8);
    for byte in *b"123456789" {
        sum.take(u64::from(byte));
    }
    assert_eq!(sum.words(), [0x88, 0x0d, 0x3b, 0x94]);
    assert_eq!(check::words(0x1234_5678, 10), [0x278, 0x115, 0x123, 0x1e0]);
    assert_eq!(check::words(0x1234_5678, 64), [0x1234_5678]);
}

#[test]
fn what_is_encoded_is_decoded() {
    for word_bits in [8, 10, 16, 32, 64] {
        let map = map(word_bits);
        let dump = encode(&map, &wanted("state=RUN", "12'habc", &[])).unwrap();
        let decoded = decode(&map, &dump);
        assert_eq!((decoded.restored, decoded.error), (Some(0), false));
        let slot = &decoded.slots[0];
        assert_eq!(slot.registers["a"].to_string(), "12'habc");
        assert_eq!(slot.registers["b"].to_string(), "3'b10x");
        for format in [Format::Hexadecimal, Format::Binary] {
            let bytes = dump.write(format, word_bits);
            assert_eq!(Dump::read(&bytes, format, word_bits).unwrap(), dump);
        }
        if word_bits == 8 {
            let full = wanted("1", "0x5a", &["9'h1ff", "256"]);
            let other = decode(&map, &encode(&map, &full).unwrap());
            let rows: Vec<String> = other.slots[0].memories["m"]
                .values()
                .map(Value::to_string)
                .collect();
            assert_eq!(rows, ["9'h1ff", "9'h100"]);
            let changes: Vec<String> = (diff(&decoded, &other).iter())
                .map(|it| format!("{} {} {}", it.name, it.before, it.after))
                .collect();
            assert_eq!(
                changes,
                [
                    "checkpoint 0 1",
                    "a 12'habc 12'hx5a",
                    "b 3'b10x 3'hx",
                    "m[4]  9'h1ff",
                    "m[5]  9'h100"
                ]
            );
        }
    }
}

#[test]
fn derived_bits_are_computed() {
    let bit = |name: &str, at: u32| match (name, at) {
        ("a", 0) | ("m[2]", 1) | ("u.\\x&(y ", 3) => Some(true),
        ("a", 1) => Some(false),
        _ => None,
    };
    for (text, value) in [
        ("a[0]", Some(true)),
        ("~a[0]", Some(false)),
        ("~(a[0] & ~a[1])", Some(false)),
        ("(m[2][1] ^ (a[0] & a[1]))", Some(true)),
        ("~u.\\x&(y [3]", Some(false)),
        ("(a[0] & b[0])", None),
        ("a[0] a[0]", None),
        ("(a[0] | a[0])", None),
        ("", None),
    ] {
        assert_eq!(super::derived::value(text, &bit), value, "{text}");
    }
    let mut map = map(16);
    let derived = serde_json::json!([{"register": "b", "register_bit": 0, "value": "~a[2]"}]);
    map.checkpoints[0].derived = serde_json::from_value(derived).unwrap();
    let mut of = wanted("state=RUN", "12'habc", &[]);
    let dump = encode(&map, &of).unwrap();
    assert_eq!(
        decode(&map, &dump).slots[0].registers["b"].to_string(),
        "3'h4"
    );
    of.registers.insert("b".into(), "3'b101".into());
    let wrong = encode(&map, &of).unwrap_err();
    assert_eq!(
        wrong,
        ["bit 0 of `b` is ~a[2] in state=RUN, and cannot be restored otherwise"]
    );
}

#[test]
fn every_wrong_bit_is_found() {
    let map = map(16);
    let good = encode(&map, &wanted("state=RUN", "0xabc", &[])).unwrap();
    let verdicts = |at: u32, bit: u32| {
        let mut dump = good.clone();
        dump.set(at, dump.word(at).unwrap() ^ 1 << bit);
        decode(&map, &dump).slots[0].verdict
    };
    for bit in 0..16 {
        let found = |at| verdicts(at, bit);
        assert_eq!(found(0), Verdict::Foreign);
        assert_eq!(found(1), Verdict::Foreign);
        for at in [2, 3, 4, 9, 10] {
            assert_eq!(found(at), Verdict::Damaged, "word {at}");
        }
        // Dead words, and the commit word, of which a wrong half makes none.
        assert_eq!(found(5), Verdict::Intact);
        assert_eq!(found(11), Verdict::Uncommitted);
    }
    let blank = decode(&map, &Dump::blank(map.nvm_words));
    assert_eq!((blank.restored, blank.error), (None, false));
}

#[test]
fn a_boot_takes_the_newer_slot_and_falls_back() {
    let map = map(16);
    let old = encode(&map, &wanted("state=RUN", "1", &[])).unwrap();
    let slot = map.slot_words;
    // The same image in the second slot under another number.
    let numbered = |number: u64| {
        let mut dump = old.clone();
        for at in 0..slot {
            dump.set(slot + at, old.word(at).unwrap());
        }
        let commit = (!number & 0xff) << 8 | number;
        let mut sum = Check::new(map.id, 16);
        for word in [0, old.word(3).unwrap(), old.word(4).unwrap(), commit] {
            sum.take(word);
        }
        for (at, word) in (slot + 9..).zip(sum.words()) {
            dump.set(at, word);
        }
        dump.set(2 * slot - 1, commit);
        dump
    };
    assert_eq!(decode(&map, &numbered(2)).restored, Some(1));
    assert_eq!(decode(&map, &numbered(0)).restored, Some(0));
    let mut damaged = numbered(2);
    damaged.set(slot + 3, 0xffff);
    let decoded = decode(&map, &damaged);
    assert_eq!((decoded.restored, decoded.error), (Some(0), true));
}

#[test]
fn values_that_make_no_image_are_all_named() {
    let map = map(16);
    let mut of = wanted("state=RUN", "12'hx0", &[]);
    of.registers.insert("b".into(), "2".into());
    of.registers.insert("c".into(), "2".into());
    insta::assert_debug_snapshot!(encode(&map, &of).unwrap_err());
    insta::assert_debug_snapshot!(encode(&map, &wanted("2", "1", &[])).unwrap_err());
    insta::assert_debug_snapshot!(encode(&map, &wanted("1", "1", &["1", "600"])).unwrap_err());
    insta::assert_debug_snapshot!(encode(&map, &wanted("1", "0x1000", &["1"])).unwrap_err());
}

#[test]
fn dumps_are_what_readmemh_takes() {
    let text = "// nothing\n0a 1_b /* 2 \n 3 */ @4 ff // x\n x1";
    let dump = Dump::read(text.as_bytes(), Format::Hexadecimal, 8).unwrap();
    let words: Vec<_> = (0..7).map(|at| dump.word(at)).collect();
    assert_eq!(
        words,
        [Some(10), Some(27), None, None, Some(255), None, None]
    );
    for wrong in ["1ff", "g", "@zz", "@ffffffff"] {
        Dump::read(wrong.as_bytes(), Format::Hexadecimal, 8).unwrap_err();
    }
    Dump::read(&[1, 2, 3], Format::Binary, 16).unwrap_err();
    Dump::read(&[1, 0xff], Format::Binary, 10).unwrap_err();
}

#[test]
fn values_are_verilog_literals() {
    for (text, width, shown) in [
        ("12", 8, "8'h0c"),
        ("8'b1010_xxxx", 8, "8'hax"),
        ("0b101", 3, "3'h5"),
        ("'o17", 4, "4'hf"),
        ("12'h3x", 6, ""),
        ("6'b1x0101", 6, "6'b1x0101"),
        ("256", 8, ""),
        ("0x", 8, ""),
        ("-1", 8, ""),
    ] {
        let value = Value::parse(text, width).map(|value| value.to_string());
        assert_eq!(value.unwrap_or_default(), shown, "{text}");
    }
}
