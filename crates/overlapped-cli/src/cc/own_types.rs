//! Types that a program defines although the headers have them: `typedef unsigned long DWORD;`, `typedef signed long long int64_t;`.
//!
//! On Windows such a definition says once more what the headers say, and passes. Here a `long` is larger, and libc's `int64_t` is one,
//! so it would contradict them. In the copy of such a file (see [`super::rewritten`]) the type's name leads to what the headers have
//! (`OVL_OWN_DWORD`, in `ovl/prelude.h`); nothing else changes, and no line moves. Definitions that agree anyway, and those for other
//! compilers, are left, since copies cost something. Drawback: `#if` is understood as far as it mentions another compiler, no further.

/// Words for another compiler in an `#if`.
const OTHER_COMPILERS: [&str; 5] = ["_MSC_VER", "__BORLANDC__", "__WATCOMC__", "__MINGW32__", "__CYGWIN__"];

/// What the definition of a name may say without contradicting the headers, in either language; the words of the type in order.
const AGREES: [(&str, &[&str]); 25] = [
    ("DWORD", &["unsigned int"]),
    ("LONG", &["int", "signed int"]),
    ("ULONG", &["unsigned int"]),
    ("u_long", &["unsigned int", "ULONG", "DWORD"]),
    ("int8_t", &["signed char"]),
    ("int16_t", &["short", "signed short", "short int", "signed short int"]),
    ("int32_t", &["int", "signed int", "signed", "INT32", "__int32"]),
    ("int64_t", &[]),
    ("uint8_t", &["unsigned char", "BYTE", "UINT8"]),
    ("uint16_t", &["unsigned short", "unsigned short int", "WORD", "UINT16"]),
    ("uint32_t", &["unsigned int", "unsigned", "DWORD", "UINT32", "UINT", "ULONG"]),
    ("uint64_t", &[]),
    ("u_int8_t", &["unsigned char", "uint8_t"]),
    ("u_int16_t", &["unsigned short", "uint16_t"]),
    ("u_int32_t", &["unsigned int", "uint32_t"]),
    ("u_int64_t", &[]),
    ("intptr_t", &["long", "INT_PTR"]),
    ("uintptr_t", &["unsigned long", "UINT_PTR"]),
    ("intmax_t", &["long"]),
    ("uintmax_t", &["unsigned long"]),
    ("ssize_t", &["long", "SSIZE_T", "ptrdiff_t", "LONG_PTR", "INT_PTR", "intptr_t"]),
    ("mode_t", &["unsigned int", "unsigned"]),
    ("pid_t", &["int"]),
    ("useconds_t", &["unsigned int", "unsigned"]),
    ("suseconds_t", &["long"]),
];

/// The 64-bit ones are a `long long` in C, as on Windows; libstdc++ has its own idea.
const WIDE_IN_C: [&str; 2] = ["int64_t", "uint64_t"];

/// The text with such definitions as the headers have it; `None` if there are none.
pub fn rewritten(text: &[u8], cxx: bool) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut done = 0;
    let mut elsewhere: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = text[at..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |len| at + len + 1);
        let line = text[at..end].trim_ascii_start();
        if let Some(directive) = line.strip_prefix(b"#") {
            condition(directive.trim_ascii_start(), &mut elsewhere);
        } else if is_definition(line) && !elsewhere.contains(&true) {
            let start = end - line.len() + b"typedef".len();
            if let Some((length, name)) = definition(&text[start..], cxx) {
                out.extend_from_slice(&text[done..start]);
                out.extend_from_slice(format!(" OVL_OWN_{name}").as_bytes());
                // What is replaced may have been several lines.
                out.extend(text[start..start + length].iter().filter(|&&byte| byte == b'\n'));
                out.push(b' ');
                done = start + length;
            }
        }
        at = end;
    }
    (done > 0).then(|| [&out, &text[done..]].concat())
}

/// Does the line begin with the word `typedef`?
fn is_definition(line: &[u8]) -> bool {
    line.strip_prefix(b"typedef").and_then(<[u8]>::first).is_some_and(u8::is_ascii_whitespace)
}

/// Is what follows for another compiler?
fn condition(directive: &[u8], elsewhere: &mut Vec<bool>) {
    let text = String::from_utf8_lossy(directive);
    let text = text.lines().next().unwrap_or_default();
    if text.starts_with("if") {
        let negated = text.starts_with("ifndef") || text.contains('!');
        elsewhere.push(!negated && OTHER_COMPILERS.iter().any(|name| text.contains(name)));
    } else if text.starts_with("el") {
        let other = text.starts_with("elif") && OTHER_COMPILERS.iter().any(|name| text.contains(name));
        if let Some(last) = elsewhere.last_mut() {
            *last = other;
        }
    } else if text.starts_with("endif") {
        elsewhere.pop();
    }
}

/// The length of the words of a type that contradicts the headers, behind `typedef`, and the name that follows them.
fn definition(text: &[u8], cxx: bool) -> Option<(usize, &'static str)> {
    let end = text.iter().take(200).position(|byte| !(byte.is_ascii_alphanumeric() || b"_ \t\r\n".contains(byte)))?;
    let words: Vec<&str> =
        str::from_utf8(&text[..end]).ok().filter(|_| text[end] == b';')?.split_ascii_whitespace().collect();
    let (name, kind) = words.split_last().filter(|(_, kind)| !kind.is_empty())?;
    let (name, agrees) = AGREES.into_iter().find(|(known, _)| known == name)?;
    let kind = kind.join(" ");
    if agrees.contains(&kind.as_str()) || !cxx && WIDE_IN_C.contains(&name) {
        return None;
    }
    // A structure of this name is something else.
    let plain = !["struct", "union", "enum", "class"].iter().any(|word| kind.starts_with(word));
    let length = text[..end].windows(name.len()).rposition(|window| window == name.as_bytes())?;
    plain.then_some((length, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str, cxx: bool) -> Option<String> {
        rewritten(text.as_bytes(), cxx).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn definitions_that_contradict_the_headers_lead_to_them() {
        let text = "int a;\ntypedef unsigned long DWORD; // 32 bits\n  typedef signed\n long long int64_t;\nint b;";
        let wanted = "int a;\ntypedef OVL_OWN_DWORD DWORD; // 32 bits\n  typedef OVL_OWN_int64_t\n int64_t;\nint b;";
        assert_eq!(made(text, true).as_deref(), Some(wanted));
        assert_eq!(made("typedef unsigned __int64 uint64_t;", false), None, "C has it so");
        assert_eq!(made("typedef __int64 ssize_t;", false).as_deref(), Some("typedef OVL_OWN_ssize_t ssize_t;"));
    }

    #[test]
    fn everything_else_is_left() {
        for text in [
            "typedef unsigned int DWORD; typedef struct _x DWORD;",
            "typedef struct mode mode_t;\ntypedef long *LONG;\ntypedef long LONG[4];\ntypedef long MINE;\ntypedef LONG;",
            "#ifdef _MSC_VER\ntypedef __int64 int64_t;\n#else\n#include <stdint.h>\n#endif",
            "typedef SSIZE_T ssize_t;\ntypedef int pid_t;\ntypedefs long LONG;",
        ] {
            assert_eq!(made(text, true), None, "{text}");
        }
        let other = "#if defined(_MSC_VER)\n#include <x>\n#else\ntypedef long long int64_t;\n#endif";
        assert!(made(other, true).is_some(), "for this compiler");
    }
}
