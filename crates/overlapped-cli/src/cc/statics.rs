//! Functions of C that are declared first and static only later: `int scan(int);` and then `static int scan(int x) { ... }`.
//!
//! Microsoft's compiler takes such a function for static from the beginning; the compilers here refuse it. In the copy of such a source (see
//! [`super::rewritten`]) the earlier declaration begins with `static`, too. Only a declaration of one function in the same file counts, and only
//! if no `#if` comes between it and the one that is static. C++ is left alone: functions may share a name there.

/// A declaration or definition of one function at the outermost level of a file.
struct Function<'a> {
    name: &'a [u8],
    /// Where it begins.
    at: usize,
    /// Where it says `extern`.
    extern_at: Option<usize>,
    is_static: bool,
    has_body: bool,
    /// The branches of `#if` that it is in.
    branches: Vec<usize>,
}

/// The text with declarations as it means them; `None` if they are right.
pub fn rewritten(text: &[u8]) -> Option<Vec<u8>> {
    let functions = functions(text);
    let statics = |earlier: &Function, index: usize| {
        functions[index + 1..]
            .iter()
            .any(|later| later.is_static && later.name == earlier.name && earlier.branches.starts_with(&later.branches))
    };
    let mut out = Vec::new();
    let mut done = 0;
    for (index, function) in functions.iter().enumerate() {
        if function.is_static || function.has_body || !statics(function, index) {
            continue;
        }
        let at = function.extern_at.unwrap_or(function.at);
        out.extend_from_slice(&text[done..at]);
        out.extend_from_slice(if function.extern_at.is_some() { b"static" } else { b"static " });
        done = at + if function.extern_at.is_some() { b"extern".len() } else { 0 };
    }
    (!out.is_empty()).then(|| [&out, &text[done..]].concat())
}

/// What is between two `;` or blocks, as far as it was read.
#[derive(Default)]
struct Reading<'a> {
    words: Vec<(usize, &'a [u8])>,
    /// The word before each pair of parentheses.
    groups: Vec<&'a [u8]>,
    /// Something that a declaration of one function has not, or not in this place.
    other: bool,
    ends_with_group: bool,
}

impl<'a> Reading<'a> {
    fn function(&self, has_body: bool, branches: &[usize]) -> Option<Function<'a>> {
        let groups: Vec<_> = self.groups.iter().filter(|name| **name != b"__declspec").collect();
        let [name] = groups[..] else { return None };
        let word = |wanted: &[u8]| self.words.iter().find(|(_, word)| *word == wanted).map(|(at, _)| *at);
        let plain = !self.other && self.ends_with_group && self.words.len() > 1 && word(b"typedef").is_none();
        plain.then(|| Function {
            name,
            at: self.words[0].0,
            extern_at: word(b"extern"),
            is_static: word(b"static").is_some(),
            has_body,
            branches: branches.to_vec(),
        })
    }
}

fn functions(text: &[u8]) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    let (mut reading, mut braces, mut parentheses) = (Reading::default(), 0_usize, 0_usize);
    let (mut branches, mut numbers) = (Vec::new(), 0);
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let first = rest[0];
        let word = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
        let length = match first {
            b'/' if rest.starts_with(b"//") => until(rest, b"\n"),
            b'/' if rest.starts_with(b"/*") => 2 + until(&rest[2..], b"*/"),
            b'#' => directive(rest),
            b'"' | b'\'' => literal(rest),
            _ => word.max(1),
        };
        let outside = braces == 0 && parentheses == 0;
        match first {
            b'#' => {
                conditions(&rest[1..length], &mut branches, &mut numbers);
            }
            b'(' => {
                if outside {
                    reading.groups.push(reading.words.last().map_or(&b""[..], |(_, word)| *word));
                }
                parentheses += 1;
            }
            b')' => {
                parentheses = parentheses.saturating_sub(1);
                reading.ends_with_group = true;
            }
            b'{' if parentheses == 0 => {
                if braces == 0 {
                    found.extend(reading.function(true, &branches));
                }
                braces += 1;
            }
            b'}' if parentheses == 0 => {
                braces = braces.saturating_sub(1);
                reading = Reading::default();
            }
            b';' if outside => {
                found.extend(reading.function(false, &branches));
                reading = Reading::default();
            }
            _ if outside && is_word(first) => {
                reading.words.push((at, &rest[..length]));
                reading.ends_with_group = false;
            }
            b',' | b'=' | b'[' if outside => reading.other = true,
            _ => {}
        }
        at += length;
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The bytes up to an end and with it.
fn until(text: &[u8], end: &[u8]) -> usize {
    text.windows(end.len()).position(|bytes| bytes == end).map_or(text.len(), |at| at + end.len())
}

/// The length of a line that may go on on the next.
fn directive(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += until(&text[at..], b"\n");
        if at == text.len() || !text[..at].trim_ascii_end().ends_with(b"\\") {
            return at;
        }
    }
}

/// The length of a string or character constant, to the end of the line if it is not closed.
fn literal(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == text[0] => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Which branches are open after a directive; each has a number of its own.
fn conditions(directive: &[u8], branches: &mut Vec<usize>, numbers: &mut usize) {
    let directive = directive.trim_ascii_start();
    if directive.starts_with(b"el") || directive.starts_with(b"endif") {
        branches.pop();
    }
    if directive.starts_with(b"if") || directive.starts_with(b"el") {
        *numbers += 1;
        branches.push(*numbers);
    }
}

#[cfg(test)]
mod tests {
    use super::rewritten;

    fn made(text: &str) -> Option<String> {
        rewritten(text.as_bytes()).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn a_function_that_becomes_static_is_static_from_the_beginning() {
        let text = "#include <a.h>\nBOOL Scan (LPTNODE); // f(\nextern DWORD WINAPI\nType(LPFIND d);\nint main() { Scan(0); }\n\
            static BOOL Scan (LPTNODE p)\n{ if (p) { } return 1; }\nstatic DWORD WINAPI Type(LPFIND d) { return d->x; }\n";
        let wanted = text.replacen("BOOL", "static BOOL", 1).replacen("extern", "static", 1);
        assert_eq!(made(text), Some(wanted));
        let inside = "#ifdef A\nint f(void);\n#endif\nstatic int f(void);\n";
        assert_eq!(made(inside), Some(inside.replacen("int", "static int", 1)));
    }

    #[test]
    fn everything_else_is_left() {
        for text in [
            "static int f(int);\nint f(int x) { return x; }",
            "int f(int);\nint f(int x) { static int g(int); return x; }\nint g(int);",
            "#ifdef A\nint f(int);\n#else\nstatic int f(int x) { return x; }\n#endif",
            "int f(int), n;\nstatic int f(int x) { return x; }",
            "typedef int f(int);\nstatic int g(int x) { return x; }",
            "char *s = \"int g(int);\"; /* int g(int); */\nstatic int g(int x) { return x; }",
            "MACRO(g);\nint (*g)(int);\nstatic int h(int x) { return '{'; }",
        ] {
            assert_eq!(made(text), None, "{text}");
        }
    }
}
