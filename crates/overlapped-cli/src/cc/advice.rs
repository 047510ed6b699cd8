//! Notes after the compiler's own errors: a function or header of Windows that is not here is named, with what to do.

use super::headers;
use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};

/// What the headers say of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It is there, and in this header.
    Here(&'static str),
    /// It is in this header, and switched off.
    NotYet(&'static str),
}

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

/// Prints the functions that do not exist yet, by header.
pub fn list_missing() {
    let mut all_there = true;
    for (header, text) in headers::windows() {
        let missing: Vec<_> = functions(text).filter(|(_, on)| !on).map(|(name, _)| name).collect();
        if !missing.is_empty() {
            if std::mem::take(&mut all_there) {
                println!("Overlapped's headers know these functions, and they do not exist yet:");
            }
            println!("\n{header}\n  {}", missing.join("\n  "));
        }
    }
    if all_there {
        println!("Every function that Overlapped's headers declare exists.");
    }
    println!("\nOut of scope: windows, the registry, COM, security descriptors beyond NULL, cryptography.");
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
    if let Some(state) = state(name) {
        return Some(match state {
            State::NotYet(header) => {
                format!("{name}: Overlapped does not have this function yet ({header}); see `ovl cc --missing`")
            }
            State::Here(header) if line.contains("undefined reference") => {
                format!(
                    "{name}: the library lacks this function of {header}; ovl and the library are of different versions, build both again"
                )
            }
            State::Here(header) => format!("{name}: include <{header}>"),
        });
    }
    if !looks_like_win32(name) {
        return None;
    }
    match OUTSIDE.iter().find(|(start, _)| name.starts_with(start)) {
        Some((_, what)) => Some(format!(
            "{name}: this belongs to {what}, which Overlapped leaves out; leave that part out with #ifdef"
        )),
        None => Some(format!(
            "{name}: if this is a function of Windows, Overlapped does not have it; see `ovl cc --missing`"
        )),
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
    matches!(state(name), Some(State::Here(_)))
}

/// The name that a message complains of.
pub fn missing_name(line: &str) -> Option<&str> {
    let quotes = ['‘', '’', '\'', '`'];
    let no_word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    // Declared as what does not exist yet (`ovl/later.h`).
    let later =
        ["declared with attribute error", "declared with 'error' attribute"].iter().any(|said| line.contains(said));
    let before = BEFORE
        .iter()
        .chain(later.then_some(&"call to "))
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
const WINDOWS_HEADERS: &[&str] = &[
    "accctrl.h",
    "aclapi.h",
    "atlbase.h",
    "bcrypt.h",
    "cfgmgr32.h",
    "combaseapi.h",
    "commctrl.h",
    "dbghelp.h",
    "dbt.h",
    "initguid.h",
    "iphlpapi.h",
    "iptypes.h",
    "lm.h",
    "netioapi.h",
    "objbase.h",
    "ole2.h",
    "psapi.h",
    "rpc.h",
    "sddl.h",
    "setupapi.h",
    "shellapi.h",
    "shlobj.h",
    "shlwapi.h",
    "tlhelp32.h",
    "wincrypt.h",
    "winreg.h",
    "winspool.h",
    "winsvc.h",
    "winternl.h",
    "wtsapi32.h",
];

/// Words in capitals that run together, as in `CreateFile`.
fn looks_like_win32(name: &str) -> bool {
    let capitals = name.chars().filter(char::is_ascii_uppercase).count();
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && capitals >= 2
        && name.chars().any(|c| c.is_ascii_lowercase())
        && !name.contains('_')
}

fn state(name: &str) -> Option<State> {
    headers::windows().find_map(|(header, text)| {
        let (_, on) = functions(text).find(|(function, _)| *function == name)?;
        Some(if on { State::Here(header) } else { State::NotYet(header) })
    })
}

/// The functions that a header declares, and whether their feature is on.
fn functions(text: &'static str) -> impl Iterator<Item = (&'static str, bool)> {
    let mut conditions: Vec<bool> = Vec::new();
    text.lines().filter_map(move |line| {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("#if", condition) => conditions.push(is_on(condition)),
            ("#ifdef" | "#ifndef", _) => conditions.push(true),
            ("#endif", _) => drop(conditions.pop()),
            ("#define", _) => return None,
            _ => {}
        }
        let (name, _) = line.split_once("OVL_SYMBOL(")?.1.split_once(')')?;
        Some((name, conditions.iter().all(|&on| on)))
    })
}

/// The value of a condition on features; of any other, true.
fn is_on(condition: &str) -> bool {
    condition.split("&&").map(str::trim).filter(|part| part.starts_with("OVL_HAVE_")).all(|feature| {
        let feature = feature.split(' ').next().unwrap_or(feature);
        let line = headers::text("ovl/features.h")
            .lines()
            .find_map(|line| line.strip_prefix("#define ")?.strip_prefix(feature)?.strip_prefix(' '));
        line.is_some_and(|value| value.trim_start().starts_with('1'))
    })
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
            "a.c:3:5: error: call to ‘CreateNamedPipeA’ declared with attribute error: Overlapped",
            "a.c:3:5: error: call to 'CreateNamedPipeA' declared with 'error' attribute: Overlapped",
        ] {
            assert_eq!(missing_name(line), Some("CreateNamedPipeA"), "{line}");
        }
        assert_eq!(missing_name("a.c:1:1: warning: unused variable ‘x’"), None);
    }

    #[test]
    fn the_note_says_what_to_do() {
        let said = |name: &str| note(&format!("error: use of undeclared identifier '{name}'")).unwrap_or_default();
        assert!(said("CloseHandle").contains("include <handleapi.h>"));
        assert!(said("RegSaveKeyA").contains("the registry"));
        assert!(said("GetFrobnication").contains("if this is a function of Windows"));
        assert_eq!(said("my_function"), "");
        assert!(note("x.c:1:10: fatal error: setupapi.h: No such file or directory").unwrap().contains("setupapi.h"));
        assert!(note("x.c:1:10: fatal error: 'Setupapi.h' file not found").unwrap().contains("Setupapi.h"));
    }

    #[test]
    fn functions_behind_a_feature_that_is_off_are_told_apart() {
        let text = "#if OVL_HAVE_NOTHING\nint a(void) OVL_SYMBOL(a);\n#endif\nint b(void)\n    OVL_SYMBOL(b);\n#define M(x) OVL_SYMBOL(x)\n";
        assert_eq!(functions(text).collect::<Vec<_>>(), [("a", false), ("b", true)]);
    }

    #[test]
    fn colours_are_not_in_the_way() {
        assert_eq!(plain("\x1b[01m\x1b[Ka.c\x1b[m\x1b[K: x\n"), "a.c: x\n");
    }
}
