//! [`Status`]: how a request ended, as an NTSTATUS, and its other forms (contract 10 §3, 03 §7, 08 §5).
//!
//! The table below is the only place where statuses, Win32 codes and WSA codes are related. A row reads
//!
//! ```text
//! value NAME  arrow  Win32 [or Win32], [wsa  arrow  WSA], [errno E];
//! ```
//!
//! - `==` maps both ways: this is the status the code turns back into. `=>` maps only from the status
//!   to the code, because another row is the better inverse. Exactly one row a code has `==`.
//! - `or` is the second code that the contract lists: what the same status shows in another place.
//! - `wsa` is left out where the rule of [`Status::to_wsa`] gives the answer.
//! - `errno` is left out where the Win32 code's own `errno` is right.

use crate::errno;
use crate::win32::Win32Error;
use crate::wsa::WsaError;
use core::fmt;

/// How a request ended, or that it has not yet: an NTSTATUS.
///
/// This is the value of `Internal` in an [`Overlapped`](crate::Overlapped). The constants carry the
/// names of contract 10 §3 without `STATUS_`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct Status(pub u32);

/// The two top bits of a [`Status`] (contract 03 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// `0x0…`: done, or pending.
    Success,
    /// `0x4…`: done, with something to tell.
    Informational,
    /// `0x8…`: the call fails but its data is valid.
    Warning,
    /// `0xC…`: failed.
    Error,
}

/// One row of the table.
struct Row {
    value: u32,
    name: &'static str,
    win32: Win32Error,
    win32_inverse: bool,
    alternate: Option<Win32Error>,
    wsa: Option<WsaError>,
    wsa_inverse: bool,
    errno: Option<i32>,
}

/// `true` for the arrow that maps both ways.
macro_rules! both {
    (==) => {
        true
    };
    (=>) => {
        false
    };
}

/// The value if there is one, else `None`.
macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

macro_rules! statuses {
    ($($value:literal $name:ident $arrow:tt $win32:ident $(or $alternate:ident)?
        $(, wsa $wsa_arrow:tt $wsa:ident)? $(, errno $errno:ident)?;)+) => {
        impl Status {
            $(
                #[doc = concat!("`STATUS_", stringify!($name), "` (`", stringify!($value),
                    "`); Win32 [`", stringify!($win32), "`](Win32Error::", stringify!($win32), ").")]
                pub const $name: Status = Status($value);
            )+
        }

        /// Sorted by value.
        static TABLE: &[Row] = &[$(Row {
            value: $value,
            name: concat!("STATUS_", stringify!($name)),
            win32: Win32Error::$win32,
            win32_inverse: both!($arrow),
            alternate: optional!($(Win32Error::$alternate)?),
            wsa: optional!($(WsaError::$wsa)?),
            wsa_inverse: false $(| both!($wsa_arrow))?,
            errno: optional!($(errno::$errno)?),
        },)+];
    };
}

