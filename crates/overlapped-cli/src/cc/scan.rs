//! What a source file includes and is made of, seen without a preprocessor.

use super::suffixes::is_suffixed;

/// What was seen in one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Names in `#include`, and whether they were in quotes.
    pub includes: Vec<(String, bool)>,
    /// `void main(...)`.
    pub void_main: bool,
    /// `void wmain(...)`.
    pub void_wmain: bool,
    /// `__in` or `__out`.
    pub old_annotations: bool,
    /// Has it blocks of structured exception handling?
    pub structured: bool,
    /// Has it literals like `1i64`?
    pub suffixes: bool,
    /// Does it look like a part of a library, or like a user of one's data: `dllexport`, `dllimport`, `DllMain`?
    pub library: bool,
}

/// Looks through the text of a file. Bytes that are not UTF-8 are of no interest: they are in comments and strings.
pub fn scan(bytes: &[u8]) -> Seen {
    let text = String::from_utf8_lossy(bytes);
    let mut seen = Seen::default();
    let mut before = [""; 2];
    for token in Tokens(&text) {
        match token {
            Token::Include(name, quoted) => seen.includes.push((name.to_string(), quoted)),
            Token::Word("__in" | "__out") => seen.old_annotations = true,
            Token::Word("__try" | "_try") => seen.structured = true,
            Token::Word("dllexport" | "dllimport" | "DllMain") => seen.library = true,
            // These stand between the type and the name, and change nothing.
            Token::Word("__cdecl" | "_cdecl" | "__stdcall" | "WINAPI" | "CALLBACK" | "_cdecl_") => {}
            Token::Word(word) => {
                seen.suffixes |= is_suffixed(word);
                before = [before[1], word];
            }
            Token::Other('(') => {
                if let ["void" | "VOID", name] = before {
                    seen.void_main |= matches!(name, "main" | "_tmain");
                    seen.void_wmain |= matches!(name, "wmain" | "_tmain");
                }
                before = [""; 2];
            }
            Token::Other(_) => before = [""; 2],
        }
    }
    seen
}

#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    Word(&'a str),
    Include(&'a str, bool),
    Other(char),
}

/// Words, includes and single characters; without comments, strings and white space.
pub(super) struct Tokens<'a>(pub(super) &'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.0 = self.0.trim_start();
            let text = self.0;
            let first = text.chars().next()?;
            if text.starts_with("//") {
                self.skip(text.find('\n').unwrap_or(text.len()));
            } else if let Some(comment) = text.strip_prefix("/*") {
                self.skip(comment.find("*/").map_or(text.len(), |at| at + 4));
            } else if first == '"' || first == '\'' {
                self.skip(literal(text, first));
            } else if first == '#' {
                self.skip(1);
                if let Some(include) = self.include() {
                    return Some(include);
                }
            } else if is_word(first) {
                let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
                self.skip(end);
                return Some(Token::Word(&text[..end]));
            } else {
                self.skip(first.len_utf8());
                return Some(Token::Other(first));
            }
        }
    }
}

impl<'a> Tokens<'a> {
    fn skip(&mut self, bytes: usize) {
        self.0 = &self.0[bytes..];
    }

    /// After `#`.
    fn include(&mut self) -> Option<Token<'a>> {
        let name = self.0.trim_start_matches([' ', '\t']).strip_prefix("include")?.trim_start_matches([' ', '\t']);
        let close = match name.as_bytes().first()? {
            b'<' => '>',
            b'"' => '"',
            _ => return None,
        };
        let line = name[1..].lines().next()?;
        let end = line.find(close)?;
        self.0 = &name[end + 2..];
        Some(Token::Include(&line[..end], close == '"'))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a string or character constant; to the end of the line if it is not closed.
fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' if !escaped => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_are_found_and_comments_and_strings_are_not() {
        let seen = scan(b"#include <Windows.h>\r\n # include \"Sub\\Dir.h\" // x\n// #include <no.h>\n/* #include <no.h> */\nchar *s = \"#include <no.h>\";");
        assert_eq!(seen.includes, [("Windows.h".into(), false), ("Sub\\Dir.h".into(), true)]);
    }

    #[test]
    fn void_main_is_found_in_its_forms() {
        assert!(scan(b"void main(void) {}").void_main);
        assert!(scan(b"VOID __cdecl\nmain(int argc, char **argv) {}").void_main);
        assert!(!scan(b"int main() {}").void_main);
        assert!(!scan(b"/* void main() */ void domain() { } int x = main();").void_main);
        let both = scan(b"void _tmain(int argc, TCHAR *argv[])");
        assert!(both.void_main && both.void_wmain);
    }

    #[test]
    fn text_that_is_not_utf8_does_not_hurt() {
        let seen = scan(b"// \xB4\xCB\xCA\xC7\n#include \"a.h\"\nint f(__in int x);");
        assert_eq!(seen.includes, [("a.h".into(), true)]);
        assert!(seen.old_annotations);
    }

    #[test]
    fn an_unclosed_quote_ends_with_its_line() {
        assert_eq!(scan(b"#error don't\n#include <a.h>").includes, [("a.h".into(), false)]);
    }
}
