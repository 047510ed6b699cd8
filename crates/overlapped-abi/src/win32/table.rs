//! The rows of contract 10 §1: number, name, nearest `errno`, and a sentence in our own words.

use super::{Row, Win32Error};
use crate::errno::*;

macro_rules! full_name {
    ($name:ident) => {
        concat!("ERROR_", stringify!($name))
    };
    ($name:ident $full:literal) => {
        $full
    };
}

macro_rules! win32_errors {
    ($($code:literal $name:ident $(as $full:literal)?, $errno:expr, $message:literal;)+) => {
        impl Win32Error {
            $(
                #[doc = concat!("`", full_name!($name $($full)?), "` (", stringify!($code), "): ", $message)]
                pub const $name: Win32Error = Win32Error($code);
            )+
        }

        /// Sorted by code.
        pub(super) static TABLE: &[Row] = &[$(Row {
            code: $code,
            name: full_name!($name $($full)?),
            errno: $errno,
            message: $message,
        },)+];
    };
}

win32_errors! {
    0 SUCCESS, 0, "The operation succeeded.";
    1 INVALID_FUNCTION, ENOTTY, "The device does not understand this request; use a call meant for this kind of device.";
    2 FILE_NOT_FOUND, ENOENT, "Nothing has this name; check the spelling, or create it first.";
    3 PATH_NOT_FOUND, ENOENT, "A directory on the way to this name does not exist; create it or correct the path.";
    4 TOO_MANY_OPEN_FILES, EMFILE, "No descriptor is left; close handles that are no longer needed or raise the limit (ulimit -n).";
    5 ACCESS_DENIED, EACCES, "The handle, the file's permissions or the state of the device do not allow this; ask for the access right when opening, and open directories with FILE_FLAG_BACKUP_SEMANTICS.";
    6 INVALID_HANDLE, EBADF, "The handle is not open or is of the wrong kind; it may have been closed already.";
    8 NOT_ENOUGH_MEMORY, ENOMEM, "Memory ran out or too many requests are outstanding; let some finish, then try again.";
    15 INVALID_DRIVE, ENODEV, "There is no such drive letter; add it to the device table or use another.";
    17 NOT_SAME_DEVICE, EXDEV, "A file cannot be moved to another file system by renaming; copy it and delete the original.";
    18 NO_MORE_FILES, ENOENT, "The listing has reached its end.";
    19 WRITE_PROTECT, EROFS, "The medium or file system is read-only; make it writable before writing to it.";
    21 NOT_READY, ENOMEDIUM, "The device is not ready; insert a medium or switch the device on, then try again.";
    22 BAD_COMMAND, EIO, "The device no longer takes commands, as if it had been unplugged; close it and open it again.";
    23 CRC, EBADMSG, "The device found its data damaged; the medium may be failing.";
    24 BAD_LENGTH, EINVAL, "The structure handed over has the wrong size for this information class.";
    27 SECTOR_NOT_FOUND, ENXIO, "The offset lies past the last sector of the device.";
    31 GEN_FAILURE, EIO, "The device or object failed without saying why.";
    32 SHARING_VIOLATION, EBUSY, "Somebody has this open in a way that excludes the access asked for; agree on share modes or wait until it is closed.";
    33 LOCK_VIOLATION, EAGAIN, "Another open instance holds a lock on part of this byte range; try again when it is released.";
    38 HANDLE_EOF, ENODATA, "The read starts at or past the end of the file.";
    39 HANDLE_DISK_FULL, ENOSPC, "The disk is full; free some space and write again.";
    50 NOT_SUPPORTED, EOPNOTSUPP, "This operation is not supported here.";
    51 REM_NOT_LIST, ECONNREFUSED, "The other computer does not listen there; check the address and that its server runs.";
    52 DUP_NAME, EADDRINUSE, "The address or name is already in use on the network; choose another.";
    53 BAD_NETPATH, EHOSTUNREACH, "The computer in this name cannot be reached, or a broadcast message is too long for it.";
    55 DEV_NOT_EXIST, ENODEV, "The network resource or device has gone.";
    59 UNEXP_NET_ERR, ENOTCONN, "The connection or its address cannot be used; connect or bind the socket again.";
    64 NETNAME_DELETED, ECONNRESET, "The other side reset the connection; close this end and connect anew.";
    67 BAD_NET_NAME, ENOENT, "The computer has no share of this name.";
    68 TOO_MANY_NAMES, ENOBUFS, "No more network names or addresses can be registered.";
    80 FILE_EXISTS, EEXIST, "The file is there already and CREATE_NEW refuses to touch it; open it or choose another name.";
    87 INVALID_PARAMETER, EINVAL, "An argument is not valid for this call; check flags, sizes, alignment and whether an OVERLAPPED is required.";
    100 TOO_MANY_SEMAPHORES, ENOSPC, "No more semaphores can be created.";
    109 BROKEN_PIPE, EPIPE, "The other end of the pipe was closed; all its data has been read, so close this end.";
    112 DISK_FULL, ENOSPC, "The disk or quota is full; free some space and write again.";
    120 CALL_NOT_IMPLEMENTED, ENOSYS, "This function is not implemented on this system.";
    121 SEM_TIMEOUT, ETIMEDOUT, "The time allowed for the operation ran out; try again or allow more.";
    122 INSUFFICIENT_BUFFER, EMSGSIZE, "The buffer is too small for the whole answer; nothing was taken, so call again with a larger one.";
    123 INVALID_NAME, EINVAL, "The name has characters or a form that is not allowed here.";
    128 WAIT_ABANDONED_0 as "WAIT_ABANDONED_0", EOWNERDEAD, "The mutex was acquired from a thread that ended while owning it; check the data it protects.";
    131 NEGATIVE_SEEK, EINVAL, "The file pointer cannot go before the start of the file; it has not moved.";
    132 SEEK_ON_DEVICE, ESPIPE, "This device has no positions, so there is no file pointer to move.";
    145 DIR_NOT_EMPTY, ENOTEMPTY, "The directory still has entries; delete them first.";
    158 NOT_LOCKED, ENOLCK, "No lock covers exactly this range; unlock with the start and length that were locked.";
    161 BAD_PATHNAME, EINVAL, "The path is malformed; check its prefix and separators.";
    170 BUSY, EBUSY, "The resource is in use; try again later.";
    183 ALREADY_EXISTS, EEXIST, "Something of this name was there already; after a creating call that succeeded this is only a note that it was opened instead.";
    192 WAIT_IO_COMPLETION as "WAIT_IO_COMPLETION", EINTR, "The wait ended because completion routines ran; wait again for the remaining time.";
    206 FILENAME_EXCED_RANGE, ENAMETOOLONG, "The name is too long; shorten it.";
    223 FILE_TOO_LARGE, EFBIG, "The file would grow beyond the limit of the file system or the process.";
    229 PIPE_LOCAL, EINVAL, "The pipe is local, and this call needs one between computers.";
    230 BAD_PIPE, EINVAL, "The pipe is in the wrong state or mode for this call; check that it is connected and in message mode.";
    231 PIPE_BUSY, EBUSY, "No instance of the pipe is free, or it has unread data; wait with WaitNamedPipe or read the data first.";
    232 NO_DATA, EPIPE, "The other end is closing the pipe, or a non-blocking read found it empty.";
    233 PIPE_NOT_CONNECTED, ENOTCONN, "Nobody is connected at the other end of the pipe; reconnect before transferring data.";
    234 MORE_DATA, EMSGSIZE, "The buffer holds only the first part; call again for the rest.";
    240 VC_DISCONNECTED, ECONNRESET, "The network session was ended by the other side.";
    258 WAIT_TIMEOUT as "WAIT_TIMEOUT", ETIMEDOUT, "Nothing happened before the time ran out.";
    259 NO_MORE_ITEMS, ENOENT, "There is nothing further to return, or the thread is still running.";
    267 DIRECTORY, ENOTDIR, "A directory is needed here and this name is not one.";
    288 NOT_OWNER, EPERM, "The calling thread does not own this mutex; only its owner can release it.";
    298 TOO_MANY_POSTS, EOVERFLOW, "Releasing that many would take the semaphore over its maximum; its count has not changed.";
    303 DELETE_PENDING, EBUSY, "The file waits to be deleted and cannot be opened any more.";
    307 INVALID_LOCK_RANGE, EINVAL, "The byte range wraps around the end of the 64-bit offset space.";
    433 NO_SUCH_DEVICE, ENODEV, "The device does not exist or was removed.";
    535 PIPE_CONNECTED, EISCONN, "A client is connected already; this counts as success, so go on and use the pipe.";
    536 PIPE_LISTENING, ENOTCONN, "No client has connected to the pipe yet; wait for one with ConnectNamedPipe.";
    554 CANT_WAIT, EAGAIN, "The request would have to wait, and waiting is not possible here.";
    587 MUTANT_LIMIT_EXCEEDED, EOVERFLOW, "The mutex was acquired too many times without being released.";
    735 ABANDONED_WAIT_0, ECANCELED, "The completion port was closed while this thread waited on it; leave the loop.";
    737 USER_APC, EINTR, "The wait ended because procedures queued to this thread ran; wait again.";
    745 NOTIFY_CLEANUP, ECANCELED, "The watch ended because its directory handle was closed.";
    995 OPERATION_ABORTED, ECANCELED, "The request was cancelled, or its thread ended or its handle was closed before it was done.";
    996 IO_INCOMPLETE, EAGAIN, "The request has not finished yet; wait for it or ask again later.";
    997 IO_PENDING, EINPROGRESS, "The request was accepted and will finish later; keep the buffer and OVERLAPPED until it has.";
    998 NOACCESS, EFAULT, "The buffer is not valid memory for this transfer; nothing was transferred.";
    1022 NOTIFY_ENUM_DIR, EOVERFLOW, "More changes happened than the watch could record; list the directory again.";
    1106 INVALID_BLOCK_LENGTH, EINVAL, "The block size does not suit this device.";
    1112 NO_MEDIA_IN_DRIVE, ENOMEDIUM, "The drive is empty; insert a medium.";
    1117 IO_DEVICE, EIO, "The device reported an input or output error; check its cable and health.";
    1120 MORE_WRITES, EAGAIN, "The serial write is done and further writes are waiting.";
    1121 COUNTER_TIMEOUT, ETIMEDOUT, "The serial request ended by its timeout with the bytes transferred so far.";
    1131 POSSIBLE_DEADLOCK, EDEADLK, "Granting this would make threads wait for one another forever.";
    1142 TOO_MANY_LINKS, EMLINK, "The file has as many links as the file system allows.";
    1167 DEVICE_NOT_CONNECTED, ENXIO, "The device is not there, probably unplugged; connect it and open it again.";
    1168 NOT_FOUND, ENOENT, "Nothing matched: there is no such request to cancel; it may have finished already.";
    1214 INVALID_NETNAME, EINVAL, "The network name or address is malformed.";
    1224 USER_MAPPED_FILE, ETXTBSY, "The file is mapped into memory, so it cannot be cut; unmap it first.";
    1225 CONNECTION_REFUSED, ECONNREFUSED, "The other computer refused the connection; check the port and that a server listens there.";
    1226 GRACEFUL_DISCONNECT, ESHUTDOWN, "The connection was ended in good order.";
    1227 ADDRESS_ALREADY_ASSOCIATED, EADDRINUSE, "This endpoint has an address already.";
    1230 CONNECTION_ACTIVE, EISCONN, "The socket is connected already.";
    1231 NETWORK_UNREACHABLE, ENETUNREACH, "No route leads to that network; check the address and the network connection.";
    1232 HOST_UNREACHABLE, EHOSTUNREACH, "No route leads to that computer; check the address and that it is switched on.";
    1233 PROTOCOL_UNREACHABLE, ENETUNREACH, "The other computer does not speak this protocol.";
    1234 PORT_UNREACHABLE, ECONNREFUSED, "Nobody receives datagrams at that port of the other computer.";
    1235 REQUEST_ABORTED, EINTR, "The request was interrupted; make it again if it is still wanted.";
    1236 CONNECTION_ABORTED, ECONNABORTED, "This side ended the connection while the request was outstanding.";
    1256 HOST_DOWN, EHOSTDOWN, "The other computer is known to be down; try again later.";
    1314 PRIVILEGE_NOT_HELD, EPERM, "The process lacks a privilege that this call needs; run it with more rights.";
    1368 CANNOT_IMPERSONATE, EPERM, "The server must read from the pipe before it can act as its client.";
    1450 NO_SYSTEM_RESOURCES, ENOMEM, "The system is short of memory or table space; let requests finish, then try again.";
    1453 WORKING_SET_QUOTA, ENOMEM, "The buffers cannot be kept in memory; let requests finish or raise the limit on locked memory (ulimit -l).";
    1455 COMMITMENT_LIMIT, ENOMEM, "The system cannot promise that much memory; free some or add swap space.";
    1460 TIMEOUT, ETIMEDOUT, "The operation did not finish in the time allowed.";
    1656 NOT_SAME_OBJECT, EINVAL, "The two handles do not refer to the same object.";
    1784 INVALID_USER_BUFFER, EFAULT, "The buffer cannot be read, or too many requests are outstanding; let some finish, then call again.";
    1816 NOT_ENOUGH_QUOTA, ENOMEM, "The buffer could not be locked in memory; let requests finish or raise the limit on locked memory (ulimit -l).";
    4390 NOT_A_REPARSE_POINT, EINVAL, "The file is not a link.";
}

// The look-up is a binary search, so the order of the table is checked when the crate is compiled.
const _: () = {
    let mut i = 1;
    while i < TABLE.len() {
        assert!(TABLE[i - 1].code < TABLE[i].code, "the Win32 table is not sorted");
        i += 1;
    }
};

impl Win32Error {
    /// `NO_ERROR` (0): the other name of [`Win32Error::SUCCESS`].
    pub const NO_ERROR: Win32Error = Win32Error::SUCCESS;
    /// `STILL_ACTIVE` (259): as an exit code, the thread or process still runs.
    pub const STILL_ACTIVE: Win32Error = Win32Error::NO_MORE_ITEMS;
}
