//! The rows of contract 10 §1 to §3, typed out again, in both directions.

use overlapped_abi::{Status, Win32Error, WsaError};

/// Contract 10 §1: number and name.
#[rustfmt::skip]
const WIN32: &[(u32, &str)] = &[
    (0, "ERROR_SUCCESS"),
    (1, "ERROR_INVALID_FUNCTION"),
    (2, "ERROR_FILE_NOT_FOUND"),
    (3, "ERROR_PATH_NOT_FOUND"),
    (4, "ERROR_TOO_MANY_OPEN_FILES"),
    (5, "ERROR_ACCESS_DENIED"),
    (6, "ERROR_INVALID_HANDLE"),
    (8, "ERROR_NOT_ENOUGH_MEMORY"),
    (15, "ERROR_INVALID_DRIVE"),
    (17, "ERROR_NOT_SAME_DEVICE"),
    (18, "ERROR_NO_MORE_FILES"),
    (19, "ERROR_WRITE_PROTECT"),
    (21, "ERROR_NOT_READY"),
    (22, "ERROR_BAD_COMMAND"),
    (23, "ERROR_CRC"),
    (24, "ERROR_BAD_LENGTH"),
    (27, "ERROR_SECTOR_NOT_FOUND"),
    (31, "ERROR_GEN_FAILURE"),
    (32, "ERROR_SHARING_VIOLATION"),
    (33, "ERROR_LOCK_VIOLATION"),
    (38, "ERROR_HANDLE_EOF"),
    (39, "ERROR_HANDLE_DISK_FULL"),
    (50, "ERROR_NOT_SUPPORTED"),
    (51, "ERROR_REM_NOT_LIST"),
    (52, "ERROR_DUP_NAME"),
    (53, "ERROR_BAD_NETPATH"),
    (55, "ERROR_DEV_NOT_EXIST"),
    (59, "ERROR_UNEXP_NET_ERR"),
    (64, "ERROR_NETNAME_DELETED"),
    (67, "ERROR_BAD_NET_NAME"),
    (68, "ERROR_TOO_MANY_NAMES"),
    (80, "ERROR_FILE_EXISTS"),
    (87, "ERROR_INVALID_PARAMETER"),
    (100, "ERROR_TOO_MANY_SEMAPHORES"),
    (109, "ERROR_BROKEN_PIPE"),
    (112, "ERROR_DISK_FULL"),
    (120, "ERROR_CALL_NOT_IMPLEMENTED"),
    (121, "ERROR_SEM_TIMEOUT"),
    (122, "ERROR_INSUFFICIENT_BUFFER"),
    (123, "ERROR_INVALID_NAME"),
    (131, "ERROR_NEGATIVE_SEEK"),
    (132, "ERROR_SEEK_ON_DEVICE"),
    (145, "ERROR_DIR_NOT_EMPTY"),
    (158, "ERROR_NOT_LOCKED"),
    (161, "ERROR_BAD_PATHNAME"),
    (170, "ERROR_BUSY"),
    (183, "ERROR_ALREADY_EXISTS"),
    (206, "ERROR_FILENAME_EXCED_RANGE"),
    (223, "ERROR_FILE_TOO_LARGE"),
    (229, "ERROR_PIPE_LOCAL"),
    (230, "ERROR_BAD_PIPE"),
    (231, "ERROR_PIPE_BUSY"),
    (232, "ERROR_NO_DATA"),
    (233, "ERROR_PIPE_NOT_CONNECTED"),
    (234, "ERROR_MORE_DATA"),
    (240, "ERROR_VC_DISCONNECTED"),
    (258, "WAIT_TIMEOUT"),
    (259, "ERROR_NO_MORE_ITEMS"),
    (267, "ERROR_DIRECTORY"),
    (288, "ERROR_NOT_OWNER"),
    (298, "ERROR_TOO_MANY_POSTS"),
    (303, "ERROR_DELETE_PENDING"),
    (307, "ERROR_INVALID_LOCK_RANGE"),
    (433, "ERROR_NO_SUCH_DEVICE"),
    (535, "ERROR_PIPE_CONNECTED"),
    (536, "ERROR_PIPE_LISTENING"),
    (554, "ERROR_CANT_WAIT"),
    (587, "ERROR_MUTANT_LIMIT_EXCEEDED"),
    (735, "ERROR_ABANDONED_WAIT_0"),
    (192, "WAIT_IO_COMPLETION"),
    (737, "ERROR_USER_APC"),
    (745, "ERROR_NOTIFY_CLEANUP"),
    (995, "ERROR_OPERATION_ABORTED"),
    (996, "ERROR_IO_INCOMPLETE"),
    (997, "ERROR_IO_PENDING"),
    (998, "ERROR_NOACCESS"),
    (1022, "ERROR_NOTIFY_ENUM_DIR"),
    (1106, "ERROR_INVALID_BLOCK_LENGTH"),
    (1112, "ERROR_NO_MEDIA_IN_DRIVE"),
    (1117, "ERROR_IO_DEVICE"),
    (1120, "ERROR_MORE_WRITES"),
    (1121, "ERROR_COUNTER_TIMEOUT"),
    (1131, "ERROR_POSSIBLE_DEADLOCK"),
    (1142, "ERROR_TOO_MANY_LINKS"),
    (1167, "ERROR_DEVICE_NOT_CONNECTED"),
    (1168, "ERROR_NOT_FOUND"),
    (1214, "ERROR_INVALID_NETNAME"),
    (1224, "ERROR_USER_MAPPED_FILE"),
    (1225, "ERROR_CONNECTION_REFUSED"),
    (1226, "ERROR_GRACEFUL_DISCONNECT"),
    (1227, "ERROR_ADDRESS_ALREADY_ASSOCIATED"),
    (1230, "ERROR_CONNECTION_ACTIVE"),
    (1231, "ERROR_NETWORK_UNREACHABLE"),
    (1232, "ERROR_HOST_UNREACHABLE"),
    (1233, "ERROR_PROTOCOL_UNREACHABLE"),
    (1234, "ERROR_PORT_UNREACHABLE"),
    (1235, "ERROR_REQUEST_ABORTED"),
    (1236, "ERROR_CONNECTION_ABORTED"),
    (1256, "ERROR_HOST_DOWN"),
    (1314, "ERROR_PRIVILEGE_NOT_HELD"),
    (1368, "ERROR_CANNOT_IMPERSONATE"),
    (1450, "ERROR_NO_SYSTEM_RESOURCES"),
    (1453, "ERROR_WORKING_SET_QUOTA"),
    (1455, "ERROR_COMMITMENT_LIMIT"),
    (1460, "ERROR_TIMEOUT"),
    (1656, "ERROR_NOT_SAME_OBJECT"),
    (1784, "ERROR_INVALID_USER_BUFFER"),
    (1816, "ERROR_NOT_ENOUGH_QUOTA"),
    (4390, "ERROR_NOT_A_REPARSE_POINT"),
];

