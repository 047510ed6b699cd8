//! Command lines: taken apart into arguments, and arguments put together.
//!
//! In the first argument, the program's name, backslashes mean nothing. In the others 2n backslashes before a quotation mark are n, an odd one
//! makes the mark a character, and two marks inside of a quotation are one character. There are two dialects, which agree about all lines that
//! [`join`] makes: what the C library gives to `main`, where quotations in the program's name work as elsewhere and go on behind two marks; and
//! CommandLineToArgvW, where the name is either all in marks or has none that mean anything, and two marks end the quotation.

/// A unit of a line: a byte, or 16 bits of UTF-16.
pub trait Unit: Copy + PartialEq + From<u8> {}

impl<T: Copy + PartialEq + From<u8>> Unit for T {}

fn is_blank<U: Unit>(unit: U) -> bool {
    unit == b' '.into() || unit == b'\t'.into()
}

/// How marks are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Library,
    Shell,
}

/// The arguments of a line as `main` gets them; at least one, which may be empty.
#[must_use]
pub fn split<U: Unit>(line: &[U]) -> Vec<Vec<U>> {
    apart(line, Dialect::Library)
}

/// The same as CommandLineToArgvW tells them.
#[must_use]
pub fn split_for_shell<U: Unit>(line: &[U]) -> Vec<Vec<U>> {
    apart(line, Dialect::Shell)
}

fn apart<U: Unit>(line: &[U], dialect: Dialect) -> Vec<Vec<U>> {
    let (first, mut rest) = match dialect {
        Dialect::Library => name(line),
        Dialect::Shell => plain_name(line),
    };
    let mut all = vec![first];
    loop {
        rest = &rest[rest.iter().take_while(|&&unit| is_blank(unit)).count()..];
        if rest.is_empty() {
            return all;
        }
        let (argument, behind) = next(rest, dialect);
        all.push(argument);
        rest = behind;
    }
}

/// The first argument, and what is behind it.
fn name<U: Unit>(line: &[U]) -> (Vec<U>, &[U]) {
    let (mut rest, mut argument, mut quoted) = (line, Vec::new(), false);
    while let [unit, behind @ ..] = rest {
        if is_blank(*unit) && !quoted {
            break;
        }
        if *unit == b'"'.into() {
            quoted = !quoted;
        } else {
            argument.push(*unit);
        }
        rest = behind;
    }
    (argument, rest)
}

/// The same, up to the next mark if it begins with one, else up to a blank.
fn plain_name<U: Unit>(line: &[U]) -> (Vec<U>, &[U]) {
    let mark = |unit: &U| *unit == b'"'.into();
    let (name, behind) = match line {
        [first, rest @ ..] if mark(first) => {
            let end = rest.iter().position(mark).unwrap_or(rest.len());
            (&rest[..end], rest.get(end + 1..).unwrap_or_default())
        }
        line => line.split_at(line.iter().take_while(|&&unit| !is_blank(unit)).count()),
    };
    (name.to_vec(), behind)
}

/// One of the others, and what is behind it.
fn next<U: Unit>(line: &[U], dialect: Dialect) -> (Vec<U>, &[U]) {
    let [quote, backslash] = [b'"', b'\\'].map(U::from);
    let (mut rest, mut argument, mut quoted) = (line, Vec::new(), false);
    while let [unit, behind @ ..] = rest {
        if is_blank(*unit) && !quoted {
            break;
        }
        let backslashes = rest.iter().take_while(|&&unit| unit == backslash).count();
        if backslashes > 0 {
            rest = &rest[backslashes..];
            let marked = rest.first() == Some(&quote);
            argument.resize(argument.len() + if marked { backslashes / 2 } else { backslashes }, backslash);
            if marked && backslashes % 2 == 1 {
                argument.push(quote);
                rest = &rest[1..];
            }
            continue;
        }
        rest = behind;
        match (*unit == quote, quoted && behind.first() == Some(&quote)) {
            (true, true) => {
                argument.push(quote);
                rest = &behind[1..];
                quoted = dialect == Dialect::Library;
            }
            (true, false) => quoted = !quoted,
            _ => argument.push(*unit),
        }
    }
    (argument, rest)
}

