//! The top modules of a testbench, by its text.
//!
//! A simulator takes every module that is not instantiated as a root. Where the files of the design hold more than the top module's
//! hierarchy, another root may instantiate the top module too, without a clock. So the roots are named: modules that the testbench's own
//! files declare and do not instantiate. The text is only scanned, not parsed: where it includes other files, or macros declare the
//! modules, nothing is found and the simulator decides.

/// The modules that texts declare and do not instantiate, in order.
pub(crate) fn roots<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let tokens: Vec<Vec<&str>> = texts.into_iter().map(tokens).collect();
    if tokens.iter().flatten().any(|&token| token == "`include") {
        return Vec::new();
    }
    let pairs = || tokens.iter().flat_map(|list| list.windows(2));
    let declared = pairs().filter(|pair| matches!(pair[0], "module" | "macromodule"));
    let mut names: Vec<&str> = declared
        .map(|pair| pair[1])
        .filter(|name| is_name(name) && !matches!(*name, "automatic" | "static"))
        .collect();
    names.dedup();
    // `name instance (`, `name #(`: a name with another behind it, or with parameters.
    let instantiated = |name: &str| {
        tokens.iter().flat_map(|list| list.windows(3)).any(|three| {
            let declares = |token| DECLARING.contains(&token);
            let instance = three[2] == "#" || (is_name(three[2]) && !declares(three[2]));
            three[1] == name && !declares(three[0]) && instance
        })
    };
    let roots = names.into_iter().filter(|name| !instantiated(name));
    roots.map(str::to_owned).collect()
}

/// Whether no text can instantiate a module, since none has its name but where it is declared. Not where files are included, or names
/// made by macros.
pub(crate) fn is_nowhere<'t>(name: &str, texts: impl IntoIterator<Item = &'t str>) -> bool {
    texts.into_iter().all(|text| {
        let tokens = tokens(text);
        let hidden = tokens.contains(&"`include") || text.contains("``");
        let named = tokens.iter().enumerate().any(|(at, &token)| {
            let declares = at > 0 && matches!(tokens[at - 1], "module" | "macromodule" | ":");
            token.trim_start_matches('\\') == name && !declares
        });
        !hidden && !named
    })
}

/// Keywords that begin a declaration, which may follow `endmodule : name`.
const DECLARING: &[&str] = &[
    "module",
    "macromodule",
    "package",
    "interface",
    "program",
    "primitive",
    "class",
    "config",
];

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '\\')
}

/// Names and single characters, without comments, strings and white space.
fn tokens(text: &str) -> Vec<&str> {
    let mut list = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |at| at + 4)
        } else if first == '"' {
            string_length(rest)
        } else if first == '\\' {
            rest.find(char::is_whitespace).unwrap_or(rest.len())
        } else if first.is_alphanumeric() || "_$`".contains(first) {
            let part = |c: char| !(c.is_alphanumeric() || "_$`".contains(c));
            rest.find(part).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, behind) = rest.split_at(length);
        let passed_over = first.is_whitespace() || first == '"' || token.starts_with("//");
        if !passed_over && !token.starts_with("/*") {
            list.push(token);
        }
        rest = behind;
    }
    list
}

/// The length of the string that a text begins with.
fn string_length(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\n' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_text_names_is_not_instantiated() {
        let design = "module core (input a); endmodule : core // core";
        assert!(is_nowhere(
            "core",
            [design, "module tb; other c (); endmodule"]
        ));
        for bench in [
            "module tb; core c (); endmodule",
            "module tb; \\core c (); endmodule",
            "`include \"more.v\"",
            "`define JOIN(a, b) a``b",
            "`define DUT core",
        ] {
            assert!(!is_nowhere("core", [design, bench]), "{bench}");
        }
    }

    #[test]
    fn what_is_declared_and_not_instantiated_is_a_root() {
        let bench = "`timescale 1ns/1ps
            // module gone;
            module model (input a); endmodule
            module automatic_model #(parameter N = 1) (input a); endmodule
            module tb;
              initial $dumpvars(0, tb); /* module other */
              initial $display(\"module \\\" text x(\");
              model m (1'b0);
              automatic_model #(.N(2)) n [1:0] (2'b0);
              core dut (.clk(clk));
            endmodule : tb
            package p; endpackage";
        assert_eq!(roots([bench]), ["tb"]);
        assert_eq!(roots([bench, "`include \"more.v\""]), Vec::<String>::new());
        assert_eq!(
            roots(["module a; endmodule", "module b; a x(); endmodule"]),
            ["b"]
        );
        assert_eq!(roots(["`BENCH(x)"]), Vec::<String>::new());
        assert_eq!(
            roots(["module a; endmodule module b; endmodule"]),
            ["a", "b"]
        );
    }
}