/// Contract 10 §2: number, name and the Linux errors it comes from.
#[rustfmt::skip]
const WSA: &[(u32, &str, &[&str])] = &[
    (6, "WSA_INVALID_HANDLE", &[]),
    (8, "WSA_NOT_ENOUGH_MEMORY", &["ENOMEM"]),
    (87, "WSA_INVALID_PARAMETER", &[]),
    (995, "WSA_OPERATION_ABORTED", &["ECANCELED"]),
    (996, "WSA_IO_INCOMPLETE", &[]),
    (997, "WSA_IO_PENDING", &[]),
    (10004, "WSAEINTR", &["EINTR"]),
    (10009, "WSAEBADF", &["EBADF"]),
    (10013, "WSAEACCES", &["EACCES"]),
    (10014, "WSAEFAULT", &["EFAULT"]),
    (10022, "WSAEINVAL", &["EINVAL"]),
    (10024, "WSAEMFILE", &["EMFILE"]),
    (10035, "WSAEWOULDBLOCK", &["EAGAIN", "EINPROGRESS"]),
    (10036, "WSAEINPROGRESS", &[]),
    (10037, "WSAEALREADY", &["EALREADY"]),
    (10038, "WSAENOTSOCK", &["ENOTSOCK", "EBADF"]),
    (10039, "WSAEDESTADDRREQ", &["EDESTADDRREQ"]),
    (10040, "WSAEMSGSIZE", &["EMSGSIZE"]),
    (10041, "WSAEPROTOTYPE", &["EPROTOTYPE"]),
    (10042, "WSAENOPROTOOPT", &["ENOPROTOOPT"]),
    (10043, "WSAEPROTONOSUPPORT", &["EPROTONOSUPPORT"]),
    (10044, "WSAESOCKTNOSUPPORT", &["ESOCKTNOSUPPORT"]),
    (10045, "WSAEOPNOTSUPP", &["EOPNOTSUPP"]),
    (10046, "WSAEPFNOSUPPORT", &["EPFNOSUPPORT"]),
    (10047, "WSAEAFNOSUPPORT", &["EAFNOSUPPORT"]),
    (10048, "WSAEADDRINUSE", &["EADDRINUSE"]),
    (10049, "WSAEADDRNOTAVAIL", &["EADDRNOTAVAIL"]),
    (10050, "WSAENETDOWN", &["ENETDOWN"]),
    (10051, "WSAENETUNREACH", &["ENETUNREACH"]),
    (10052, "WSAENETRESET", &["ENETRESET"]),
    (10053, "WSAECONNABORTED", &["ECONNABORTED"]),
    (10054, "WSAECONNRESET", &["ECONNRESET"]),
    (10055, "WSAENOBUFS", &["ENOBUFS"]),
    (10056, "WSAEISCONN", &["EISCONN"]),
    (10057, "WSAENOTCONN", &["ENOTCONN"]),
    (10058, "WSAESHUTDOWN", &["ESHUTDOWN", "EPIPE"]),
    (10059, "WSAETOOMANYREFS", &["ETOOMANYREFS"]),
    (10060, "WSAETIMEDOUT", &["ETIMEDOUT"]),
    (10061, "WSAECONNREFUSED", &["ECONNREFUSED"]),
    (10062, "WSAELOOP", &["ELOOP"]),
    (10063, "WSAENAMETOOLONG", &["ENAMETOOLONG"]),
    (10064, "WSAEHOSTDOWN", &["EHOSTDOWN"]),
    (10065, "WSAEHOSTUNREACH", &["EHOSTUNREACH"]),
    (10066, "WSAENOTEMPTY", &["ENOTEMPTY"]),
    (10067, "WSAEPROCLIM", &[]),
    (10068, "WSAEUSERS", &["EUSERS"]),
    (10069, "WSAEDQUOT", &["EDQUOT"]),
    (10070, "WSAESTALE", &["ESTALE"]),
    (10071, "WSAEREMOTE", &["EREMOTE"]),
    (10091, "WSASYSNOTREADY", &[]),
    (10092, "WSAVERNOTSUPPORTED", &[]),
    (10093, "WSANOTINITIALISED", &[]),
    (10101, "WSAEDISCON", &[]),
    (10108, "WSASERVICE_NOT_FOUND", &[]),
    (10109, "WSATYPE_NOT_FOUND", &[]),
    (10111, "WSA_E_CANCELLED", &[]),
    (11001, "WSAHOST_NOT_FOUND", &[]),
    (11002, "WSATRY_AGAIN", &[]),
    (11003, "WSANO_RECOVERY", &[]),
    (11004, "WSANO_DATA", &[]),
];

