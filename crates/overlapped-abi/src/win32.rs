//! [`Win32Error`]: what `GetLastError` gives (contract 10 §1).

mod table;

use crate::errno::Context;
use crate::status::Status;
use crate::wsa::WsaError;
use core::fmt;

/// A Win32 error code.
///
/// The constants carry the names of contract 10 §1 without `ERROR_`; the few codes that have another
/// prefix keep it ([`Win32Error::WAIT_TIMEOUT`], [`Win32Error::WAIT_IO_COMPLETION`]). Winsock codes
/// share the number space and the thread's last-error slot, so a [`WsaError`] converts into a
/// `Win32Error` of the same number, and its name and message are found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct Win32Error(pub u32);

/// One row of the table: a code, its full name, the Linux error number nearest to it, a sentence.
struct Row {
    code: u32,
    name: &'static str,
    errno: i32,
    message: &'static str,
}

const fn find(code: u32) -> Option<&'static Row> {
    let (mut low, mut high) = (0, table::TABLE.len());
    while low < high {
        let middle = (low + high) / 2;
        let row = &table::TABLE[middle];
        if row.code == code {
            return Some(row);
        }
        if row.code < code {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    None
}

impl Win32Error {
    /// The code with this number, known to the table or not.
    #[must_use]
    pub const fn from_value(code: u32) -> Self {
        Win32Error(code)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The full name, such as `ERROR_IO_PENDING` or `WAIT_TIMEOUT`; Winsock names for Winsock numbers;
    /// `None` if the contract does not list the code.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match find(self.0) {
            Some(row) => Some(row.name),
            None => WsaError(self.0).own_name(),
        }
    }

    /// One sentence: what happened and, where there is something to do, what to do next.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match find(self.0) {
            Some(row) => row.message,
            None => match WsaError(self.0).own_message() {
                Some(message) => message,
                None => "An error that this library has no description for; look the number up.",
            },
        }
    }

    /// The status that shows this code.
    ///
    /// Where several statuses share a code, the one marked as the inverse in the table of
    /// [`status`](crate::status) is meant: the most general one, or the one that a file, pipe or socket
    /// request really ends with. For example:
    ///
    /// | Code | Status | also shown by |
    /// |---|---|---|
    /// | 1 | `INVALID_DEVICE_REQUEST` | `NOT_IMPLEMENTED` |
    /// | 2 | `OBJECT_NAME_NOT_FOUND` | `NO_SUCH_FILE` |
    /// | 5 | `ACCESS_DENIED` | `DELETE_PENDING`, `FILE_IS_A_DIRECTORY`, `CANNOT_DELETE`, `THREAD_IS_TERMINATING` |
    /// | 6 | `INVALID_HANDLE` | `OBJECT_TYPE_MISMATCH`, `FILE_CLOSED` |
    /// | 21 | `DEVICE_NOT_READY` | `NO_MEDIA_IN_DEVICE` |
    /// | 33 | `FILE_LOCK_CONFLICT` | `LOCK_NOT_GRANTED` |
    /// | 59 | `INVALID_CONNECTION` | `INVALID_ADDRESS`, `LINK_FAILED`, `LINK_TIMEOUT` |
    /// | 64 | `CONNECTION_RESET` | `LOCAL_DISCONNECT`, `REMOTE_DISCONNECT`, `CONNECTION_DISCONNECTED` |
    /// | 87 | `INVALID_PARAMETER` | `INVALID_INFO_CLASS`, `PORT_ALREADY_SET` |
    /// | 161 | `OBJECT_PATH_SYNTAX_BAD` | `OBJECT_PATH_INVALID` |
    /// | 230 | `INVALID_PIPE_STATE` | `INVALID_READ_MODE` |
    /// | 231 | `PIPE_NOT_AVAILABLE` | `INSTANCE_NOT_AVAILABLE`, `PIPE_BUSY` |
    /// | 232 | `PIPE_CLOSING` | `PIPE_EMPTY` |
    /// | 998 | `ACCESS_VIOLATION` | `DATATYPE_MISALIGNMENT` |
    /// | 1784 | `INVALID_USER_BUFFER` | `INVALID_BUFFER_SIZE` |
    ///
    /// A code that is only the second form of a status (80, 128, 192, 996) gives that status. A code
    /// that no status shows at all (for example 17) becomes a status of the Win32 facility,
    /// `0xC007_0000 + code`, which [`Status::to_win32`] turns back into the same code. Numbers above
    /// `0xFFFF` do not fit there and become [`Status::UNSUCCESSFUL`].
    #[must_use]
    pub const fn to_status(self) -> Status {
        Status::inverse_win32(self)
    }

    /// The code for a Linux error number in some context: [`Status::from_errno`] in its Win32 form.
    #[must_use]
    pub const fn from_errno(errno: i32, context: Context) -> Self {
        Status::from_errno(errno, context).to_win32()
    }

    /// The Linux error number nearest in meaning; 0 for [`Win32Error::SUCCESS`], `EIO` for a code that
    /// is not in the table.
    #[must_use]
    pub const fn to_errno(self) -> i32 {
        self.own_errno()
    }

    /// The row's `errno`, or the Winsock code's, or `EIO`.
    pub(crate) const fn own_errno(self) -> i32 {
        match find(self.0) {
            Some(row) => row.errno,
            None => match WsaError(self.0).own_errno() {
                Some(errno) => errno,
                None => crate::errno::EIO,
            },
        }
    }

    /// Whether this is [`Win32Error::SUCCESS`].
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 == 0
    }

    /// Every code of the table, in ascending order, without the Winsock codes.
    pub fn all() -> impl ExactSizeIterator<Item = Win32Error> + Clone {
        table::TABLE.iter().map(|row| Win32Error(row.code))
    }
}

impl fmt::Display for Win32Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({}): {}", self.0, self.message()),
            None => write!(f, "error {}: {}", self.0, self.message()),
        }
    }
}

impl fmt::Debug for Win32Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "Win32Error({} {name})", self.0),
            None => write!(f, "Win32Error({})", self.0),
        }
    }
}

impl core::error::Error for Win32Error {}

impl From<WsaError> for Win32Error {
    fn from(code: WsaError) -> Self {
        Win32Error(code.0)
    }
}
