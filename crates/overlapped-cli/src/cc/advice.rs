//! Notes after the compiler's own errors: a function or header of Windows that is not here is named, with what to do.

use super::headers;
use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};

/// Families of functions that stay outside, by how their names start; longer ones first where they overlap.
const OUTSIDE: &[(&str, &str)] = &[
    ("Reg", "the registry"),
    ("Crypt", "cryptography"),
    ("BCrypt", "cryptography"),
    ("Co", "COM"),
    ("Ole", "COM"),
    ("SetupDi", "device installation"),
    ("MessageBox", "windows"),
    ("CreateWindow", "windows"),
    ("RegisterClass", "windows"),
    ("DefWindowProc", "windows"),
    ("PeekMessage", "windows"),
    ("PostMessage", "windows"),
    ("SendMessage", "windows"),
    ("ShowWindow", "windows"),
    ("AdjustTokenPrivileges", "security descriptors"),
];

/// Shows the compiler's messages as they come; notes follow.
pub fn pass_on(stderr: impl Read) {
    let mut notes = BTreeSet::new();
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
        // Nobody to tell if this fails.
        let _ = io::stderr().write_all(&line);
        notes.extend(note(&plain(&String::from_utf8_lossy(&line))));
        line.clear();
    }
    for note in notes {
        eprintln!("ovl: {note}");
    }
}

/// The note for a line, if there is one.
fn note(line: &str) -> Option<String> {
    if let Some(header) = missing_header(line) {
        return Some(format!(
            "{header}: Overlapped does not have this header; leave it out if you can. It covers device I/O, not all of Windows"
        ));
    }
    let name = missing_name(line)?;
    let name = name.strip_prefix("ovl_").unwrap_or(name);
    match header_of(name) {
        Some(header) if line.contains("undefined reference") => {
            return Some(format!(
                "{name}: the library lacks this function of {header}; ovl and the library are of different versions, build both again"
            ));
        }
        Some(header) => return Some(format!("{name}: include <{header}>")),
        None => {}
    }
    if !looks_like_win32(name) {
        return None;
    }
    match OUTSIDE.iter().find(|(start, _)| name.starts_with(start)) {
        Some((_, what)) => Some(format!(
            "{name}: this belongs to {what}, which Overlapped leaves out; leave that part out with #ifdef"
        )),
        None => Some(format!("{name}: if this is a function of Windows, Overlapped does not have it")),
    }
}

/// What messages say before the name they complain of.
const BEFORE: &[&str] = &[
    "implicit declaration of function ",
    "call to undeclared function ",
    "use of undeclared identifier ",
    "undefined reference to ",
    "unknown type name ",
];
/// What they say after it.
const AFTER: &[&str] =
    &[" was not declared in this scope", " undeclared ", " has not been declared", " does not name a type"];

/// Do the headers have this function?
pub fn is_here(name: &str) -> bool {
    header_of(name).is_some()
}

/// The name that a message complains of.
pub fn missing_name(line: &str) -> Option<&str> {
    let quotes = ['‘', '’', '\'', '`'];
    let no_word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let before = BEFORE
        .iter()
        .find_map(|before| line.split_once(before))
        .and_then(|(_, rest)| rest.trim_start_matches(quotes).split(no_word).next());
    let after = || {
        let (rest, _) = AFTER.iter().find_map(|after| line.split_once(after))?;
        rest.trim_end_matches(quotes).rsplit(no_word).next()
    };
    before.or_else(after).filter(|name| !name.is_empty())
}

/// The header of `x.h: No such file or directory`, if it has a name as Windows' have.
fn missing_header(line: &str) -> Option<&str> {
    let (before, _) = line.split_once(": No such file or directory").or_else(|| line.split_once("' file not found"))?;
    let name = before.rsplit([' ', '\'']).next()?;
    line.contains("fatal error")
        .then_some(name)
        .filter(|name| WINDOWS_HEADERS.contains(&name.to_ascii_lowercase().as_str()))
}

/// Headers that Windows has and we have not.
const WINDOWS_HEADERS: &[&str] = &["atlbase.h", "cfgmgr32.h", "commctrl.h", "dbt.h", "setupapi.h", "winspool.h"];

/// Words in capitals that run together, as in `CreateFile`.
fn looks_like_win32(name: &str) -> bool {
    let capitals = name.chars().filter(char::is_ascii_uppercase).count();
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && capitals >= 2
        && name.chars().any(|c| c.is_ascii_lowercase())
        && !name.contains('_')
}

/// The header that declares this function.
fn header_of(name: &str) -> Option<&'static str> {
    headers::windows().find_map(|(header, text)| functions(text).any(|function| function == name).then_some(header))
}

/// The functions that a header declares.
fn functions(text: &'static str) -> impl Iterator<Item = &'static str> {
    let declarations = text.lines().filter(|line| !line.starts_with("#define "));
    declarations.filter_map(|line| Some(line.split_once("OVL_SYMBOL(")?.1.split_once(')')?.0))
}

/// A line without colours.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        out.push_str(before);
        rest = after.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &after[end + 1..]);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_in_messages_of_both_compilers() {
        for line in [
            "a.c:3:5: error: implicit declaration of function ‘CreateNamedPipeA’; did you mean ‘x’?",
            "a.c:3:5: error: call to undeclared function 'CreateNamedPipeA'; ISO C99",
            "a.cpp:3:5: error: ‘CreateNamedPipeA’ was not declared in this scope; did you mean",
            "a.cpp:3:5: error: use of undeclared identifier 'CreateNamedPipeA'",
            "a.c:(.text+0x5): undefined reference to `CreateNamedPipeA'",
            "a.c:3:5: error: ‘CreateNamedPipeA’ undeclared (first use in this function)",
        ] {
            assert_eq!(missing_name(line), Some("CreateNamedPipeA"), "{line}");
        }
        assert_eq!(missing_name("a.c:1:1: warning: unused variable ‘x’"), None);
    }

    #[test]
    fn the_note_says_what_to_do() {
        let said = |name: &str| note(&format!("error: use of undeclared identifier '{name}'")).unwrap_or_default();
        assert!(said("CloseHandle").contains("include <handleapi.h>"));
        assert!(said("CryptEncrypt").contains("cryptography"));
        assert!(said("GetFrobnication").contains("if this is a function of Windows"));
        assert_eq!(said("my_function"), "");
        assert!(note("x.c:1:10: fatal error: setupapi.h: No such file or directory").unwrap().contains("setupapi.h"));
        assert!(note("x.c:1:10: fatal error: 'Setupapi.h' file not found").unwrap().contains("Setupapi.h"));
    }

    #[test]
    fn functions_are_found_wherever_their_symbol_stands() {
        let text = "int a(void) OVL_SYMBOL(a);\nint b(void)\n    OVL_SYMBOL(b);\n#define M(x) OVL_SYMBOL(x)\n";
        assert_eq!(functions(text).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn colours_are_not_in_the_way() {
        assert_eq!(plain("\x1b[01m\x1b[Ka.c\x1b[m\x1b[K: x\n"), "a.c: x\n");
    }
}
