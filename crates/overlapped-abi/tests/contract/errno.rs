//! Linux error numbers: contract 10 §1, §4 and 08 §11, and the way back.

use overlapped_abi::{Context as C, Status, Win32Error, WsaError, errno};

macro_rules! same_as_libc {
    ($($name:ident)+) => {
        #[test]
        fn numbers_are_those_of_the_system() {
            $(assert_eq!(errno::$name, libc::$name, stringify!($name));)+
        }
    };
}

same_as_libc! {
    EPERM ENOENT ESRCH EINTR EIO ENXIO EBADF EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST EXDEV ENODEV
    ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDEADLK
    ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP ENODATA EREMOTE EBADMSG EOVERFLOW EILSEQ EUSERS ENOTSOCK
    EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP
    EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED
    ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN
    EHOSTUNREACH EALREADY EINPROGRESS ESTALE EDQUOT ENOMEDIUM ECANCELED EOWNERDEAD
}

#[test]
fn files_pipes_and_serial_ports() {
    // Contract 10 §4: error number, where, status, Win32 code.
    for (number, context, status, win32) in [
        (libc::EPIPE, C::PipeWrite, 0xC000_00B1, 232),
        (libc::EPIPE, C::PipePendingWrite, 0xC000_014B, 109),
        (libc::EACCES, C::Read, 0xC000_0022, 5),
        (libc::EPERM, C::Write, 0xC000_0022, 5),
        (libc::EBADF, C::Read, 0xC000_0008, 6),
        (libc::EFAULT, C::Read, 0xC000_0005, 998),
        (libc::EFAULT, C::Write, 0xC000_00E8, 1784),
        (libc::EINVAL, C::Read, 0xC000_000D, 87),
        (libc::ENOSPC, C::Write, 0xC000_007F, 112),
        (libc::EDQUOT, C::Write, 0xC000_007F, 112),
        (libc::EFBIG, C::Write, 0xC000_0904, 223),
        (libc::EROFS, C::Write, 0xC000_00A2, 19),
        (libc::EIO, C::Read, 0xC000_0185, 1117),
        (libc::ENXIO, C::SerialRead, 0xC000_009D, 1167),
        (libc::ENODEV, C::SerialWrite, 0xC000_009D, 1167),
        (libc::ENOMEDIUM, C::DiskRead, 0xC000_0013, 21),
        (libc::ENOMEM, C::Read, 0xC000_009A, 1450),
        (libc::EAGAIN, C::Submit, 0xC000_00E8, 1784),
        (libc::ECANCELED, C::Read, 0xC000_0120, 995),
        (libc::EINTR, C::Read, 0xC000_0120, 995),
        (libc::ETIMEDOUT, C::SerialRead, 0xC000_00B5, 121),
        (libc::ESPIPE, C::Read, 0xC000_0010, 1),
        (libc::EWOULDBLOCK, C::Lock, 0xC000_0055, 33),
        // "Default for an errno without a better match", §1.
        (libc::EIO, C::Other, 0xC000_0185, 1117),
        (libc::ENOTRECOVERABLE, C::Other, 0xC000_0001, 31),
        (99_999, C::Socket, 0xC000_0001, 31),
    ] {
        let got = Status::from_errno(number, context);
        assert_eq!(got, Status(status), "{number} in {context:?}");
        assert_eq!(Win32Error::from_errno(number, context), Win32Error(win32), "{number} in {context:?}");
    }
}

