//! Functions that the headers have twice in C++, where a program asks for the one: `decltype(&ReadFile)`, `auto read = &ReadFile;`.
//!
//! Such a function has a second form for pointers to `long` (`ovl/outparams.h`), and C++ does not say which one an address without a type
//! means. In the copy of such a source (see [`super::rewritten`]) the name leads to `ovl_only`, where the first form stands alone.
//! Drawback: a bare name, as an argument of a template, is left, since it may be something of the program's own.

/// Those functions, sorted.
const TWICE: [&str; 16] = [
    "CreateThread",
    "DeviceIoControl",
    "GetAdaptersAddresses",
    "GetExitCodeThread",
    "GetFileSize",
    "GetOverlappedResult",
    "GetQueuedCompletionStatus",
    "GetQueuedCompletionStatusEx",
    "PeekNamedPipe",
    "ReadFile",
    "TransactNamedPipe",
    "WSAIoctl",
    "WSASend",
    "WSASendTo",
    "WriteFile",
    "ioctlsocket",
];

/// The text with such names led to the one; `None` if there are none.
pub fn rewritten(text: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut done) = (Vec::new(), 0);
    // The last tokens, the latest at the end; only what may stand before a name is told apart.
    let mut before: Vec<&[u8]> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = token(rest, text[..at].iter().rev().take_while(|byte| **byte != b'\n'));
        let token = &rest[..length];
        let skipped = token[0].is_ascii_whitespace() || token[0] == b'#' && length > 1 || token.starts_with(b"/*");
        if skipped || token.starts_with(b"//") {
            at += length;
            continue;
        }
        if TWICE.binary_search_by(|name| name.as_bytes().cmp(token)).is_ok() && is_address(&before, &rest[length..]) {
            out.extend_from_slice(&text[done..at]);
            let global = before.last().is_some_and(|last| *last == b"::");
            out.extend_from_slice(if global { b"ovl_only::" } else { b"::ovl_only::" });
            done = at;
        }
        before.push(token);
        at += length;
    }
    (done > 0).then(|| [&out, &text[done..]].concat())
}

/// Does a name between these ask for the function's address or type?
fn is_address(before: &[&[u8]], after: &[u8]) -> bool {
    let after = after.trim_ascii_start();
    if after.starts_with(b"(") || after.starts_with(b"::") {
        return false;
    }
    let mut tokens = before.iter().rev().copied();
    let mut last = tokens.next().unwrap_or_default();
    if last == b"::" {
        last = tokens.next().unwrap_or_default();
    }
    let first = tokens.next().unwrap_or_default();
    match last {
        b"&" => matches!(first, b"(" | b"," | b"=" | b"{" | b"<" | b"?" | b":" | b"return"),
        b"(" => matches!(first, b"decltype" | b"__typeof__" | b"typeof"),
        _ => false,
    }
}

/// The length of the next token; `line` is what stands before it on its line, backwards.
fn token<'a>(rest: &[u8], mut line: impl Iterator<Item = &'a u8>) -> usize {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let until = |end: &[u8], from: usize| {
        rest[from..]
            .windows(end.len())
            .position(|bytes| bytes == end)
            .map_or(rest.len(), |found| from + found + end.len())
    };
    match rest[0] {
        b'/' if rest.starts_with(b"//") => until(b"\n", 0),
        b'/' if rest.starts_with(b"/*") => until(b"*/", 2),
        b'#' if line.all(u8::is_ascii_whitespace) => {
            let mut end = until(b"\n", 0);
            while end < rest.len() && rest[..end].trim_ascii_end().ends_with(b"\\") {
                end = until(b"\n", end);
            }
            end
        }
        b'R' if rest.starts_with(b"R\"") => {
            let mark = rest.iter().position(|byte| *byte == b'(').unwrap_or(2);
            until(&[b")", &rest[2..mark.max(2)], b"\""].concat(), mark)
        }
        quote @ (b'"' | b'\'') => {
            let mut end = 1;
            while end < rest.len() && rest[end] != quote && rest[end] != b'\n' {
                end += if rest[end] == b'\\' { 2 } else { 1 };
            }
            (end + 1).min(rest.len())
        }
        b':' if rest.starts_with(b"::") => 2,
        b'&' if rest.starts_with(b"&&") => 2,
        // Digits with their separators are one.
        digit if digit.is_ascii_digit() => {
            rest.iter().position(|byte| !is_word(byte) && *byte != b'\'').unwrap_or(rest.len())
        }
        _ => rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len()).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> Option<String> {
        rewritten(text.as_bytes()).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn addresses_and_types_lead_to_the_one_function() {
        for (text, wanted) in [
            ("auto p = &ReadFile;", "auto p = &::ovl_only::ReadFile;"),
            ("decltype( & ::WriteFile ) *q;", "decltype( & ::ovl_only::WriteFile ) *q;"),
            ("decltype(ReadFile) *r = nullptr;", "decltype(::ovl_only::ReadFile) *r = nullptr;"),
            ("hook(1'000, &WSASend /* x */, &mine);", "hook(1'000, &::ovl_only::WSASend /* x */, &mine);"),
            ("\"(\" /* & */ f(&GetFileSize)", "\"(\" /* & */ f(&::ovl_only::GetFileSize)"),
        ] {
            assert_eq!(made(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn everything_else_is_left() {
        for text in [
            "ReadFile(h, b, n, &got, 0); ::WriteFile(h, b, n, &put, 0);",
            "flags & ReadFile; x = a &&ReadFile; &Mine::ReadFile; (&file.ReadFile);",
            "enum { ReadFile, WriteFile }; op = ReadFile; run(ReadFile);",
            "// auto p = &ReadFile;\n/* = &ReadFile; */ \"= &ReadFile;\" R\"x(= &ReadFile; \")x\" '\"';",
            "#define READ = &ReadFile \\\n  = &ReadFile;\n  # pragma (&ReadFile)\nf(&MyReadFile, &ReadFileEx);",
            "",
        ] {
            assert_eq!(made(text), None, "{text}");
        }
        assert!(TWICE.is_sorted());
    }
}