statuses! {
    0x0000_0000 SUCCESS == SUCCESS, wsa == SUCCESS;
    // 735 is what a port closed under its waiters reports; 128 is the bare wait result.
    0x0000_0080 ABANDONED_WAIT_0 == ABANDONED_WAIT_0 or WAIT_ABANDONED_0;
    // 192 is what a wait and GetQueuedCompletionStatusEx report.
    0x0000_00C0 USER_APC == USER_APC or WAIT_IO_COMPLETION;
    // A read of a console that Ctrl+C has ended: a success of no characters with last error 995.
    0x0000_0101 ALERTED => OPERATION_ABORTED;
    0x0000_0102 TIMEOUT == WAIT_TIMEOUT;
    // 997 answers the call that started the request, 996 the one that asks for its result.
    0x0000_0103 PENDING == IO_PENDING or IO_INCOMPLETE, wsa == IO_PENDING;
    0x0000_010B NOTIFY_CLEANUP == NOTIFY_CLEANUP;
    0x0000_010C NOTIFY_ENUM_DIR == NOTIFY_ENUM_DIR;
    0x4000_0008 SERIAL_MORE_WRITES == MORE_WRITES;
    0x4000_000C SERIAL_COUNTER_TIMEOUT == COUNTER_TIMEOUT;
    0x8000_0002 DATATYPE_MISALIGNMENT => NOACCESS;
    0x8000_0005 BUFFER_OVERFLOW == MORE_DATA, wsa == EMSGSIZE;
    0x8000_0006 NO_MORE_FILES == NO_MORE_FILES;
    0xC000_0001 UNSUCCESSFUL == GEN_FAILURE, wsa => EINVAL;
    0xC000_0002 NOT_IMPLEMENTED => INVALID_FUNCTION, wsa => EOPNOTSUPP, errno ENOSYS;
    0xC000_0003 INVALID_INFO_CLASS => INVALID_PARAMETER;
    0xC000_0004 INFO_LENGTH_MISMATCH == BAD_LENGTH;
    0xC000_0005 ACCESS_VIOLATION == NOACCESS, wsa == EFAULT;
    0xC000_0008 INVALID_HANDLE == INVALID_HANDLE, wsa == ENOTSOCK;
    0xC000_000D INVALID_PARAMETER == INVALID_PARAMETER, wsa == EINVAL;
    0xC000_000E NO_SUCH_DEVICE == NO_SUCH_DEVICE or FILE_NOT_FOUND, wsa => ENETDOWN;
    0xC000_000F NO_SUCH_FILE => FILE_NOT_FOUND, wsa => ENETDOWN;
    0xC000_0010 INVALID_DEVICE_REQUEST == INVALID_FUNCTION, wsa => EINVAL;
    0xC000_0011 END_OF_FILE == HANDLE_EOF;
    0xC000_0013 NO_MEDIA_IN_DEVICE => NOT_READY;
    0xC000_0015 NONEXISTENT_SECTOR == SECTOR_NOT_FOUND;
    0xC000_0017 NO_MEMORY == NOT_ENOUGH_MEMORY, wsa => ENOBUFS;
    0xC000_0022 ACCESS_DENIED == ACCESS_DENIED, wsa == EACCES;
    0xC000_0023 BUFFER_TOO_SMALL == INSUFFICIENT_BUFFER, wsa => EFAULT;
    0xC000_0024 OBJECT_TYPE_MISMATCH => INVALID_HANDLE, wsa => ENOTSOCK;
    0xC000_0033 OBJECT_NAME_INVALID == INVALID_NAME;
    0xC000_0034 OBJECT_NAME_NOT_FOUND == FILE_NOT_FOUND, wsa => ENETDOWN;
    // CREATE_NEW shows 80.
    0xC000_0035 OBJECT_NAME_COLLISION == ALREADY_EXISTS or FILE_EXISTS;
    0xC000_0039 OBJECT_PATH_INVALID => BAD_PATHNAME;
    0xC000_003A OBJECT_PATH_NOT_FOUND == PATH_NOT_FOUND, wsa => ENETDOWN;
    0xC000_003B OBJECT_PATH_SYNTAX_BAD == BAD_PATHNAME;
    0xC000_0043 SHARING_VIOLATION == SHARING_VIOLATION, wsa => EADDRINUSE;
    0xC000_0044 QUOTA_EXCEEDED == NOT_ENOUGH_QUOTA, wsa => ENOBUFS;
    0xC000_0046 MUTANT_NOT_OWNED == NOT_OWNER;
    0xC000_0047 SEMAPHORE_LIMIT_EXCEEDED == TOO_MANY_POSTS;
    0xC000_0048 PORT_ALREADY_SET => INVALID_PARAMETER;
    0xC000_004B THREAD_IS_TERMINATING => ACCESS_DENIED, errno ESRCH;
    0xC000_0054 FILE_LOCK_CONFLICT == LOCK_VIOLATION;
    0xC000_0055 LOCK_NOT_GRANTED => LOCK_VIOLATION;
    0xC000_0056 DELETE_PENDING => ACCESS_DENIED;
    0xC000_0061 PRIVILEGE_NOT_HELD == PRIVILEGE_NOT_HELD;
    0xC000_007E RANGE_NOT_LOCKED == NOT_LOCKED;
    0xC000_007F DISK_FULL == DISK_FULL;
    0xC000_009A INSUFFICIENT_RESOURCES == NO_SYSTEM_RESOURCES, wsa == ENOBUFS;
    0xC000_009C DEVICE_DATA_ERROR == CRC;
    0xC000_009D DEVICE_NOT_CONNECTED == DEVICE_NOT_CONNECTED;
    0xC000_00A1 WORKING_SET_QUOTA == WORKING_SET_QUOTA, wsa => ENOBUFS;
    0xC000_00A2 MEDIA_WRITE_PROTECTED == WRITE_PROTECT;
    0xC000_00A3 DEVICE_NOT_READY == NOT_READY, wsa == EWOULDBLOCK, errno EAGAIN;
    0xC000_00AB INSTANCE_NOT_AVAILABLE => PIPE_BUSY;
    0xC000_00AC PIPE_NOT_AVAILABLE == PIPE_BUSY;
    0xC000_00AD INVALID_PIPE_STATE == BAD_PIPE;
    0xC000_00AE PIPE_BUSY => PIPE_BUSY;
    0xC000_00B0 PIPE_DISCONNECTED == PIPE_NOT_CONNECTED, wsa == ESHUTDOWN;
    0xC000_00B1 PIPE_CLOSING == NO_DATA;
    0xC000_00B2 PIPE_CONNECTED == PIPE_CONNECTED;
    0xC000_00B3 PIPE_LISTENING == PIPE_LISTENING;
    0xC000_00B4 INVALID_READ_MODE => BAD_PIPE;
    0xC000_00B5 IO_TIMEOUT == SEM_TIMEOUT, wsa == ETIMEDOUT;
    0xC000_00BA FILE_IS_A_DIRECTORY => ACCESS_DENIED, errno EISDIR;
    0xC000_00BB NOT_SUPPORTED == NOT_SUPPORTED, wsa == EOPNOTSUPP;
    0xC000_00BC REMOTE_NOT_LISTENING == REM_NOT_LIST, wsa => ECONNREFUSED;
    0xC000_00BE BAD_NETWORK_PATH == BAD_NETPATH, wsa => ENETUNREACH;
    0xC000_00CC BAD_NETWORK_NAME == BAD_NET_NAME;
    0xC000_00D8 CANT_WAIT == CANT_WAIT;
    0xC000_00D9 PIPE_EMPTY => NO_DATA, errno EAGAIN;
    0xC000_00E8 INVALID_USER_BUFFER == INVALID_USER_BUFFER;
    0xC000_0101 DIRECTORY_NOT_EMPTY == DIR_NOT_EMPTY;
    0xC000_0103 NOT_A_DIRECTORY == DIRECTORY;
    0xC000_0106 NAME_TOO_LONG == FILENAME_EXCED_RANGE;
    0xC000_011F TOO_MANY_OPENED_FILES == TOO_MANY_OPEN_FILES;
    0xC000_0120 CANCELLED == OPERATION_ABORTED, wsa == OPERATION_ABORTED;
    0xC000_0121 CANNOT_DELETE => ACCESS_DENIED;
    0xC000_0128 FILE_CLOSED => INVALID_HANDLE;
    0xC000_012D COMMITMENT_LIMIT == COMMITMENT_LIMIT, wsa => ENOBUFS;
    0xC000_013B LOCAL_DISCONNECT => NETNAME_DELETED, wsa => ECONNABORTED, errno ECONNABORTED;
    0xC000_013C REMOTE_DISCONNECT => NETNAME_DELETED, wsa => ECONNRESET;
    0xC000_013E LINK_FAILED => UNEXP_NET_ERR, wsa => ECONNRESET, errno ECONNRESET;
    0xC000_013F LINK_TIMEOUT => UNEXP_NET_ERR, wsa => ETIMEDOUT, errno ETIMEDOUT;
    0xC000_0140 INVALID_CONNECTION == UNEXP_NET_ERR, wsa == ENOTCONN;
    0xC000_0141 INVALID_ADDRESS => UNEXP_NET_ERR, wsa == EADDRNOTAVAIL, errno EADDRNOTAVAIL;
    0xC000_014B PIPE_BROKEN == BROKEN_PIPE;
    0xC000_0185 IO_DEVICE_ERROR == IO_DEVICE;
    0xC000_0191 MUTANT_LIMIT_EXCEEDED == MUTANT_LIMIT_EXCEEDED;
    0xC000_0206 INVALID_BUFFER_SIZE => INVALID_USER_BUFFER, wsa => EMSGSIZE, errno EMSGSIZE;
    0xC000_0207 INVALID_ADDRESS_COMPONENT == INVALID_NETNAME, wsa => EADDRNOTAVAIL, errno EADDRNOTAVAIL;
    0xC000_020A ADDRESS_ALREADY_EXISTS == DUP_NAME, wsa == EADDRINUSE;
    0xC000_020C CONNECTION_DISCONNECTED => NETNAME_DELETED, wsa => ECONNRESET;
    0xC000_020D CONNECTION_RESET == NETNAME_DELETED, wsa == ECONNRESET;
    0xC000_0225 NOT_FOUND == NOT_FOUND;
    0xC000_0236 CONNECTION_REFUSED == CONNECTION_REFUSED, wsa == ECONNREFUSED;
    0xC000_0237 GRACEFUL_DISCONNECT == GRACEFUL_DISCONNECT, wsa == EDISCON;
    0xC000_023B CONNECTION_ACTIVE == CONNECTION_ACTIVE, wsa == EISCONN;
    0xC000_023C NETWORK_UNREACHABLE == NETWORK_UNREACHABLE, wsa == ENETUNREACH;
    0xC000_023D HOST_UNREACHABLE == HOST_UNREACHABLE, wsa == EHOSTUNREACH;
    0xC000_023E PROTOCOL_UNREACHABLE == PROTOCOL_UNREACHABLE, wsa => ENETUNREACH;
    0xC000_023F PORT_UNREACHABLE == PORT_UNREACHABLE, wsa => ECONNRESET;
    0xC000_0240 REQUEST_ABORTED == REQUEST_ABORTED, wsa == EINTR;
    0xC000_0241 CONNECTION_ABORTED == CONNECTION_ABORTED, wsa == ECONNABORTED;
    0xC000_0243 USER_MAPPED_FILE == USER_MAPPED_FILE;
    0xC000_0265 TOO_MANY_LINKS == TOO_MANY_LINKS;
    0xC000_0350 HOST_DOWN == HOST_DOWN, wsa == EHOSTDOWN;
    0xC000_0904 FILE_TOO_LARGE == FILE_TOO_LARGE;
}

