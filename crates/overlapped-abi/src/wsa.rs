//! [`WsaError`]: what `WSAGetLastError` gives (contract 10 §2, 08 §11).

use crate::errno::{self, *};
use crate::status::Status;
use crate::win32::Win32Error;
use core::fmt;

/// A Winsock error code.
///
/// The constants carry the names of contract 10 §2 without `WSA` or `WSA_`, such as
/// [`WsaError::ECONNRESET`] for `WSAECONNRESET` and [`WsaError::IO_PENDING`] for `WSA_IO_PENDING`.
/// The numbers share the space and the thread's slot of [`Win32Error`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct WsaError(pub u32);

/// One row of the table: a code, its full name, the Linux error number nearest to it, a sentence.
struct Row {
    code: u32,
    name: &'static str,
    errno: i32,
    message: &'static str,
}

macro_rules! full_name {
    ($name:ident) => {
        concat!("WSA", stringify!($name))
    };
    ($name:ident $full:literal) => {
        $full
    };
}

macro_rules! wsa_errors {
    ($($code:literal $name:ident $(as $full:literal)?, $errno:expr, $message:literal;)+) => {
        impl WsaError {
            $(
                #[doc = concat!("`", full_name!($name $($full)?), "` (", stringify!($code), "): ", $message)]
                pub const $name: WsaError = WsaError($code);
            )+
        }

        /// Sorted by code.
        static TABLE: &[Row] = &[$(Row {
            code: $code,
            name: full_name!($name $($full)?),
            errno: $errno,
            message: $message,
        },)+];
    };
}