/// Adds an argument to a line as [`split`] takes it out again: backslashes count only before a quotation mark.
pub fn quote(argument: &[u8], line: &mut Vec<u8>) {
    if !argument.is_empty() && !argument.iter().any(|byte| matches!(byte, b' ' | b'\t' | b'\n' | 0x0B | b'"')) {
        line.extend_from_slice(argument);
        return;
    }
    line.push(b'"');
    let mut backslashes = 0;
    for &byte in argument {
        if byte == b'"' {
            line.extend(std::iter::repeat_n(b'\\', backslashes + 1));
        }
        backslashes = if byte == b'\\' { backslashes + 1 } else { 0 };
        line.push(byte);
    }
    line.extend(std::iter::repeat_n(b'\\', backslashes));
    line.push(b'"');
}

/// The line of these arguments. The first is the name of the program, which cannot have a quotation mark in it.
#[must_use]
pub fn join<'a>(arguments: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut line = Vec::new();
    for argument in arguments {
        if !line.is_empty() {
            line.push(b' ');
        }
        quote(argument, &mut line);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn arguments(line: &str) -> Vec<String> {
        split(line.as_bytes()).into_iter().map(|argument| String::from_utf8(argument).unwrap()).collect()
    }

    #[test]
    fn a_line_is_taken_apart_by_the_rules_of_marks_and_backslashes() {
        let cases: &[(&str, &[&str])] = &[
            ("prog a b", &["prog", "a", "b"]),
            (r#""C:\my prog\x.exe" "a b" c"#, &[r"C:\my prog\x.exe", "a b", "c"]),
            (r#"p  a\\b  a\"b "a\\" x"#, &["p", r"a\\b", "a\"b", r"a\", "x"]),
            (r#"p "a""b" "" c"#, &["p", "a\"b", "", "c"]),
            (r#"C:\dir\"name x" y"#, &[r"C:\dir\name x", "y"]),
            ("p \t", &["p"]),
            ("", &[""]),
        ];
        for (line, expected) in cases {
            assert_eq!(arguments(line), *expected, "{line}");
            let wide: Vec<u16> = line.encode_utf16().collect();
            let wide: Vec<String> = split(&wide).iter().map(|argument| String::from_utf16(argument).unwrap()).collect();
            assert_eq!(wide, *expected, "{line}");
        }
    }

    #[test]
    fn the_other_dialect_differs_in_the_name_and_behind_two_marks() {
        let cases: &[(&str, &[&str])] = &[
            (r#"a"b c"d e"#, &[r#"a"b"#, "cd e"]),
            (r#""a"b c"#, &["a", "b", "c"]),
            (r#""C:\d\" x"#, &[r"C:\d\", "x"]),
            (r#"a "b""c d" e"#, &["a", r#"b"c"#, "d e"]),
            (r#"a "b"""c d" e"#, &["a", r#"b"c d"#, "e"]),
            (r#"a """" b"#, &["a", r#"" b"#]),
            (r#"a "" b""c"#, &["a", "", "bc"]),
            (r#"p "a""b" "" c"#, &["p", r#"a"b ""#, "c"]),
            (r#"p a"""b c"#, &["p", r#"a"b"#, "c"]),
            (r#"a "x\\""y z""#, &["a", r#"x\"y"#, "z"]),
            (" a b", &["", "a", "b"]),
            (r#""unclosed x"#, &["unclosed x"]),
        ];
        for (line, expected) in cases {
            let found = split_for_shell(line.as_bytes());
            let found: Vec<String> = found.into_iter().map(|argument| String::from_utf8(argument).unwrap()).collect();
            assert_eq!(found, *expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_put_together_is_taken_apart_again(all in prop::collection::vec(r#"[a\\" \t]{0,12}"#, 0..6)) {
            let line = join(std::iter::once(&b"prog"[..]).chain(all.iter().map(String::as_bytes)));
            for apart in [split(&line), split_for_shell(&line)] {
                prop_assert_eq!(&apart[0][..], &b"prog"[..]);
                prop_assert!(apart[1..].iter().map(Vec::as_slice).eq(all.iter().map(String::as_bytes)));
            }
        }
    }
}