// The look-up is a binary search, so the order of the table is checked when the crate is compiled.
const _: () = {
    let mut i = 1;
    while i < TABLE.len() {
        assert!(TABLE[i - 1].value < TABLE[i].value, "the status table is not sorted");
        i += 1;
    }
};

/// Upper half of a status that only carries a Win32 code in its lower half.
const WIN32_CARRIER: u32 = 0xC007_0000;

const fn find(value: u32) -> Option<&'static Row> {
    let (mut low, mut high) = (0, TABLE.len());
    while low < high {
        let middle = (low + high) / 2;
        let row = &TABLE[middle];
        if row.value == value {
            return Some(row);
        }
        if row.value < value {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    None
}

impl Status {
    /// The status with this value, known to the table or not.
    #[must_use]
    pub const fn from_value(value: u32) -> Self {
        Status(value)
    }

    /// The value.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The status in the `Internal` field of an [`Overlapped`](crate::Overlapped): its low 32 bits.
    #[must_use]
    pub const fn from_internal(internal: usize) -> Self {
        Status(internal as u32)
    }

    /// The value for an `Internal` field: zero-extended, never sign-extended (contract 06 §3).
    #[must_use]
    pub const fn to_internal(self) -> usize {
        self.0 as usize
    }

    /// The name with its prefix, such as `STATUS_END_OF_FILE`; `None` if the contract does not list it.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match find(self.0) {
            Some(row) => Some(row.name),
            None => None,
        }
    }

    /// The severity, from the two top bits.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self.0 >> 30 {
            0 => Severity::Success,
            1 => Severity::Informational,
            2 => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// Below `0x8000_0000`: a call that ends with it returns TRUE. [`Status::PENDING`] is one of them.
    #[must_use]
    #[inline]
    pub const fn is_success(self) -> bool {
        self.0 < 0x8000_0000
    }

    /// `0x8…`: the call returns FALSE, yet its bytes are valid and it notifies like a success.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self.severity(), Severity::Warning)
    }

    /// `0xC…`: the call returns FALSE.
    #[must_use]
    #[inline]
    pub const fn is_error(self) -> bool {
        matches!(self.severity(), Severity::Error)
    }

    /// Whether the request is still on its way.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        self.0 == Self::PENDING.0
    }

    /// `Ok` for a success, else the Win32 code (contract 03 §4).
    ///
    /// # Errors
    /// The form of [`Status::to_win32`] when the status is a warning or an error.
    pub const fn ok(self) -> Result<(), Win32Error> {
        if self.is_success() { Ok(()) } else { Err(self.to_win32()) }
    }

    /// The Win32 code (contract 10 §3): what `GetOverlappedResult`, `GetQueuedCompletionStatus` and a
    /// call that fails at once report.
    ///
    /// A status outside the table keeps its severity: an unknown success is `ERROR_SUCCESS`, an unknown
    /// warning or error is `ERROR_GEN_FAILURE`. A status made by [`Win32Error::to_status`] to carry a
    /// code that no status has gives that code back.
    #[must_use]
    pub const fn to_win32(self) -> Win32Error {
        match find(self.0) {
            Some(row) => row.win32,
            None if self.is_success() => Win32Error::SUCCESS,
            None => match self.carried() {
                Some(code) => Win32Error(code),
                None => Win32Error::GEN_FAILURE,
            },
        }
    }

    /// The second Win32 code of a status that has two.
    ///
    /// | Status | [`to_win32`](Self::to_win32) | alternate, and where it is seen |
    /// |---|---|---|
    /// | [`PENDING`](Self::PENDING) | 997 | 996, asking for the result too early |
    /// | [`USER_APC`](Self::USER_APC) | 737 | 192, an alertable wait or `GetQueuedCompletionStatusEx` |
    /// | [`ABANDONED_WAIT_0`](Self::ABANDONED_WAIT_0) | 735 | 128, the bare wait result |
    /// | [`OBJECT_NAME_COLLISION`](Self::OBJECT_NAME_COLLISION) | 183 | 80, `CREATE_NEW` |
    /// | [`NO_SUCH_DEVICE`](Self::NO_SUCH_DEVICE) | 433 | 2, opening by name |
    #[must_use]
    pub const fn alternate_win32(self) -> Option<Win32Error> {
        match find(self.0) {
            Some(row) => row.alternate,
            None => None,
        }
    }

    /// The code that `WSAGetOverlappedResult` and completion routines of sockets report (contract 10 §3,
    /// 08 §5).
    ///
    /// Where the table has no WSA form: the Win32 number for a success, `WSAEINVAL` (10022) otherwise.
    #[must_use]
    pub const fn to_wsa(self) -> WsaError {
        if let Some(Row { wsa: Some(wsa), .. }) = find(self.0) {
            return *wsa;
        }
        if self.is_success() {
            return WsaError(self.to_win32().0);
        }
        match self.carried() {
            Some(code) if WsaError(code).name().is_some() => WsaError(code),
            _ => WsaError::EINVAL,
        }
    }

    /// The Linux error number nearest in meaning; 0 for [`Status::SUCCESS`]. The way back of
    /// [`Status::from_errno`], for `std::io::Error`.
    #[must_use]
    pub const fn to_errno(self) -> i32 {
        match find(self.0) {
            Some(Row { errno: Some(errno), .. }) => *errno,
            Some(row) => row.win32.own_errno(),
            None => self.to_win32().own_errno(),
        }
    }

    /// The Win32 code inside a status of the Win32 facility.
    const fn carried(self) -> Option<u32> {
        // With the severity of a warning it is an HRESULT, which programs make into statuses by themselves.
        if self.0 & 0xBFFF_0000 == WIN32_CARRIER & 0xBFFF_0000 { Some(self.0 & 0xFFFF) } else { None }
    }

    /// A status for a code that no row of the table maps back to.
    const fn carrying(code: u32) -> Status {
        if code <= 0xFFFF { Status(WIN32_CARRIER | code) } else { Status::UNSUCCESSFUL }
    }

    /// The inverse of [`Status::to_win32`]; see [`Win32Error::to_status`].
    // A linear search: the table is small and nothing on the way of a request converts backwards.
    pub(crate) const fn inverse_win32(code: Win32Error) -> Status {
        let mut i = 0;
        while i < TABLE.len() {
            if TABLE[i].win32_inverse && TABLE[i].win32.0 == code.0 {
                return Status(TABLE[i].value);
            }
            i += 1;
        }
        let mut i = 0;
        while i < TABLE.len() {
            if let Some(alternate) = TABLE[i].alternate
                && alternate.0 == code.0
            {
                return Status(TABLE[i].value);
            }
            i += 1;
        }
        Self::carrying(code.0)
    }

    /// The inverse of [`Status::to_wsa`]; see [`WsaError::to_status`].
    pub(crate) const fn inverse_wsa(code: WsaError) -> Status {
        let mut i = 0;
        while i < TABLE.len() {
            if let Row { wsa: Some(wsa), wsa_inverse: true, value, .. } = &TABLE[i]
                && wsa.0 == code.0
            {
                return Status(*value);
            }
            i += 1;
        }
        Self::carrying(code.0)
    }

    /// Every status of the table, in ascending order.
    pub fn all() -> impl ExactSizeIterator<Item = Status> + Clone {
        TABLE.iter().map(|row| Status(row.value))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} (0x{:08X})", self.0),
            None => write!(f, "NTSTATUS 0x{:08X}", self.0),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Status({self})")
    }
}

impl From<Status> for Win32Error {
    fn from(status: Status) -> Self {
        status.to_win32()
    }
}

impl From<Status> for WsaError {
    fn from(status: Status) -> Self {
        status.to_wsa()
    }
}

impl From<Win32Error> for Status {
    fn from(code: Win32Error) -> Self {
        code.to_status()
    }
}

impl From<WsaError> for Status {
    fn from(code: WsaError) -> Self {
        code.to_status()
    }
}