/// Contract 10 §3: value, name, Win32, second Win32 (0 if none), WSA (0 if the rule gives it).
#[rustfmt::skip]
const STATUSES: &[(u32, &str, u32, u32, u32)] = &[
    (0x0000_0000, "SUCCESS", 0, 0, 0),
    (0x0000_0101, "ALERTED", 995, 0, 0),
    (0x0000_0102, "TIMEOUT", 258, 0, 0),
    (0x0000_00C0, "USER_APC", 737, 192, 0),
    (0x0000_0080, "ABANDONED_WAIT_0", 735, 128, 0),
    (0x0000_0103, "PENDING", 997, 996, 997),
    (0x0000_010B, "NOTIFY_CLEANUP", 745, 0, 0),
    (0x0000_010C, "NOTIFY_ENUM_DIR", 1022, 0, 0),
    (0x4000_0008, "SERIAL_MORE_WRITES", 1120, 0, 0),
    (0x4000_000C, "SERIAL_COUNTER_TIMEOUT", 1121, 0, 0),
    (0x8000_0002, "DATATYPE_MISALIGNMENT", 998, 0, 0),
    (0x8000_0005, "BUFFER_OVERFLOW", 234, 0, 10040),
    (0x8000_0006, "NO_MORE_FILES", 18, 0, 0),
    (0xC000_0001, "UNSUCCESSFUL", 31, 0, 10022),
    (0xC000_0002, "NOT_IMPLEMENTED", 1, 0, 10045),
    (0xC000_0003, "INVALID_INFO_CLASS", 87, 0, 0),
    (0xC000_0004, "INFO_LENGTH_MISMATCH", 24, 0, 0),
    (0xC000_0005, "ACCESS_VIOLATION", 998, 0, 10014),
    (0xC000_0008, "INVALID_HANDLE", 6, 0, 10038),
    (0xC000_000D, "INVALID_PARAMETER", 87, 0, 10022),
    (0xC000_000E, "NO_SUCH_DEVICE", 433, 2, 10050),
    (0xC000_000F, "NO_SUCH_FILE", 2, 0, 10050),
    (0xC000_0010, "INVALID_DEVICE_REQUEST", 1, 0, 10022),
    (0xC000_0011, "END_OF_FILE", 38, 0, 0),
    (0xC000_0013, "NO_MEDIA_IN_DEVICE", 21, 0, 0),
    (0xC000_0015, "NONEXISTENT_SECTOR", 27, 0, 0),
    (0xC000_0017, "NO_MEMORY", 8, 0, 10055),
    (0xC000_0022, "ACCESS_DENIED", 5, 0, 10013),
    (0xC000_0023, "BUFFER_TOO_SMALL", 122, 0, 10014),
    (0xC000_0024, "OBJECT_TYPE_MISMATCH", 6, 0, 10038),
    (0xC000_0033, "OBJECT_NAME_INVALID", 123, 0, 0),
    (0xC000_0034, "OBJECT_NAME_NOT_FOUND", 2, 0, 10050),
    (0xC000_0035, "OBJECT_NAME_COLLISION", 183, 80, 0),
    (0xC000_0039, "OBJECT_PATH_INVALID", 161, 0, 0),
    (0xC000_003A, "OBJECT_PATH_NOT_FOUND", 3, 0, 10050),
    (0xC000_003B, "OBJECT_PATH_SYNTAX_BAD", 161, 0, 0),
    (0xC000_0043, "SHARING_VIOLATION", 32, 0, 10048),
    (0xC000_0044, "QUOTA_EXCEEDED", 1816, 0, 10055),
    (0xC000_0046, "MUTANT_NOT_OWNED", 288, 0, 0),
    (0xC000_0047, "SEMAPHORE_LIMIT_EXCEEDED", 298, 0, 0),
    (0xC000_0048, "PORT_ALREADY_SET", 87, 0, 0),
    (0xC000_004B, "THREAD_IS_TERMINATING", 5, 0, 0),
    (0xC000_0054, "FILE_LOCK_CONFLICT", 33, 0, 0),
    (0xC000_0055, "LOCK_NOT_GRANTED", 33, 0, 0),
    (0xC000_0056, "DELETE_PENDING", 5, 0, 0),
    (0xC000_0061, "PRIVILEGE_NOT_HELD", 1314, 0, 0),
    (0xC000_007E, "RANGE_NOT_LOCKED", 158, 0, 0),
    (0xC000_007F, "DISK_FULL", 112, 0, 0),
    (0xC000_009A, "INSUFFICIENT_RESOURCES", 1450, 0, 10055),
    (0xC000_009C, "DEVICE_DATA_ERROR", 23, 0, 0),
    (0xC000_009D, "DEVICE_NOT_CONNECTED", 1167, 0, 0),
    (0xC000_00A1, "WORKING_SET_QUOTA", 1453, 0, 10055),
    (0xC000_00A2, "MEDIA_WRITE_PROTECTED", 19, 0, 0),
    (0xC000_00A3, "DEVICE_NOT_READY", 21, 0, 10035),
    (0xC000_00AB, "INSTANCE_NOT_AVAILABLE", 231, 0, 0),
    (0xC000_00AC, "PIPE_NOT_AVAILABLE", 231, 0, 0),
    (0xC000_00AD, "INVALID_PIPE_STATE", 230, 0, 0),
    (0xC000_00AE, "PIPE_BUSY", 231, 0, 0),
    (0xC000_00B0, "PIPE_DISCONNECTED", 233, 0, 10058),
    (0xC000_00B1, "PIPE_CLOSING", 232, 0, 0),
    (0xC000_00B2, "PIPE_CONNECTED", 535, 0, 0),
    (0xC000_00B3, "PIPE_LISTENING", 536, 0, 0),
    (0xC000_00B4, "INVALID_READ_MODE", 230, 0, 0),
    (0xC000_00B5, "IO_TIMEOUT", 121, 0, 10060),
    (0xC000_00BA, "FILE_IS_A_DIRECTORY", 5, 0, 0),
    (0xC000_00BB, "NOT_SUPPORTED", 50, 0, 10045),
    (0xC000_00BC, "REMOTE_NOT_LISTENING", 51, 0, 10061),
    (0xC000_00BE, "BAD_NETWORK_PATH", 53, 0, 10051),
    (0xC000_00CC, "BAD_NETWORK_NAME", 67, 0, 0),
    (0xC000_00D8, "CANT_WAIT", 554, 0, 0),
    (0xC000_00D9, "PIPE_EMPTY", 232, 0, 0),
    (0xC000_00E8, "INVALID_USER_BUFFER", 1784, 0, 0),
    (0xC000_0101, "DIRECTORY_NOT_EMPTY", 145, 0, 0),
    (0xC000_0103, "NOT_A_DIRECTORY", 267, 0, 0),
    (0xC000_0106, "NAME_TOO_LONG", 206, 0, 0),
    (0xC000_011F, "TOO_MANY_OPENED_FILES", 4, 0, 0),
    (0xC000_0120, "CANCELLED", 995, 0, 995),
    (0xC000_0121, "CANNOT_DELETE", 5, 0, 0),
    (0xC000_0128, "FILE_CLOSED", 6, 0, 0),
    (0xC000_012D, "COMMITMENT_LIMIT", 1455, 0, 10055),
    (0xC000_013B, "LOCAL_DISCONNECT", 64, 0, 10053),
    (0xC000_013C, "REMOTE_DISCONNECT", 64, 0, 10054),
    (0xC000_013E, "LINK_FAILED", 59, 0, 10054),
    (0xC000_013F, "LINK_TIMEOUT", 59, 0, 10060),
    (0xC000_0140, "INVALID_CONNECTION", 59, 0, 10057),
    (0xC000_0141, "INVALID_ADDRESS", 59, 0, 10049),
    (0xC000_014B, "PIPE_BROKEN", 109, 0, 0),
    (0xC000_0185, "IO_DEVICE_ERROR", 1117, 0, 0),
    (0xC000_0191, "MUTANT_LIMIT_EXCEEDED", 587, 0, 0),
    (0xC000_0206, "INVALID_BUFFER_SIZE", 1784, 0, 10040),
    (0xC000_0207, "INVALID_ADDRESS_COMPONENT", 1214, 0, 10049),
    (0xC000_020A, "ADDRESS_ALREADY_EXISTS", 52, 0, 10048),
    (0xC000_020C, "CONNECTION_DISCONNECTED", 64, 0, 10054),
    (0xC000_020D, "CONNECTION_RESET", 64, 0, 10054),
    (0xC000_0225, "NOT_FOUND", 1168, 0, 0),
    (0xC000_0236, "CONNECTION_REFUSED", 1225, 0, 10061),
    (0xC000_0237, "GRACEFUL_DISCONNECT", 1226, 0, 10101),
    (0xC000_023B, "CONNECTION_ACTIVE", 1230, 0, 10056),
    (0xC000_023C, "NETWORK_UNREACHABLE", 1231, 0, 10051),
    (0xC000_023D, "HOST_UNREACHABLE", 1232, 0, 10065),
    (0xC000_023E, "PROTOCOL_UNREACHABLE", 1233, 0, 10051),
    (0xC000_023F, "PORT_UNREACHABLE", 1234, 0, 10054),
    (0xC000_0240, "REQUEST_ABORTED", 1235, 0, 10004),
    (0xC000_0241, "CONNECTION_ABORTED", 1236, 0, 10053),
    (0xC000_0243, "USER_MAPPED_FILE", 1224, 0, 0),
    (0xC000_0265, "TOO_MANY_LINKS", 1142, 0, 0),
    (0xC000_0350, "HOST_DOWN", 1256, 0, 10064),
    (0xC000_0904, "FILE_TOO_LARGE", 223, 0, 0),
];

