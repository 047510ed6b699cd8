//! Linux error numbers, and the status that each becomes (contract 10 §1, §4 and 08 §11).
//!
//! The same number means different things in different places: `EPIPE` from a pipe write that fails at
//! once is a pipe being closed (232), from a write that was pending it is a broken pipe (109), from a
//! socket it is a reset connection (64). [`Context`] says where the number came from.
//!
//! The way back, from a code to an error number, is [`Status::to_errno`].

use crate::status::Status;
use crate::wsa::WsaError;

/// Where an error number came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Context {
    /// Opening, creating, renaming or deleting by name, where the name itself is at fault.
    Open,
    /// The same, where it is known that a directory on the way to the name is at fault.
    OpenParent,
    /// Reading a file.
    Read,
    /// Writing a file or changing its size.
    Write,
    /// Moving or asking for the file pointer.
    Seek,
    /// Locking or unlocking a byte range.
    Lock,
    /// Reading a disk or volume as sectors.
    DiskRead,
    /// Writing a disk or volume as sectors.
    DiskWrite,
    /// Reading a pipe or mailslot.
    PipeRead,
    /// A pipe write that fails at once.
    PipeWrite,
    /// A pipe write that had been pending.
    PipePendingWrite,
    /// Reading a serial port or other terminal.
    SerialRead,
    /// Writing a serial port, other terminal or printer.
    SerialWrite,
    /// A control code.
    Control,
    /// Reading a link's target.
    ReadLink,
    /// Putting a request into the system's queue: too many are outstanding.
    Submit,
    /// Locking buffers in memory.
    Pin,
    /// A socket, stream or otherwise.
    Socket,
    /// A datagram socket, where a refusal is an unreachable port.
    Datagram,
    /// Anything else.
    Other,
}

impl Context {
    /// What a read that returned no byte means here (contract 10 §4, first two rows), if it asked for
    /// at least one.
    ///
    /// A file has ended, a pipe is broken, a disk has no such sector. A socket whose peer closed in good
    /// order and a serial port whose time is over complete successfully with no bytes.
    #[must_use]
    pub const fn end_of_data(self) -> Status {
        match self {
            Context::Read => Status::END_OF_FILE,
            Context::DiskRead => Status::NONEXISTENT_SECTOR,
            Context::PipeRead => Status::PIPE_BROKEN,
            _ => Status::SUCCESS,
        }
    }
}

impl Status {
    /// The status for an error number (positive, as in `errno`; 0 is [`Status::SUCCESS`]).
    ///
    /// `EINTR` has a status only because a cancelled call shows it: a call that was merely interrupted is
    /// to be repeated by whoever made it. `EINPROGRESS` is [`Status::PENDING`]; so is `EAGAIN` from a
    /// socket, where it means that the request has to wait.
    #[must_use]
    pub const fn from_errno(errno: i32, context: Context) -> Status {
        match in_context(errno, context) {
            Some(status) => status,
            None => anywhere(errno),
        }
    }
}

/// What holds in one context only.
const fn in_context(errno: i32, context: Context) -> Option<Status> {
    use Context as C;
    Some(match (context, errno) {
        (C::OpenParent, ENOENT | ENOTDIR | ELOOP) => Status::OBJECT_PATH_NOT_FOUND,
        (C::Open | C::OpenParent, EROFS) => Status::ACCESS_DENIED,
        // Opening a device whose driver is there but whose hardware is not, or a FIFO without reader.
        (C::Open | C::OpenParent, ENXIO) => Status::OBJECT_NAME_NOT_FOUND,
        (C::Open | C::OpenParent, ENODEV) => Status::NO_SUCH_DEVICE,
        (C::Open | C::OpenParent, EINVAL) => Status::OBJECT_NAME_INVALID,
        (C::Write | C::DiskWrite | C::PipeWrite | C::PipePendingWrite | C::SerialWrite, EFAULT) => {
            Status::INVALID_USER_BUFFER
        }
        (C::DiskRead | C::DiskWrite, ENXIO) => Status::NONEXISTENT_SECTOR,
        // The end of a block device is reached like a full disk.
        (C::DiskWrite, ENOSPC) => Status::NONEXISTENT_SECTOR,
        (C::DiskRead | C::DiskWrite, EBADMSG | EILSEQ) => Status::DEVICE_DATA_ERROR,
        (C::Lock, EAGAIN | EACCES) => Status::LOCK_NOT_GRANTED,
        (C::PipeRead, EAGAIN) => Status::PIPE_EMPTY,
        (C::PipeWrite, EPIPE) => Status::PIPE_CLOSING,
        // A terminal reports a hang-up or a pulled plug as EIO.
        (C::SerialRead | C::SerialWrite, EIO) => Status::DEVICE_NOT_CONNECTED,
        (C::Control, EINVAL) => Status::INVALID_DEVICE_REQUEST,
        (C::ReadLink, EINVAL) => crate::Win32Error::NOT_A_REPARSE_POINT.to_status(),
        (C::Submit, EAGAIN | EBUSY) => Status::INVALID_USER_BUFFER,
        (C::Pin, ENOMEM | EAGAIN | EPERM) => Status::WORKING_SET_QUOTA,
        (C::Datagram, ECONNREFUSED) => Status::PORT_UNREACHABLE,
        (C::Socket | C::Datagram, _) => return on_socket(errno),
        _ => return None,
    })
}

