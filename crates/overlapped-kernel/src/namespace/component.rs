//! One component of a path under the Windows rules (contract 01 §3).

use super::device::trim_end;
use super::error::NameError;
use super::fold::readable;
use super::form::Style;

/// What a piece of text between two separators does to the path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Component<'a> {
    /// Nothing: a doubled separator, or `.`.
    Stay,
    /// `..`
    Up,
    /// Go down to this name.
    Down(&'a [u8]),
}

/// What is wrong with a component.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Illegal(char),
    Stream,
    Useless,
}

impl Flaw {
    /// The error for a whole name that has this flaw in `component`.
    pub(super) fn in_name(self, name: &[u8], component: &[u8]) -> NameError {
        let name = readable(name);
        match self {
            Self::Illegal(character) => NameError::IllegalCharacter { name, character },
            Self::Stream => NameError::AlternateStream { name },
            Self::Useless => NameError::UselessComponent { name, component: readable(component) },
        }
    }
}

/// Reads one component. It holds no separator of its style.
pub(super) fn read(piece: &[u8], style: Style) -> Result<Component<'_>, Flaw> {
    if style == Style::Verbatim {
        return match piece {
            // Windows would look for files of these names and find none; Linux would walk them.
            b"" | b"." | b".." => Err(Flaw::Useless),
            name => legal(name).map(Component::Down),
        };
    }
    match piece {
        b"" | b"." => Ok(Component::Stay),
        b".." => Ok(Component::Up),
        name => match trim_end(legal(name)?, b". ") {
            b"" => Err(Flaw::Useless),
            trimmed => Ok(Component::Down(trimmed)),
        },
    }
}

/// `name`, if every character in it may stand in a Windows name.
pub(super) fn legal(name: &[u8]) -> Result<&[u8], Flaw> {
    match name.iter().copied().find(|&byte| ILLEGAL[usize::from(byte)]) {
        None => Ok(name),
        Some(b':') => Err(Flaw::Stream),
        Some(byte) => Err(Flaw::Illegal(char::from(byte))),
    }
}

/// What must not stand in a name, by byte.
static ILLEGAL: [bool; 256] = {
    let (mut illegal, special) = ([false; 256], br#"<>:"/\|?*"#);
    let mut at = 0;
    while at < 0x20 {
        illegal[at] = true;
        at += 1;
    }
    at = 0;
    while at < special.len() {
        illegal[special[at] as usize] = true;
        at += 1;
    }
    illegal
};