#[test]
fn every_win32_code_has_its_name_and_a_sentence() {
    for &(code, name) in WIN32 {
        let code = Win32Error(code);
        assert_eq!(code.name(), Some(name));
        assert!(code.message().ends_with('.') && code.message().len() > 15, "{code}");
        assert_eq!(code.to_string(), format!("{name} ({}): {}", code.0, code.message()));
        assert_eq!(format!("{code:?}"), format!("Win32Error({} {name})", code.0));
    }
}

#[test]
fn the_win32_table_has_nothing_else() {
    // 128 is the bare form of ABANDONED_WAIT_0 in §3 and has no row of its own in §1.
    let listed: Vec<u32> = Win32Error::all().map(|code| code.0).filter(|&code| code != 128).collect();
    let mut expected: Vec<u32> = WIN32.iter().map(|row| row.0).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);
}

#[test]
fn every_wsa_code_has_its_name_and_a_sentence() {
    for &(code, name, _) in WSA {
        let code = WsaError(code);
        assert_eq!(code.name(), Some(name));
        assert!(code.message().ends_with('.') && code.message().len() > 15, "{code}");
        // The same number as a Win32 code has a name as well: the two share the thread's slot.
        assert!(Win32Error::from(code).name().is_some(), "{code}");
    }
    assert_eq!(Win32Error(10054).name(), Some("WSAECONNRESET"));
    assert_eq!(WsaError::all().len(), WSA.len() + 1, "and success");
}