/// Sockets, as contract 08 §11 has it.
const fn on_socket(errno: i32) -> Option<Status> {
    Some(match errno {
        EINTR => Status::REQUEST_ABORTED,
        EAGAIN => Status::PENDING,
        EMFILE | ENFILE => Status::INSUFFICIENT_RESOURCES,
        EPIPE => Status::CONNECTION_RESET,
        EMSGSIZE => Status::INVALID_BUFFER_SIZE,
        // The numbers that have a Winsock code but no status keep the Winsock code.
        EALREADY | EDESTADDRREQ | EPROTOTYPE | ENOPROTOOPT | EPROTONOSUPPORT | ESOCKTNOSUPPORT | EPFNOSUPPORT
        | EAFNOSUPPORT | ENETRESET | ETOOMANYREFS => WsaError::from_errno(errno).to_status(),
        _ => return None,
    })
}

/// What holds everywhere else.
const fn anywhere(errno: i32) -> Status {
    match errno {
        0 => Status::SUCCESS,
        EINPROGRESS => Status::PENDING,
        ECANCELED | EINTR => Status::CANCELLED,
        EACCES | EPERM => Status::ACCESS_DENIED,
        EBADF | ENOTSOCK => Status::INVALID_HANDLE,
        EFAULT => Status::ACCESS_VIOLATION,
        EINVAL => Status::INVALID_PARAMETER,
        ENOTTY | ESPIPE => Status::INVALID_DEVICE_REQUEST,
        ENOSYS => Status::NOT_IMPLEMENTED,
        EOPNOTSUPP => Status::NOT_SUPPORTED,
        ENOENT => Status::OBJECT_NAME_NOT_FOUND,
        ENOTDIR => Status::NOT_A_DIRECTORY,
        EISDIR => Status::FILE_IS_A_DIRECTORY,
        ENOTEMPTY => Status::DIRECTORY_NOT_EMPTY,
        EEXIST => Status::OBJECT_NAME_COLLISION,
        ENAMETOOLONG => Status::NAME_TOO_LONG,
        EMFILE | ENFILE => Status::TOO_MANY_OPENED_FILES,
        EBUSY | ETXTBSY => Status::SHARING_VIOLATION,
        EMLINK => Status::TOO_MANY_LINKS,
        ENOSPC | EDQUOT => Status::DISK_FULL,
        EFBIG => Status::FILE_TOO_LARGE,
        EROFS => Status::MEDIA_WRITE_PROTECTED,
        EIO => Status::IO_DEVICE_ERROR,
        EBADMSG => Status::DEVICE_DATA_ERROR,
        ENXIO | ENODEV => Status::DEVICE_NOT_CONNECTED,
        ENOMEDIUM => Status::NO_MEDIA_IN_DEVICE,
        ENOMEM | ENOBUFS => Status::INSUFFICIENT_RESOURCES,
        EAGAIN => Status::DEVICE_NOT_READY,
        ETIMEDOUT => Status::IO_TIMEOUT,
        EPIPE => Status::PIPE_BROKEN,
        ESRCH => Status::THREAD_IS_TERMINATING,
        EMSGSIZE => Status::INVALID_BUFFER_SIZE,
        EXDEV => crate::Win32Error::NOT_SAME_DEVICE.to_status(),
        EDEADLK => crate::Win32Error::POSSIBLE_DEADLOCK.to_status(),
        EADDRINUSE => Status::ADDRESS_ALREADY_EXISTS,
        EADDRNOTAVAIL => Status::INVALID_ADDRESS,
        ENETDOWN => WsaError::ENETDOWN.to_status(),
        ENETUNREACH => Status::NETWORK_UNREACHABLE,
        ECONNABORTED => Status::CONNECTION_ABORTED,
        ECONNRESET => Status::CONNECTION_RESET,
        EISCONN => Status::CONNECTION_ACTIVE,
        ENOTCONN => Status::INVALID_CONNECTION,
        ESHUTDOWN => Status::PIPE_DISCONNECTED,
        ECONNREFUSED => Status::CONNECTION_REFUSED,
        EHOSTDOWN => Status::HOST_DOWN,
        EHOSTUNREACH => Status::HOST_UNREACHABLE,
        _ => Status::UNSUCCESSFUL,
    }
}

