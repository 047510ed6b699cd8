//! Command lines: taken apart into arguments, and arguments put together (CommandLineToArgvW).
//!
//! In the first argument, the program's name, backslashes mean nothing and a quotation mark ends at the next. In the others 2n backslashes
//! before a mark are n, an odd one makes the mark a character, and two marks inside of a quotation are one character.

/// A unit of a line: a byte, or 16 bits of UTF-16.
pub trait Unit: Copy + PartialEq + From<u8> {}

impl<T: Copy + PartialEq + From<u8>> Unit for T {}

fn is_blank<U: Unit>(unit: U) -> bool {
    unit == b' '.into() || unit == b'\t'.into()
}

/// The arguments of a line; at least one, which may be empty.
#[must_use]
pub fn split<U: Unit>(line: &[U]) -> Vec<Vec<U>> {
    let (first, mut rest) = name(line);
    let mut all = vec![first];
    loop {
        rest = &rest[rest.iter().take_while(|&&unit| is_blank(unit)).count()..];
        if rest.is_empty() {
            return all;
        }
        let (argument, behind) = next(rest);
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

/// One of the others, and what is behind it.
fn next<U: Unit>(line: &[U]) -> (Vec<U>, &[U]) {
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

    proptest! {
        #[test]
        fn what_is_put_together_is_taken_apart_again(all in prop::collection::vec(r#"[a\\" \t]{0,12}"#, 0..6)) {
            let line = join(std::iter::once(&b"prog"[..]).chain(all.iter().map(String::as_bytes)));
            let apart = split(&line);
            prop_assert_eq!(&apart[0][..], &b"prog"[..]);
            prop_assert!(apart[1..].iter().map(Vec::as_slice).eq(all.iter().map(String::as_bytes)));
        }
    }
}
