//! The one error of the Rust face.

use crate::executor::{Elapsed, JoinError};
use overlapped_abi::{Context, Win32Error};
use overlapped_kernel::pool::Rejected;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What went wrong: the Win32 code of the contract, the operation, and the file if one was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: Win32Error,
    operation: &'static str,
    path: Option<Box<Path>>,
}

/// What fallible functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(code: Win32Error, operation: &'static str) -> Self {
        Self { code, operation, path: None }
    }

    pub(crate) fn with_path(code: Win32Error, operation: &'static str, path: &Path) -> Self {
        Self { code, operation, path: Some(path.into()) }
    }

    /// The Win32 code, as GetLastError would give it in the C face.
    #[must_use]
    pub fn code(&self) -> Win32Error {
        self.code
    }

    /// What was attempted, by its name in the contract.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The file or device that was named, if one was.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What the standard library calls it, as [`io::Error::kind`] of the error that it becomes there.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.code.kind()
    }

    /// Was the request cancelled (995)?
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.code == Win32Error::OPERATION_ABORTED
    }

    /// Was the end of the file reached (38)?
    #[must_use]
    pub fn is_end_of_file(&self) -> bool {
        self.code == Win32Error::HANDLE_EOF
    }

    pub(crate) fn during(mut self, operation: &'static str) -> Self {
        self.operation = operation;
        self
    }

    /// Names the file that the operation was about.
    #[must_use]
    pub fn about(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into().into_boxed_path());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operation)?;
        if let Some(path) = &self.path {
            write!(f, " of {}", path.display())?;
        }
        write!(f, " failed: {} (", self.code.message())?;
        match self.code.name() {
            Some(name) => write!(f, "{name}, {})", self.code.0),
            None => write!(f, "error {})", self.code.0),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        io::Error::new(error.code.kind(), error)
    }
}

impl From<Rejected> for Error {
    /// 735, as other calls of a pool that was shut down have it; the work is dropped.
    fn from(_rejected: Rejected) -> Self {
        Self::new(Win32Error::ABANDONED_WAIT_0, "work for a thread pool")
    }
}

impl From<Elapsed> for Error {
    /// 258, whose kind is [`io::ErrorKind::TimedOut`].
    fn from(_elapsed: Elapsed) -> Self {
        Self::new(Win32Error::WAIT_TIMEOUT, "a timeout")
    }
}

impl From<Elapsed> for io::Error {
    fn from(elapsed: Elapsed) -> Self {
        Error::from(elapsed).into()
    }
}

impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> Self {
        Self::other(error)
    }
}

impl From<io::Error> for Error {
    /// Keeps the code of an error that came from here; any other one is translated by its error number.
    fn from(error: io::Error) -> Self {
        if let Some(own) = error.get_ref().and_then(|e| e.downcast_ref::<Self>()) {
            return own.clone();
        }
        Self::new(Win32Error::from_io_error(&error, Context::Open), "the system call")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_way_through_io_error() {
        let error = Error::with_path(Win32Error::SHARING_VIOLATION, "open", Path::new("/x"));
        let there: io::Error = error.clone().into();
        assert_eq!(there.kind(), io::ErrorKind::ResourceBusy);
        assert_eq!(Error::from(there), error);
    }

    #[test]
    fn the_message_names_operation_file_and_code() {
        let text = Error::with_path(Win32Error::FILE_NOT_FOUND, "open", Path::new("/x")).to_string();
        assert!(text.starts_with("open of /x failed: "), "{text}");
        assert!(text.ends_with("(ERROR_FILE_NOT_FOUND, 2)"), "{text}");
    }
}