// The numbers of x86-64, aarch64 and every other architecture that uses the generic list.
consts! { i32;
    EPERM = 1 => "Operation not permitted.";
    ENOENT = 2 => "No such file or directory.";
    ESRCH = 3 => "No such process or thread.";
    EINTR = 4 => "Interrupted by a signal.";
    EIO = 5 => "Input or output error.";
    ENXIO = 6 => "No such device or address.";
    EBADF = 9 => "Not an open descriptor.";
    EAGAIN = 11 => "Try again: the operation would block.";
    ENOMEM = 12 => "Out of memory.";
    EACCES = 13 => "Permission denied.";
    EFAULT = 14 => "Bad address.";
    EBUSY = 16 => "In use.";
    EEXIST = 17 => "Exists already.";
    EXDEV = 18 => "On different file systems.";
    ENODEV = 19 => "No such device.";
    ENOTDIR = 20 => "Not a directory.";
    EISDIR = 21 => "Is a directory.";
    EINVAL = 22 => "Invalid argument.";
    ENFILE = 23 => "Too many open files in the system.";
    EMFILE = 24 => "Too many open files in the process.";
    ENOTTY = 25 => "Not a request for this device.";
    ETXTBSY = 26 => "The program file is running.";
    EFBIG = 27 => "File too large.";
    ENOSPC = 28 => "No space left.";
    ESPIPE = 29 => "No positions on this device.";
    EROFS = 30 => "Read-only file system.";
    EMLINK = 31 => "Too many links.";
    EPIPE = 32 => "Nobody reads the other end.";
    EDEADLK = 35 => "Would deadlock.";
    ENAMETOOLONG = 36 => "Name too long.";
    ENOLCK = 37 => "No locks available.";
    ENOSYS = 38 => "Not implemented by the kernel.";
    ENOTEMPTY = 39 => "Directory not empty.";
    ELOOP = 40 => "Too many symbolic links on the way.";
    ENODATA = 61 => "No data.";
    EBADMSG = 74 => "Damaged data.";
    EOVERFLOW = 75 => "Value too large.";
    EILSEQ = 84 => "Illegal byte sequence; block devices report failed integrity checks so.";
    EUSERS = 87 => "Too many users.";
    ENOTSOCK = 88 => "Not a socket.";
    EDESTADDRREQ = 89 => "Destination required.";
    EMSGSIZE = 90 => "Message too long.";
    EPROTOTYPE = 91 => "Wrong protocol for the socket's type.";
    ENOPROTOOPT = 92 => "Unknown protocol option.";
    EPROTONOSUPPORT = 93 => "Protocol not supported.";
    ESOCKTNOSUPPORT = 94 => "Socket type not supported.";
    EOPNOTSUPP = 95 => "Operation not supported.";
    EPFNOSUPPORT = 96 => "Protocol family not supported.";
    EAFNOSUPPORT = 97 => "Address family not supported.";
    EADDRINUSE = 98 => "Address in use.";
    EADDRNOTAVAIL = 99 => "Address not available.";
    ENETDOWN = 100 => "Network down.";
    ENETUNREACH = 101 => "Network unreachable.";
    ENETRESET = 102 => "Connection dropped by the network.";
    ECONNABORTED = 103 => "Connection ended by this side.";
    ECONNRESET = 104 => "Connection reset by the other side.";
    ENOBUFS = 105 => "No buffer space.";
    EISCONN = 106 => "Connected already.";
    ENOTCONN = 107 => "Not connected.";
    ESHUTDOWN = 108 => "Shut down for sending.";
    ETOOMANYREFS = 109 => "Too many references.";
    ETIMEDOUT = 110 => "Timed out.";
    ECONNREFUSED = 111 => "Connection refused.";
    EHOSTDOWN = 112 => "Host down.";
    EHOSTUNREACH = 113 => "Host unreachable.";
    EALREADY = 114 => "Connecting already.";
    EINPROGRESS = 115 => "In progress.";
    ESTALE = 116 => "Stale file handle.";
    EDQUOT = 122 => "Quota exceeded.";
    ENOMEDIUM = 123 => "No medium.";
    ECANCELED = 125 => "Cancelled.";
    EOWNERDEAD = 130 => "The owner ended.";
    EREMOTE = 66 => "The object is remote.";
}