wsa_errors! {
    0 SUCCESS as "NO_ERROR", 0, "The operation succeeded.";
    6 INVALID_HANDLE as "WSA_INVALID_HANDLE", EBADF, "The event handle is not open or is not an event.";
    8 NOT_ENOUGH_MEMORY as "WSA_NOT_ENOUGH_MEMORY", ENOMEM, "Memory ran out; let requests finish, then try again.";
    87 INVALID_PARAMETER as "WSA_INVALID_PARAMETER", EINVAL, "An argument is not valid for this call; a waiting result query needs an event in hEvent.";
    995 OPERATION_ABORTED as "WSA_OPERATION_ABORTED", ECANCELED, "The request was cancelled or its socket was closed before it was done.";
    996 IO_INCOMPLETE as "WSA_IO_INCOMPLETE", EAGAIN, "The request has not finished yet; wait for it or ask again later.";
    997 IO_PENDING as "WSA_IO_PENDING", EINPROGRESS, "The request was accepted and will finish later; keep the buffers and OVERLAPPED until it has.";
    10004 EINTR, errno::EINTR, "A blocking call was interrupted; make it again if it is still wanted.";
    10009 EBADF, errno::EBADF, "The number is not an open descriptor.";
    10013 EACCES, errno::EACCES, "Not permitted; low ports and broadcast addresses need a right or an option.";
    10014 EFAULT, errno::EFAULT, "A pointer argument is not valid memory, or its length is too small.";
    10022 EINVAL, errno::EINVAL, "The argument or the socket's state does not suit this call; bind or listen first if it needs that.";
    10024 EMFILE, errno::EMFILE, "No descriptor is left for a socket; close some or raise the limit (ulimit -n).";
    10035 EWOULDBLOCK, EAGAIN, "Nothing can be done at once and the socket does not block; try again when it is ready.";
    10036 EINPROGRESS, errno::EINPROGRESS, "Another blocking call of this thread is still in progress.";
    10037 EALREADY, errno::EALREADY, "The socket is already connecting; wait until that is decided.";
    10038 ENOTSOCK, errno::ENOTSOCK, "The value is not an open socket; it may have been closed already.";
    10039 EDESTADDRREQ, errno::EDESTADDRREQ, "The datagram has no destination; give one or connect the socket.";
    10040 EMSGSIZE, errno::EMSGSIZE, "The datagram did not fit: the rest of a received one is lost, one to be sent was too long.";
    10041 EPROTOTYPE, errno::EPROTOTYPE, "This protocol does not go with this type of socket.";
    10042 ENOPROTOOPT, errno::ENOPROTOOPT, "The option is unknown at this level.";
    10043 EPROTONOSUPPORT, errno::EPROTONOSUPPORT, "The protocol is not available.";
    10044 ESOCKTNOSUPPORT, errno::ESOCKTNOSUPPORT, "This type of socket is not available in this address family.";
    10045 EOPNOTSUPP, errno::EOPNOTSUPP, "This kind of socket does not support the operation.";
    10046 EPFNOSUPPORT, errno::EPFNOSUPPORT, "The protocol family is not available.";
    10047 EAFNOSUPPORT, errno::EAFNOSUPPORT, "The address family is not available or does not match the socket.";
    10048 EADDRINUSE, errno::EADDRINUSE, "Another socket has this address; choose another port or close that socket.";
    10049 EADDRNOTAVAIL, errno::EADDRNOTAVAIL, "The address does not belong to this computer or is not usable.";
    10050 ENETDOWN, errno::ENETDOWN, "The network interface is down; bring it up and try again.";
    10051 ENETUNREACH, errno::ENETUNREACH, "No route leads to that network; check the address and the network connection.";
    10052 ENETRESET, errno::ENETRESET, "Keep-alive found the connection dead; connect anew.";
    10053 ECONNABORTED, errno::ECONNABORTED, "This side ended the connection, through a timeout, an error or a local close.";
    10054 ECONNRESET, errno::ECONNRESET, "The other side reset the connection; close this socket and connect anew.";
    10055 ENOBUFS, errno::ENOBUFS, "No buffer space or other resource is left; let requests finish, then try again.";
    10056 EISCONN, errno::EISCONN, "The socket is connected already.";
    10057 ENOTCONN, errno::ENOTCONN, "The socket is not connected; connect it first.";
    10058 ESHUTDOWN, errno::ESHUTDOWN, "This direction of the connection was shut down before.";
    10059 ETOOMANYREFS, errno::ETOOMANYREFS, "Too many references to a kernel object are in use.";
    10060 ETIMEDOUT, errno::ETIMEDOUT, "The other side did not answer in time; check the address or try again.";
    10061 ECONNREFUSED, errno::ECONNREFUSED, "The other computer refused the connection; check the port and that a server listens there.";
    10062 ELOOP, errno::ELOOP, "The name leads round in a circle.";
    10063 ENAMETOOLONG, errno::ENAMETOOLONG, "The name is too long; shorten it.";
    10064 EHOSTDOWN, errno::EHOSTDOWN, "The other computer is known to be down; try again later.";
    10065 EHOSTUNREACH, errno::EHOSTUNREACH, "No route leads to that computer; check the address and that it is switched on.";
    10066 ENOTEMPTY, errno::ENOTEMPTY, "The directory still has entries.";
    10067 EPROCLIM, EAGAIN, "Too many programs use the socket library at once.";
    10068 EUSERS, errno::EUSERS, "The limit of users is reached.";
    10069 EDQUOT, errno::EDQUOT, "The disk quota is used up.";
    10070 ESTALE, errno::ESTALE, "The remote file handle is no longer valid.";
    10071 EREMOTE, errno::EREMOTE, "The object is on another computer, so this is not possible.";
    10091 SYSNOTREADY, ENETDOWN, "The network system is not ready; try again later.";
    10092 VERNOTSUPPORTED, EINVAL, "This version of the socket library is not available; ask for 2.2.";
    10093 NOTINITIALISED, EINVAL, "WSAStartup has not been called, or the last WSACleanup was; call it first.";
    10101 EDISCON, ESHUTDOWN, "The other side is ending the connection in good order; send what is left and close.";
    10108 SERVICE_NOT_FOUND, ENOENT, "There is no such service, or no such name space.";
    10109 TYPE_NOT_FOUND, ENOENT, "There is no service of this name for this type of socket.";
    10111 E_CANCELLED as "WSA_E_CANCELLED", ECANCELED, "The look-up was cancelled.";
    11001 HOST_NOT_FOUND, ENOENT, "No computer of this name is known; check the spelling.";
    11002 TRY_AGAIN, EAGAIN, "The name server did not answer; try again.";
    11003 NO_RECOVERY, EIO, "The name server reported an error that trying again will not mend.";
    11004 NO_DATA, ENODATA, "The name is known but has no address of the kind asked for.";
}

// The look-up is a binary search, so the order of the table is checked when the crate is compiled.
const _: () = {
    let mut i = 1;
    while i < TABLE.len() {
        assert!(TABLE[i - 1].code < TABLE[i].code, "the WSA table is not sorted");
        i += 1;
    }
};