#[test]
fn the_errno_column_of_the_win32_table() {
    // Contract 10 §1, the rows that name an error number.
    for (win32, context, numbers) in [
        (1, C::Control, &[libc::ENOTTY, libc::ENOSYS, libc::EINVAL][..]),
        (2, C::Open, &[libc::ENOENT]),
        (3, C::OpenParent, &[libc::ENOENT, libc::ENOTDIR]),
        (4, C::Open, &[libc::EMFILE, libc::ENFILE]),
        (5, C::Open, &[libc::EACCES, libc::EPERM, libc::EISDIR, libc::EROFS]),
        (6, C::Other, &[libc::EBADF]),
        (17, C::Open, &[libc::EXDEV]),
        (19, C::Write, &[libc::EROFS]),
        (21, C::DiskRead, &[libc::ENOMEDIUM]),
        (23, C::DiskRead, &[libc::EBADMSG]),
        (27, C::DiskRead, &[libc::ENXIO]),
        (32, C::Open, &[libc::EBUSY, libc::ETXTBSY]),
        (33, C::Lock, &[libc::EAGAIN, libc::EACCES]),
        (50, C::Control, &[libc::EOPNOTSUPP]),
        (52, C::Socket, &[libc::EADDRINUSE]),
        (59, C::Socket, &[libc::ENOTCONN, libc::EADDRNOTAVAIL]),
        (64, C::Socket, &[libc::ECONNRESET, libc::EPIPE]),
        (87, C::Read, &[libc::EINVAL]),
        (112, C::Write, &[libc::ENOSPC, libc::EDQUOT]),
        (121, C::Socket, &[libc::ETIMEDOUT]),
        (145, C::Open, &[libc::ENOTEMPTY]),
        (183, C::Open, &[libc::EEXIST]),
        (206, C::Open, &[libc::ENAMETOOLONG]),
        (223, C::Write, &[libc::EFBIG]),
        (232, C::PipeRead, &[libc::EAGAIN]),
        (267, C::Open, &[libc::ENOTDIR]),
        (995, C::Other, &[libc::ECANCELED]),
        (997, C::Other, &[libc::EINPROGRESS]),
        (1131, C::Lock, &[libc::EDEADLK]),
        (1142, C::Open, &[libc::EMLINK]),
        (1167, C::SerialRead, &[libc::ENXIO, libc::EIO]),
        (1225, C::Socket, &[libc::ECONNREFUSED]),
        (1230, C::Socket, &[libc::EISCONN]),
        (1231, C::Socket, &[libc::ENETUNREACH]),
        (1232, C::Socket, &[libc::EHOSTUNREACH]),
        (1234, C::Datagram, &[libc::ECONNREFUSED]),
        (1235, C::Socket, &[libc::EINTR]),
        (1236, C::Socket, &[libc::ECONNABORTED]),
        (1256, C::Socket, &[libc::EHOSTDOWN]),
        (1453, C::Pin, &[libc::ENOMEM]),
        (4390, C::ReadLink, &[libc::EINVAL]),
    ] {
        for &number in numbers {
            assert_eq!(Win32Error::from_errno(number, context), Win32Error(win32), "{number} in {context:?}");
        }
    }
}

