//! Types of POSIX that a program defines for itself: `struct iovec`, `typedef int sigset_t;`, `struct sigaction`.
//!
//! No header of a compiler for Windows has them, so programs bring their own along, of another layout even. Where a source or a
//! header that it leads to does, libc's headers give theirs other names (`OVL_HIDE_iovec`, in `ovl/prelude.h`). Not where the
//! definition stands behind a question like `#ifndef HAVE_STRUCT_IOVEC`: a check has found libc's, and the program uses those.
//! Drawback: all of a command's files are taken together, and what a macro defines is not seen.

use super::scan::{Token, Tokens};
use std::collections::BTreeSet;

const NAMES: [&str; 9] =
    ["cpu_set_t", "iovec", "key_t", "nlink_t", "sigaction", "siginfo_t", "sigset_t", "stack_t", "ucontext_t"];

/// The names that the text defines.
pub fn defined(text: &str) -> BTreeSet<&'static str> {
    let mut found = Found::default();
    if !NAMES.iter().any(|name| text.contains(name)) {
        return found.names;
    }
    // Whether each `#if` around asks what a check has found.
    let mut checked: Vec<bool> = Vec::new();
    let mut from = 0;
    let mut at = 0;
    let mut goes_on = false;
    for line in text.split_inclusive('\n') {
        let directive = line.trim_start().strip_prefix('#').map(str::trim_start);
        if goes_on || directive.is_some() {
            if !checked.contains(&true) {
                found.look(&text[from..at]);
            }
            from = at + line.len();
            goes_on = line.trim_end().ends_with('\\');
        }
        if let Some(directive) = directive {
            if directive.starts_with("if") {
                checked.push(directive.contains("HAVE"));
            } else if directive.starts_with("elif")
                && let Some(last) = checked.last_mut()
            {
                *last |= directive.contains("HAVE");
            } else if directive.starts_with("endif") {
                checked.pop();
            }
        }
        at += line.len();
    }
    found.look(&text[from..]);
    found.names
}

/// What was found, and where in a definition the text is.
#[derive(Default)]
struct Found {
    names: BTreeSet<&'static str>,
    /// Open braces.
    depth: u32,
    /// The braces around the `typedef` whose name is yet to come.
    typedef: Option<u32>,
    /// Words since a structure's kind was named.
    structure: bool,
    /// The last word, if it is one of the names.
    last: Option<&'static str>,
}

impl Found {
    fn look(&mut self, text: &str) {
        for token in Tokens(text) {
            match token {
                Token::Word("typedef") => self.typedef = Some(self.depth),
                Token::Word("struct" | "class" | "union") => self.structure = true,
                Token::Word(word) => self.last = NAMES.into_iter().find(|name| *name == word),
                Token::Other('{') => {
                    self.names.extend(self.last.take().filter(|_| self.structure));
                    self.structure = false;
                    self.depth += 1;
                }
                Token::Other('}') => {
                    self.depth = self.depth.saturating_sub(1);
                    (self.structure, self.last) = (false, None);
                }
                Token::Other(';') => {
                    if self.typedef == Some(self.depth) {
                        self.names.extend(self.last);
                        self.typedef = None;
                    }
                    (self.structure, self.last) = (false, None);
                }
                // A class has its bases behind its name.
                Token::Other(':') if self.structure => {}
                Token::Other('(' | ')' | '=') => (self.structure, self.last) = (false, None),
                Token::Other(_) => self.last = None,
                Token::Include(..) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&'static str> {
        defined(text).into_iter().collect()
    }

    #[test]
    fn definitions_of_structures_and_types_are_found() {
        assert_eq!(found("struct iovec\n{ u_long iov_len; char *iov_base; };"), ["iovec"]);
        assert_eq!(found("typedef char *key_t;\ntypedef DWORD nlink_t;"), ["key_t", "nlink_t"]);
        assert_eq!(found("typedef struct { int a; char b[4]; } cpu_set_t;"), ["cpu_set_t"]);
        assert_eq!(found("struct EXPORT siginfo_t { siginfo_t(HANDLE it); };"), ["siginfo_t"]);
        assert_eq!(found("#if defined (LACKS_SIGSET)\n typedef unsigned sigset_t;\n#endif\n"), ["sigset_t"]);
    }

    #[test]
    fn uses_are_no_definitions_and_checks_have_their_say() {
        for text in [
            "struct iovec parts[2]; void f(struct iovec *parts, sigset_t *set) { struct sigaction old; f(0, 0); }",
            "typedef int (*handler)(siginfo_t *, ucontext_t *);\nstruct sigaction act = { 0 };",
            "// struct iovec { }\n/* typedef int key_t; */ const char *text = \"struct iovec {\";",
            "#ifndef HAVE_STRUCT_IOVEC\nstruct iovec { int a; };\n#endif\n",
            "#if !defined(HAVE_SIGACTION) && \\\n defined(X)\n#ifdef Y\nstruct sigaction { int a; };\n#endif\n#endif\n",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
