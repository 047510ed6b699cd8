//! `1i64` and `0xFFui64` in C, for gcc, which has no hook for them.
//!
//! For sources with such literals (and only for those) gcc is told to preprocess on its own and to start its programs by way of this one
//! (`-no-integrated-cpp -wrapper`). What the preprocessor has written is gone through before it is compiled: literals get the suffix
//! that gcc knows, everything else stays as it is, byte for byte, so places in messages are right. Drawback: such a literal
//! in an `#if` is still an error.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitCode};

/// The option by which gcc is to call this program.
pub const OPTION: &str = "--wrapped";

/// Suffixes of Microsoft's, in lower case, and what gcc has for each; the narrow ones make an `int`, as the value is promoted anyway.
const SUFFIXES: [(&[u8], &[u8]); 8] = [
    (b"ui64", b"ULL"),
    (b"ui32", b"U"),
    (b"ui16", b"U"),
    (b"ui8", b"U"),
    (b"i64", b"LL"),
    (b"i32", b""),
    (b"i16", b""),
    (b"i8", b""),
];

/// The digits of a word that is an integer with such a suffix, and the suffix to put behind them.
fn split(word: &[u8]) -> Option<(&[u8], &'static [u8])> {
    let ends =
        |suffix: &[u8]| word.len() > suffix.len() && word[word.len() - suffix.len()..].eq_ignore_ascii_case(suffix);
    let (suffix, ours) = SUFFIXES.into_iter().find(|(suffix, _)| ends(suffix))?;
    let digits = &word[..word.len() - suffix.len()];
    let hexadecimal = digits.len() > 2 && digits[0] == b'0' && digits[1].eq_ignore_ascii_case(&b'x');
    let right =
        if hexadecimal { digits[2..].iter().all(u8::is_ascii_hexdigit) } else { digits.iter().all(u8::is_ascii_digit) };
    right.then_some((digits, ours))
}

/// Is the word such a literal?
pub fn is_suffixed(word: &str) -> bool {
    word.as_bytes()[0].is_ascii_digit() && split(word.as_bytes()).is_some()
}

/// The text of a file with literals as gcc has them; it has no comments any more.
fn rewrite(text: &[u8]) -> Vec<u8> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' || byte >= 0x80;
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let len = match rest[0] {
            quote @ (b'"' | b'\'') => quoted(rest, quote),
            byte if is_word(byte) => rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len()),
            _ => rest.iter().position(|&byte| is_word(byte) || byte == b'"' || byte == b'\'').unwrap_or(rest.len()),
        };
        match split(&rest[..len]).filter(|_| rest[0].is_ascii_digit()) {
            Some((digits, suffix)) => out.extend_from_slice(&[digits, suffix].concat()),
            None => out.extend_from_slice(&rest[..len]),
        }
        at += len;
    }
    out
}

/// The length of a string or character constant, to the end of the line if it is not closed.
fn quoted(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// One of gcc's programs with its arguments: if it is the preprocessor of C, what it has written is rewritten.
pub fn run_wrapped(command: &[OsString]) -> ExitCode {
    let Some((program, arguments)) = command.split_first() else { return ExitCode::FAILURE };
    let preprocesses =
        Path::new(program).file_name().is_some_and(|name| name == "cc1") && arguments.iter().any(|a| a == "-E");
    let output = arguments.windows(2).find(|pair| pair[0] == "-o").map(|pair| &pair[1]);
    let mut process = Command::new(program);
    process.args(arguments);
    let Some(output) = output.filter(|_| preprocesses) else {
        return failed(program, &process.exec());
    };
    match process.status() {
        Ok(status) if status.success() => {}
        Ok(status) => {
            let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
            return ExitCode::from(u8::try_from(code).unwrap_or(1));
        }
        Err(error) => return failed(program, &error),
    }
    match std::fs::read(output).and_then(|text| std::fs::write(output, rewrite(&text))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(output, &error),
    }
}

fn failed(what: &OsString, error: &io::Error) -> ExitCode {
    eprintln!("ovl cc: {}: {error}", what.display());
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> String {
        String::from_utf8(rewrite(text.as_bytes())).unwrap()
    }

    #[test]
    fn literals_get_the_suffixes_of_gcc() {
        assert_eq!(rewritten("x = 1i64+0xFFui64, 7I64 -0UI64;12i32 3ui32 5i8"), "x = 1LL+0xFFULL, 7LL -0ULL;12 3U 5");
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for text in [
            "a1i64 _1ui64 x.i64 0xi64 1.5i64 i64 1e5 0x1fLL",
            "# 3 \"dir/1i64.h\" 2",
            "char *s = \"\\\" 1i64\"; int c = '\\'';",
            "\"not closed 1i64\nint x;",
            "\u{e9}1i64 \u{fffd}",
        ] {
            assert_eq!(rewritten(text), text);
        }
    }

    #[test]
    fn a_source_with_such_literals_is_known_by_its_words() {
        assert!(
            is_suffixed("1i64")
                && is_suffixed("0x7FUI64")
                && !is_suffixed("64")
                && !is_suffixed("i64")
                && !is_suffixed("0xi8")
        );
    }
}