#[test]
fn every_status_has_its_forms() {
    for &(value, name, win32, alternate, wsa) in STATUSES {
        let status = Status(value);
        assert_eq!(status.name(), Some(&*format!("STATUS_{name}")));
        assert_eq!(status.to_win32(), Win32Error(win32), "{status}");
        assert_eq!(status.alternate_win32().map_or(0, |code| code.0), alternate, "{status}");
        let expected = match wsa {
            0 if value < 0x8000_0000 => win32,
            0 => 10022,
            _ => wsa,
        };
        assert_eq!(status.to_wsa(), WsaError(expected), "{status}");
    }
    let listed: Vec<u32> = Status::all().map(Status::value).collect();
    let mut expected: Vec<u32> = STATUSES.iter().map(|row| row.0).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);
}

#[test]
fn every_win32_code_comes_back_from_its_status() {
    for &(code, name) in WIN32 {
        let code = Win32Error(code);
        let status = code.to_status();
        let forms = [Some(status.to_win32()), status.alternate_win32()];
        assert!(forms.contains(&Some(code)), "{name} became {status}");
        if STATUSES.iter().any(|row| row.2 == code.0) {
            assert_eq!(status.to_win32(), code, "{name} became {status}");
            assert!(status.name().is_some(), "{name} became {status}");
        }
    }
    // Codes that no status shows at all: no number is lost.
    for code in (0..0x1_0000).map(Win32Error) {
        let status = code.to_status();
        assert!(status.to_win32() == code || status.alternate_win32() == Some(code), "{code:?}");
    }
    assert_eq!(Win32Error(0x1_0000).to_status(), Status::UNSUCCESSFUL);
}

