//! Conversions to and from `std::io::Error`.

use crate::errno::Context;
use crate::status::Status;
use crate::win32::Win32Error;
use crate::wsa::WsaError;
use std::io;

impl Win32Error {
    /// The `std::io::ErrorKind` nearest in meaning.
    #[must_use]
    pub fn kind(self) -> io::ErrorKind {
        match self {
            // What Rust code asks for by kind, and no errno has.
            Self::HANDLE_EOF => io::ErrorKind::UnexpectedEof,
            Self::INVALID_FUNCTION => io::ErrorKind::Unsupported,
            _ => io::Error::from_raw_os_error(self.own_errno()).kind(),
        }
    }

    /// The code of an `io::Error`: the one it was made from, or else its error number in this context.
    ///
    /// An error without either, made from a kind or a text, is [`Win32Error::GEN_FAILURE`].
    #[must_use]
    pub fn from_io_error(error: &io::Error, context: Context) -> Self {
        let inner = error.get_ref();
        if let Some(code) = inner.and_then(|inner| inner.downcast_ref::<Win32Error>()) {
            return *code;
        }
        if let Some(code) = inner.and_then(|inner| inner.downcast_ref::<WsaError>()) {
            return Win32Error::from(*code);
        }
        match error.raw_os_error() {
            Some(errno) => Win32Error::from_errno(errno, context),
            None => Win32Error::GEN_FAILURE,
        }
    }
}

impl WsaError {
    /// The `std::io::ErrorKind` nearest in meaning.
    #[must_use]
    pub fn kind(self) -> io::ErrorKind {
        io::Error::from_raw_os_error(self.to_errno()).kind()
    }
}

/// Keeps the code: the error's kind is [`Win32Error::kind`], its inner error the code itself.
impl From<Win32Error> for io::Error {
    fn from(code: Win32Error) -> Self {
        io::Error::new(code.kind(), code)
    }
}

/// Keeps the code: the error's kind is [`WsaError::kind`], its inner error the code itself.
impl From<WsaError> for io::Error {
    fn from(code: WsaError) -> Self {
        io::Error::new(code.kind(), code)
    }
}

/// The status in its Win32 form, with a kind that follows the status (`FILE_IS_A_DIRECTORY` is told
/// apart from `ACCESS_DENIED`).
impl From<Status> for io::Error {
    fn from(status: Status) -> Self {
        let code = status.to_win32();
        let kind = match code.kind() {
            kind @ (io::ErrorKind::UnexpectedEof | io::ErrorKind::Unsupported) => kind,
            _ => io::Error::from_raw_os_error(status.to_errno()).kind(),
        };
        io::Error::new(kind, code)
    }
}