#[test]
fn sockets() {
    // Contract 08 §11: error number, WSA code, status (0 where the page has none).
    for (number, wsa, status) in [
        (libc::EINTR, 10004, 0),
        (libc::EBADF, 10038, 0xC000_0008),
        (libc::ENOTSOCK, 10038, 0xC000_0008),
        (libc::EACCES, 10013, 0xC000_0022),
        (libc::EPERM, 10013, 0xC000_0022),
        (libc::EFAULT, 10014, 0xC000_0005),
        (libc::EINVAL, 10022, 0xC000_000D),
        (libc::EMFILE, 10024, 0xC000_009A),
        (libc::ENFILE, 10024, 0xC000_009A),
        (libc::EAGAIN, 10035, 0x0000_0103),
        (libc::EINPROGRESS, 10035, 0x0000_0103),
        (libc::EALREADY, 10037, 0),
        (libc::EDESTADDRREQ, 10039, 0),
        (libc::EMSGSIZE, 10040, 0xC000_0206),
        (libc::EPROTOTYPE, 10041, 0),
        (libc::ENOPROTOOPT, 10042, 0),
        (libc::EPROTONOSUPPORT, 10043, 0),
        (libc::ESOCKTNOSUPPORT, 10044, 0),
        (libc::EOPNOTSUPP, 10045, 0xC000_00BB),
        (libc::EPFNOSUPPORT, 10046, 0),
        (libc::EAFNOSUPPORT, 10047, 0),
        (libc::EADDRINUSE, 10048, 0xC000_020A),
        (libc::EADDRNOTAVAIL, 10049, 0xC000_0141),
        (libc::ENETDOWN, 10050, 0),
        (libc::ENETUNREACH, 10051, 0xC000_023C),
        (libc::ENETRESET, 10052, 0),
        (libc::ECONNABORTED, 10053, 0xC000_0241),
        (libc::ECONNRESET, 10054, 0xC000_020D),
        (libc::EPIPE, 10054, 0xC000_020D),
        (libc::ENOBUFS, 10055, 0xC000_009A),
        (libc::ENOMEM, 10055, 0xC000_009A),
        (libc::EISCONN, 10056, 0xC000_023B),
        (libc::ENOTCONN, 10057, 0xC000_0140),
        (libc::ESHUTDOWN, 10058, 0xC000_00B0),
        (libc::ETIMEDOUT, 10060, 0xC000_00B5),
        (libc::ECONNREFUSED, 10061, 0xC000_0236),
        (libc::EHOSTDOWN, 10064, 0xC000_0350),
        (libc::EHOSTUNREACH, 10065, 0xC000_023D),
        (libc::ECANCELED, 995, 0xC000_0120),
    ] {
        assert_eq!(WsaError::from_errno(number), WsaError(wsa), "{number}");
        let got = Status::from_errno(number, C::Socket);
        if status != 0 {
            assert_eq!(got, Status(status), "{number}");
        } else {
            assert_eq!(got.to_wsa(), WsaError(wsa), "{number} became {got}");
        }
    }
    assert_eq!(Status::from_errno(libc::ECONNREFUSED, C::Datagram), Status::PORT_UNREACHABLE);
    assert_eq!(Status::from_errno(libc::ECONNRESET, C::Datagram), Status::CONNECTION_RESET);
    for (number, wsa) in [(libc::ETOOMANYREFS, 10059), (libc::ELOOP, 10062), (libc::EUSERS, 10068)] {
        assert_eq!(WsaError::from_errno(number), WsaError(wsa));
    }
    for number in [libc::EIO, libc::ENOENT, libc::ENODATA, 99_999] {
        assert_eq!(WsaError::from_errno(number), WsaError::EINVAL);
    }
    assert_eq!(WsaError::from_errno(0), WsaError::SUCCESS);
}

#[test]
fn name_resolution() {
    for (eai, wsa) in [
        (0, 0),
        (libc::EAI_AGAIN, 11002),
        (libc::EAI_FAIL, 11003),
        (libc::EAI_NONAME, 11001),
        (libc::EAI_NODATA, 11004),
        (libc::EAI_MEMORY, 8),
        (libc::EAI_FAMILY, 10047),
        (libc::EAI_SOCKTYPE, 10044),
        (libc::EAI_SERVICE, 10109),
        (libc::EAI_BADFLAGS, 10022),
        (libc::EAI_SYSTEM, 11003),
    ] {
        assert_eq!(WsaError::from_gai(eai), WsaError(wsa), "{eai}");
    }
}

#[test]
fn no_byte_read() {
    assert_eq!(C::Read.end_of_data(), Status::END_OF_FILE);
    assert_eq!(C::PipeRead.end_of_data(), Status::PIPE_BROKEN);
    assert_eq!(C::DiskRead.end_of_data(), Status::NONEXISTENT_SECTOR);
    assert_eq!(C::Socket.end_of_data(), Status::SUCCESS);
}

#[test]
fn the_way_back() {
    for (status, number) in [
        (Status::SUCCESS, 0),
        (Status::ACCESS_DENIED, libc::EACCES),
        (Status::FILE_IS_A_DIRECTORY, libc::EISDIR),
        (Status::NOT_A_DIRECTORY, libc::ENOTDIR),
        (Status::OBJECT_NAME_NOT_FOUND, libc::ENOENT),
        (Status::OBJECT_NAME_COLLISION, libc::EEXIST),
        (Status::DISK_FULL, libc::ENOSPC),
        (Status::PIPE_BROKEN, libc::EPIPE),
        (Status::PIPE_EMPTY, libc::EAGAIN),
        (Status::NOT_IMPLEMENTED, libc::ENOSYS),
        (Status::CANCELLED, libc::ECANCELED),
        (Status::CONNECTION_RESET, libc::ECONNRESET),
        (Status::LOCAL_DISCONNECT, libc::ECONNABORTED),
        (Status::LINK_TIMEOUT, libc::ETIMEDOUT),
        (Status::INVALID_ADDRESS, libc::EADDRNOTAVAIL),
        (Status::INVALID_BUFFER_SIZE, libc::EMSGSIZE),
        (Status(0xC012_3456), libc::EIO),
    ] {
        assert_eq!(status.to_errno(), number, "{status}");
    }
    // A code and a WSA code carried by a status.
    assert_eq!(Win32Error::NOT_SAME_DEVICE.to_status().to_errno(), libc::EXDEV);
    assert_eq!(WsaError::EALREADY.to_status().to_errno(), libc::EALREADY);
    assert_eq!(WsaError::EALREADY.to_errno(), libc::EALREADY);
    assert_eq!(WsaError::EWOULDBLOCK.to_errno(), libc::EAGAIN);
    assert_eq!(Win32Error(54_321).to_errno(), libc::EIO);
}