#[test]
fn every_wsa_code_comes_back_from_its_status() {
    for &(code, name, _) in WSA {
        let code = WsaError(code);
        let status = code.to_status();
        if [6, 8, 87, 996].contains(&code.0) {
            // Codes of the socket calls themselves; as the end of a request they have no WSA form.
            assert!(!status.is_success());
            continue;
        }
        assert_eq!(status.to_wsa(), code, "{name} became {status}");
    }
}

#[test]
fn one_status_is_the_inverse_of_a_shared_code() {
    for (code, status) in [
        (1, Status::INVALID_DEVICE_REQUEST),
        (2, Status::OBJECT_NAME_NOT_FOUND),
        (3, Status::OBJECT_PATH_NOT_FOUND),
        (5, Status::ACCESS_DENIED),
        (6, Status::INVALID_HANDLE),
        (21, Status::DEVICE_NOT_READY),
        (33, Status::FILE_LOCK_CONFLICT),
        (59, Status::INVALID_CONNECTION),
        (64, Status::CONNECTION_RESET),
        (80, Status::OBJECT_NAME_COLLISION),
        (87, Status::INVALID_PARAMETER),
        (128, Status::ABANDONED_WAIT_0),
        (161, Status::OBJECT_PATH_SYNTAX_BAD),
        (183, Status::OBJECT_NAME_COLLISION),
        (192, Status::USER_APC),
        (230, Status::INVALID_PIPE_STATE),
        (231, Status::PIPE_NOT_AVAILABLE),
        (232, Status::PIPE_CLOSING),
        (995, Status::CANCELLED),
        (996, Status::PENDING),
        (997, Status::PENDING),
        (998, Status::ACCESS_VIOLATION),
        (1784, Status::INVALID_USER_BUFFER),
    ] {
        assert_eq!(Win32Error(code).to_status(), status);
        assert_eq!(Status::from(Win32Error(code)), status);
    }
    for (code, status) in [
        (10013, Status::ACCESS_DENIED),
        (10022, Status::INVALID_PARAMETER),
        (10038, Status::INVALID_HANDLE),
        (10048, Status::ADDRESS_ALREADY_EXISTS),
        (10049, Status::INVALID_ADDRESS),
        (10053, Status::CONNECTION_ABORTED),
        (10054, Status::CONNECTION_RESET),
        (10055, Status::INSUFFICIENT_RESOURCES),
        (10057, Status::INVALID_CONNECTION),
        (10058, Status::PIPE_DISCONNECTED),
        (10060, Status::IO_TIMEOUT),
    ] {
        assert_eq!(WsaError(code).to_status(), status);
    }
}

