//! Texts that are not all UTF-8.
//!
//! Old sources have names of authors in Latin-1. Bytes in comments that are no UTF-8 are kept: each
//! is read as a character of the private use area, and [`bytes`] makes the byte of it again, so that an
//! edited copy of such a file has its comments as they were.

use astli_syntax::SyntaxKind::{BLOCK_COMMENT, LINE_COMMENT};

/// The character for byte 0; those for 0x80 to 0xff are used.
const FIRST: u32 = 0xf700;

/// The text of a file.
///
/// # Errors
/// The line of the first byte that is no UTF-8, if that is not in a comment.
pub fn text(bytes: Vec<u8>) -> Result<String, usize> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error.into_bytes(),
    };
    let line_of = |at: usize| 1 + bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
    let mut text = String::with_capacity(bytes.len() + 16);
    let mut kept: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        if chunk.valid().contains(is_kept) {
            // It would be taken for a byte that was kept.
            return Err(line_of(at));
        }
        text.push_str(chunk.valid());
        at += chunk.valid().len();
        for &byte in chunk.invalid() {
            kept.push((text.len(), at));
            text.extend(char::from_u32(FIRST + u32::from(byte)));
            at += 1;
        }
    }
    let mut tokens = astli_syntax::tokenize(&text).into_iter().peekable();
    for (place, at) in kept {
        while tokens
            .next_if(|token| token.end as usize <= place)
            .is_some()
        {}
        let comment = tokens.peek().is_some_and(|token| {
            token.start as usize <= place && matches!(token.kind, LINE_COMMENT | BLOCK_COMMENT)
        });
        if !comment {
            return Err(line_of(at));
        }
    }
    Ok(text)
}

/// The bytes of a text, those that were kept among them.
pub fn bytes(text: &str) -> Vec<u8> {
    if !text.contains(is_kept) {
        return text.as_bytes().to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        match is_kept(character) {
            true => out.push((u32::from(character) - FIRST) as u8),
            false => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out
}

/// Whether a character stands for a byte.
fn is_kept(character: char) -> bool {
    (FIRST + 0x80..=FIRST + 0xff).contains(&u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::{bytes, text};

    #[test]
    fn bytes_in_comments_come_back() {
        for source in [
            &b"module m; // Andr\xe9 \xc3\xa9\n/* \xff\xfe */ endmodule\n"[..],
            b"// \xc3",
            "// plain é\n".as_bytes(),
        ] {
            let read = text(source.to_vec()).expect("only comments");
            assert_eq!(bytes(&read), source);
        }
    }

    #[test]
    fn bytes_elsewhere_are_refused_with_their_line() {
        for (source, line) in [
            (&b"module m;\nwire \xe9;"[..], 2),
            (b"// \xe9\n\xe9", 2),
            (b"\n\ninitial $display(\"\xe9\");", 3),
            ("\n// \u{f7e9} ".as_bytes(), 0),
        ] {
            let mut bytes = source.to_vec();
            if line == 0 {
                bytes.push(0xe9);
                assert_eq!(text(bytes), Err(1));
                continue;
            }
            assert_eq!(text(bytes), Err(line));
        }
    }
}