#[test]
fn most_numbers_survive_the_round_trip() {
    for number in 1..=133 {
        for context in [C::Open, C::Read, C::Write, C::Socket, C::Datagram, C::Lock, C::Other] {
            let status = Status::from_errno(number, context);
            assert!(status.is_pending() || !status.is_success(), "{number} became {status}");
            assert!(status.to_errno() > 0, "{number} became {status}");
        }
        // Whatever the number became, going back and forth once more does not change the code.
        let status = Status::from_errno(number, C::Other);
        let again = Status::from_errno(status.to_errno(), C::Other);
        // A socket shut down and a pipe disconnected are one status, and the pipe decides the number.
        if status != Status::UNSUCCESSFUL && number != libc::ESHUTDOWN {
            assert_eq!(status.to_win32(), again.to_win32(), "{number}: {status} then {again}");
        }
    }
}

#[cfg(feature = "std")]
mod io_errors {
    use super::*;
    use std::io;

    #[test]
    fn kinds_are_useful() {
        for (code, kind) in [
            (Win32Error::FILE_NOT_FOUND, io::ErrorKind::NotFound),
            (Win32Error::ACCESS_DENIED, io::ErrorKind::PermissionDenied),
            (Win32Error::FILE_EXISTS, io::ErrorKind::AlreadyExists),
            (Win32Error::BROKEN_PIPE, io::ErrorKind::BrokenPipe),
            (Win32Error::INVALID_PARAMETER, io::ErrorKind::InvalidInput),
            (Win32Error::HANDLE_EOF, io::ErrorKind::UnexpectedEof),
            (Win32Error::WAIT_TIMEOUT, io::ErrorKind::TimedOut),
            (Win32Error::NETNAME_DELETED, io::ErrorKind::ConnectionReset),
            (Win32Error::INVALID_FUNCTION, io::ErrorKind::Unsupported),
            (Win32Error::IO_INCOMPLETE, io::ErrorKind::WouldBlock),
            (Win32Error::WAIT_IO_COMPLETION, io::ErrorKind::Interrupted),
        ] {
            let error = io::Error::from(code);
            assert_eq!(error.kind(), kind, "{code}");
            assert_eq!(error.to_string(), code.to_string());
            assert_eq!(Win32Error::from_io_error(&error, C::Other), code);
        }
        assert_eq!(io::Error::from(WsaError::EWOULDBLOCK).kind(), io::ErrorKind::WouldBlock);
        assert_eq!(io::Error::from(Status::FILE_IS_A_DIRECTORY).kind(), io::ErrorKind::IsADirectory);
        assert_eq!(io::Error::from(Status::END_OF_FILE).kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn codes_come_out_of_any_io_error() {
        let from_os = io::Error::from_raw_os_error(libc::EPIPE);
        assert_eq!(Win32Error::from_io_error(&from_os, C::PipeWrite), Win32Error::NO_DATA);
        let from_wsa = io::Error::from(WsaError::ECONNRESET);
        assert_eq!(Win32Error::from_io_error(&from_wsa, C::Socket), Win32Error(10054));
        let other = io::Error::other("no number");
        assert_eq!(Win32Error::from_io_error(&other, C::Read), Win32Error::GEN_FAILURE);
    }
}