#[test]
fn severity_decides_between_true_and_false() {
    use overlapped_abi::Severity;
    for (status, severity, success) in [
        (Status::SUCCESS, Severity::Success, true),
        (Status::PENDING, Severity::Success, true),
        (Status::NOTIFY_ENUM_DIR, Severity::Success, true),
        (Status(0x3FFF_FFFF), Severity::Success, true),
        (Status::SERIAL_COUNTER_TIMEOUT, Severity::Informational, true),
        (Status(0x7FFF_FFFF), Severity::Informational, true),
        (Status::BUFFER_OVERFLOW, Severity::Warning, false),
        (Status(0xBFFF_FFFF), Severity::Warning, false),
        (Status::UNSUCCESSFUL, Severity::Error, false),
        (Status(0xFFFF_FFFF), Severity::Error, false),
    ] {
        assert_eq!(status.severity(), severity, "{status}");
        assert_eq!(status.is_success(), success, "{status}");
        assert_eq!(status.is_warning(), severity == Severity::Warning, "{status}");
        assert_eq!(status.is_error(), severity == Severity::Error, "{status}");
        assert_eq!(status.ok().is_ok(), success, "{status}");
    }
    assert_eq!(Status::BUFFER_OVERFLOW.ok(), Err(Win32Error::MORE_DATA));
    assert!(Status::PENDING.is_pending() && !Status::SUCCESS.is_pending());
}

#[test]
fn unknown_values_keep_their_severity() {
    assert_eq!(Status(0x1234).to_win32(), Win32Error::SUCCESS);
    assert_eq!(Status(0x1234).to_wsa(), WsaError::SUCCESS);
    assert_eq!(Status(0xC012_3456).to_win32(), Win32Error::GEN_FAILURE);
    assert_eq!(Status(0xC012_3456).to_wsa(), WsaError::EINVAL);
    assert_eq!(Status(0x8012_3456).to_win32(), Win32Error::GEN_FAILURE);
    assert_eq!(Status(0xC012_3456).name(), None);
    assert_eq!(Status(0xC012_3456).to_string(), "NTSTATUS 0xC0123456");
    assert_eq!(Win32Error(54_321).name(), None);
    assert_eq!(format!("{:?}", Win32Error(54_321)), "Win32Error(54321)");
    assert!(Win32Error(54_321).to_string().starts_with("error 54321: "));
    assert_eq!(format!("{:?}", WsaError(1)), "WsaError(1)");
}

#[test]
fn internal_is_zero_extended() {
    assert_eq!(Status::CANCELLED.to_internal(), 0xC000_0120);
    assert_eq!(Status::from_internal(0xFFFF_FFFF_0000_0103), Status::PENDING);
}