const fn find(code: u32) -> Option<&'static Row> {
    let (mut low, mut high) = (0, TABLE.len());
    while low < high {
        let middle = (low + high) / 2;
        let row = &TABLE[middle];
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

impl WsaError {
    /// The code with this number, known to the table or not.
    #[must_use]
    pub const fn from_value(code: u32) -> Self {
        WsaError(code)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The full name, such as `WSAECONNRESET`; `None` if the contract does not list it as a Winsock code.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        self.own_name()
    }

    /// One sentence: what happened and, where there is something to do, what to do next.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match find(self.0) {
            Some(row) => row.message,
            None => Win32Error(self.0).message(),
        }
    }

    /// The status that shows this code: the inverse of [`Status::to_wsa`].
    ///
    /// The choices are those of contract 08 §11 (`WSAECONNRESET` is `CONNECTION_RESET`, `WSAENOBUFS` is
    /// `INSUFFICIENT_RESOURCES`, and so on), save that `WSAEMSGSIZE` is the warning `BUFFER_OVERFLOW` of a
    /// datagram received in part. A code that no status shows, such as `WSAEALREADY`, becomes
    /// a status of the Win32 facility, which keeps the number in every form.
    #[must_use]
    pub const fn to_status(self) -> Status {
        Status::inverse_wsa(self)
    }

    /// The code for a Linux error number from a socket call (contract 08 §11). `EIO` and numbers without
    /// a Winsock form give `WSAEINVAL`, as the completion of a request would.
    ///
    /// `EPIPE` gives `WSAECONNRESET`; a caller that knows it shut the socket down itself reports
    /// [`WsaError::ESHUTDOWN`] instead.
    #[must_use]
    pub const fn from_errno(errno: i32) -> Self {
        // Numbers that share a code with another number, or that two codes claim.
        match errno {
            0 => return WsaError::SUCCESS,
            errno::EBADF => return WsaError::ENOTSOCK,
            errno::EPERM => return WsaError::EACCES,
            errno::ENFILE => return WsaError::EMFILE,
            errno::EINPROGRESS => return WsaError::EWOULDBLOCK,
            errno::EAGAIN => return WsaError::EWOULDBLOCK,
            errno::EPIPE => return WsaError::ECONNRESET,
            errno::ENOMEM => return WsaError::ENOBUFS,
            errno::ECANCELED => return WsaError::OPERATION_ABORTED,
            // Only name resolution has codes for these, and it does not speak errno.
            errno::EIO | errno::ENOENT | errno::ENODATA => return WsaError::EINVAL,
            _ => {}
        }
        let mut i = 0;
        while i < TABLE.len() {
            if TABLE[i].errno == errno && TABLE[i].code >= WsaError::EINTR.0 {
                return WsaError(TABLE[i].code);
            }
            i += 1;
        }
        WsaError::EINVAL
    }

    /// The code for a result of Linux's `getaddrinfo` (contract 08 §11); 0 is success.
    ///
    /// `EAI_SYSTEM` has no code: take `errno` to [`WsaError::from_errno`] instead. It and unknown numbers
    /// give [`WsaError::NO_RECOVERY`].
    #[must_use]
    pub const fn from_gai(eai: i32) -> Self {
        match eai {
            0 => WsaError::SUCCESS,
            -1 => WsaError::EINVAL,         // EAI_BADFLAGS
            -2 => WsaError::HOST_NOT_FOUND, // EAI_NONAME
            -3 => WsaError::TRY_AGAIN,      // EAI_AGAIN
            -5 => WsaError::NO_DATA,        // EAI_NODATA
            // EAI_ADDRFAMILY: a number of the other family is no name of this one.
            -9 => WsaError::HOST_NOT_FOUND,
            -6 => WsaError::EAFNOSUPPORT,       // EAI_FAMILY
            -7 => WsaError::ESOCKTNOSUPPORT,    // EAI_SOCKTYPE
            -8 => WsaError::TYPE_NOT_FOUND,     // EAI_SERVICE
            -10 => WsaError::NOT_ENOUGH_MEMORY, // EAI_MEMORY
            _ => WsaError::NO_RECOVERY,         // EAI_FAIL is -4
        }
    }

    /// The Linux error number nearest in meaning; 0 for success, `EIO` for a code that is in no table.
    #[must_use]
    pub const fn to_errno(self) -> i32 {
        match find(self.0) {
            Some(row) => row.errno,
            None => Win32Error(self.0).own_errno(),
        }
    }

    pub(crate) const fn own_name(self) -> Option<&'static str> {
        match find(self.0) {
            Some(row) => Some(row.name),
            None => None,
        }
    }

    pub(crate) const fn own_message(self) -> Option<&'static str> {
        match find(self.0) {
            Some(row) => Some(row.message),
            None => None,
        }
    }

    pub(crate) const fn own_errno(self) -> Option<i32> {
        match find(self.0) {
            Some(row) => Some(row.errno),
            None => None,
        }
    }

    /// Every code of the table, in ascending order.
    pub fn all() -> impl ExactSizeIterator<Item = WsaError> + Clone {
        TABLE.iter().map(|row| WsaError(row.code))
    }
}

impl fmt::Display for WsaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({}): {}", self.0, self.message()),
            None => fmt::Display::fmt(&Win32Error(self.0), f),
        }
    }
}

impl fmt::Debug for WsaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "WsaError({} {name})", self.0),
            None => write!(f, "WsaError({})", self.0),
        }
    }
}

impl core::error::Error for WsaError {}
