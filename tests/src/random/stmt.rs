//! Procedural statements on their way to text.

use super::rng::Rng;

/// A statement of an `always` block or function.
#[derive(Debug, Clone)]
pub enum Stmt {
    /// A simple statement with its semicolon.
    Line(String),
    /// `if`; an empty second list means no `else`.
    If(String, Vec<Stmt>, Vec<Stmt>),
    /// Keyword and selector in parentheses, labels with their statements.
    Case(String, Vec<(String, Vec<Stmt>)>),
    /// The loop's head in parentheses.
    For(String, Vec<Stmt>),
}

/// Two spaces per level.
pub fn indent(level: usize) -> String {
    "  ".repeat(level)
}

/// The statements of a list, one after the other.
pub fn print_list(rng: &mut Rng, level: usize, list: &[Stmt], out: &mut String) {
    for stmt in list {
        print(rng, level, stmt, out);
    }
}

/// A list as the one statement that a branch takes: bare or in `begin … end`.
pub fn print_branch(rng: &mut Rng, level: usize, list: &[Stmt], out: &mut String) {
    match list {
        [] => out.push_str(" ;\n"),
        // A bare `if` could take the `else` that follows.
        [only @ Stmt::Line(_)] if rng.chance(60) => {
            out.push('\n');
            print(rng, level + 1, only, out);
        }
        _ => {
            out.push_str(" begin\n");
            print_list(rng, level + 1, list, out);
            out.push_str(&format!("{}end\n", indent(level)));
        }
    }
}

/// One statement.
pub fn print(rng: &mut Rng, level: usize, stmt: &Stmt, out: &mut String) {
    let pad = indent(level);
    match stmt {
        Stmt::Line(text) => {
            out.push_str(&format!("{pad}{text}"));
            if rng.chance(4) {
                out.push_str(" // if (x) begin q <= 0; else");
            }
            out.push('\n');
        }
        Stmt::If(condition, then, other) => {
            out.push_str(&format!("{pad}if ({condition})"));
            print_branch(rng, level, then, out);
            match other.as_slice() {
                [] => {}
                [chain @ Stmt::If(..)] => {
                    let mut rest = String::new();
                    print(rng, level, chain, &mut rest);
                    out.push_str(&format!("{pad}else {}", rest.trim_start()));
                }
                _ => {
                    out.push_str(&format!("{pad}else"));
                    print_branch(rng, level, other, out);
                }
            }
        }
        Stmt::Case(head, arms) => {
            out.push_str(&format!("{pad}{head}\n"));
            for (label, body) in arms {
                out.push_str(&format!("{pad}  {label}:"));
                print_branch(rng, level + 1, body, out);
            }
            out.push_str(&format!("{pad}endcase\n"));
        }
        Stmt::For(head, body) => {
            out.push_str(&format!("{pad}for ({head})"));
            print_branch(rng, level, body, out);
        }
    }
}
