//! Which of the seven spellings a name is: text only, no table, no file system.

use super::device::DriveLetter;
use super::error::NameError;
use super::fold::{readable, utf16_len};

/// The longest ordinary Windows name: `MAX_PATH` less the terminating zero (contract 01 §2.5).
const MAX_ORDINARY: usize = 259;
/// The longest name behind `\\?\` (contract 01 §3).
const MAX_VERBATIM: usize = 32_767;

/// A name taken apart as far as its prefix (contract 01 §3).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// Begins with `/`: Linux's own.
    Posix(&'a [u8]),
    /// `rel`
    Relative { path: &'a [u8], style: Style },
    /// `\…`; the first separator is taken off.
    Rooted { path: &'a [u8] },
    /// `X:\…`; letter, colon and separator are taken off.
    Absolute { drive: DriveLetter, path: &'a [u8] },
    /// `X:rel`
    DriveRelative { drive: DriveLetter, path: &'a [u8] },
    /// `\\server\…`; the first two separators are taken off.
    Unc { path: &'a [u8] },
    /// What follows `\\.\` or `\\?\`.
    Device { path: &'a [u8], style: Style },
}

/// By which rules the components of a path are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Ordinary Win32: `/` separates too, `.` and `..` are resolved, trailing dots and spaces are dropped.
    Ordinary,
    /// As ordinary, but where these rules would refuse or change a component that exists, it is taken as it is.
    PosixFirst,
    /// Behind `\\.\`: as ordinary, but only `\` separates.
    Device,
    /// Behind `\\?\`: only `\` separates and nothing is resolved or dropped.
    Verbatim,
}

impl Style {
    /// Whether `byte` ends a component.
    pub(super) fn separates(self, byte: u8) -> bool {
        byte == b'\\' || (byte == b'/' && matches!(self, Self::Ordinary | Self::PosixFirst))
    }

    /// Whether reserved names are devices in a path of this style.
    pub(super) fn reserves_names(self) -> bool {
        matches!(self, Self::Ordinary | Self::PosixFirst)
    }
}

impl<'a> Form<'a> {
    /// Takes the prefix of `name` apart and checks its length.
    pub(super) fn parse(name: &'a [u8]) -> Result<Self, NameError> {
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.contains(&0) {
            let (name, character) = (readable(name), '\0');
            return Err(NameError::IllegalCharacter { name, character });
        }
        let form = Self::recognise(name);
        form.check_length(name)?;
        Ok(form)
    }

    fn recognise(name: &'a [u8]) -> Self {
        match name {
            [b'/', ..] => Self::Posix(name),
            [b'\\', b'\\', b'?', b'\\', path @ ..] => Self::Device { path, style: Style::Verbatim },
            [b'\\', b'\\', b'.', b'\\', path @ ..] => Self::Device { path, style: Style::Device },
            [b'\\', b'\\' | b'/', path @ ..] => Self::Unc { path },
            [b'\\', path @ ..] => Self::Rooted { path },
            [letter, b':', path @ ..] if letter.is_ascii_alphabetic() => Self::with_drive(*letter, path),
            path if path.contains(&b'\\') => Self::Relative { path, style: Style::Ordinary },
            path => Self::Relative { path, style: Style::PosixFirst },
        }
    }

    fn with_drive(letter: u8, path: &'a [u8]) -> Self {
        let drive = DriveLetter::new(char::from(letter)).expect("the caller saw an ASCII letter");
        match path {
            [b'\\' | b'/', path @ ..] => Self::Absolute { drive, path },
            path => Self::DriveRelative { drive, path },
        }
    }

    /// A name that may be a POSIX path has no limit but Linux's, which holds for the path it leads to.
    fn check_length(&self, name: &[u8]) -> Result<(), NameError> {
        let (limit, remedy) = match self {
            Self::Posix(_) => return Ok(()),
            Self::Relative { style, .. } if *style == Style::PosixFirst => return Ok(()),
            Self::Device { style, .. } if *style == Style::Verbatim => (MAX_VERBATIM, "make it shorter"),
            _ => (MAX_ORDINARY, r"put \\?\ before it, or give the POSIX path"),
        };
        // No text has more units than bytes.
        let length = if name.len() <= limit { name.len() } else { utf16_len(name) };
        if length <= limit {
            return Ok(());
        }
        Err(NameError::TooLong { length, limit, remedy })
    }
}

/// The first component of `path` and what follows its separator; `None` if there is no separator.
pub(super) fn split_first(path: &[u8], style: Style) -> (&[u8], Option<&[u8]>) {
    match path.iter().position(|&byte| style.separates(byte)) {
        Some(at) => (&path[..at], Some(&path[at + 1..])),
        None => (path, None),
    }
}
