//! Why a name does not resolve, with the Win32 code the contract gives it.

use overlapped_abi::Win32Error;

use super::DriveLetter;

/// Why a name leads nowhere (contract 01 §2.5).
///
/// These are the failures the text and the table decide. Whether a file exists, is a directory or may be opened is
/// found out by whoever opens the [`Target`](super::Target). Names are kept in readable form: what is not Unicode
/// in them shows as U+FFFD.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// The empty string (code 3).
    #[error("the name is empty: give a path or a device name")]
    Empty,

    /// A wildcard or another character no Windows name may hold, or a zero byte in any name (code 123).
    #[error(
        "{name:?} holds {character:?}, which no Windows file name may: rename the file, or give its POSIX path, which begins with `/`"
    )]
    IllegalCharacter {
        /// The name as it was given.
        name: String,
        /// The first character that is illegal in it.
        character: char,
    },

    /// A colon in a file name, which on Windows asks for an alternate data stream (code 123).
    #[error(
        "{name:?} asks for an alternate data stream, which Linux file systems lack: leave out the colon and what follows"
    )]
    AlternateStream {
        /// The name as it was given.
        name: String,
    },

    /// A component that is nothing but dots and spaces, or is empty, `.` or `..` behind `\\?\` (code 123).
    #[error("{name:?} has the component {component:?}, which names nothing: take it out")]
    UselessComponent {
        /// The name as it was given.
        name: String,
        /// The component at fault.
        component: String,
    },

    /// Not of the form that this call needs, such as a pipe name that does not begin with `\\.\pipe\` (code 123).
    #[error("{name:?} does not have the form {expected}")]
    WrongForm {
        /// The name as it was given.
        name: String,
        /// The form that is needed.
        expected: &'static str,
    },

    /// `\\server` without a share (code 161).
    #[error(r"{name:?} names a computer but nothing on it: write \\server\share\path")]
    NoShare {
        /// The name as it was given.
        name: String,
    },

    /// Longer than the form of the name, or Linux, allows (code 206).
    #[error("a name of {length} characters is too long: this form ends at {limit}; {remedy}")]
    TooLong {
        /// UTF-16 units in the name, or bytes in the Linux path it leads to.
        length: usize,
        /// The most there may be.
        limit: usize,
        /// How to say it otherwise.
        remedy: &'static str,
    },

    /// A drive letter that the table gives no directory (code 3).
    #[error("drive {0} has no directory: add `{letter} = \"/some/directory\"` under [drives] in devices.toml", letter = .0.as_char())]
    UnmappedDrive(DriveLetter),

    /// A device that the table does not know (code 2).
    #[error("there is no device {name:?}: {remedy}")]
    NoSuchDevice {
        /// The name as it was given.
        name: String,
        /// Where such a device is added, or what to ask for instead.
        remedy: &'static str,
    },

    /// A computer that the table does not know (code 53).
    #[error(
        r#"no computer {server:?} is known: add `{server} = {{ shares = {{ name = "/some/directory" }} }}` under [servers] in devices.toml"#
    )]
    UnknownServer {
        /// The computer's name.
        server: String,
    },

    /// A named pipe of another computer (code 53).
    #[error(
        r"named pipes of the computer {server:?} cannot be reached: use \\.\pipe\name, or mark it `local = true` under [servers] if it is this one"
    )]
    RemotePipe {
        /// The computer's name.
        server: String,
    },

    /// A share that a known computer does not have (code 67).
    #[error("the computer {server:?} has no share {share:?}: add it to its `shares` under [servers] in devices.toml")]
    UnknownShare {
        /// The computer's name.
        server: String,
        /// The share asked for.
        share: String,
    },

    /// A relative name while the process has no current directory, because it was removed (code 3).
    #[error("the current directory cannot be found ({reason}): give an absolute name")]
    NoCurrentDirectory {
        /// What the file system said.
        reason: String,
    },
}

impl NameError {
    /// The code `GetLastError` gives after a call that failed with this (contract 01 §2.5, 07 §1.1).
    pub fn code(&self) -> Win32Error {
        match self {
            Self::Empty | Self::UnmappedDrive(_) | Self::NoCurrentDirectory { .. } => Win32Error::PATH_NOT_FOUND,
            Self::IllegalCharacter { .. }
            | Self::AlternateStream { .. }
            | Self::UselessComponent { .. }
            | Self::WrongForm { .. } => Win32Error::INVALID_NAME,
            Self::NoShare { .. } => Win32Error::BAD_PATHNAME,
            Self::TooLong { .. } => Win32Error::FILENAME_EXCED_RANGE,
            Self::NoSuchDevice { .. } => Win32Error::FILE_NOT_FOUND,
            Self::UnknownServer { .. } | Self::RemotePipe { .. } => Win32Error::BAD_NETPATH,
            Self::UnknownShare { .. } => Win32Error::BAD_NET_NAME,
        }
    }
}
