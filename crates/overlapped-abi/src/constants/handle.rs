//! Handles, standard handles and file types (contract 00 §0.2, 01 §1, 09 §1).

use crate::types::{RawHandle, RawSocket};

consts! { RawHandle;
    INVALID_HANDLE_VALUE = usize::MAX => "`(HANDLE)-1`: what `CreateFile` and its kind return on failure.";
    NULL_HANDLE = 0 => "`NULL`: what the other creating functions return on failure. The name is ours.";
    CURRENT_PROCESS = usize::MAX => "`GetCurrentProcess()`: a pseudo-handle. The name is ours.";
    CURRENT_THREAD = usize::MAX - 1 => "`GetCurrentThread()`: a pseudo-handle. The name is ours.";
}

consts! { RawSocket;
    INVALID_SOCKET = usize::MAX => "`~0`: what `socket` and `accept` return on failure.";
}

consts! { u32;
    HANDLE_FLAG_INHERIT = 0x1 => "Child processes inherit the handle.";
    HANDLE_FLAG_PROTECT_FROM_CLOSE = 0x2 => "`CloseHandle` refuses the handle.";

    DUPLICATE_CLOSE_SOURCE = 0x1 => "Close the source, whatever the outcome.";
    DUPLICATE_SAME_ACCESS = 0x2 => "Give the copy the source's access.";

    FILE_TYPE_UNKNOWN = 0x0 => "Unknown type, or failure.";
    FILE_TYPE_DISK = 0x1 => "Disk file, directory, volume, physical drive.";
    FILE_TYPE_CHAR = 0x2 => "Console, printer, serial port, null device.";
    FILE_TYPE_PIPE = 0x3 => "Pipe or socket.";
    FILE_TYPE_REMOTE = 0x8000 => "Not used.";

    STD_INPUT_HANDLE = -10i32 as u32 => "Names the standard input to `GetStdHandle`.";
    STD_OUTPUT_HANDLE = -11i32 as u32 => "Names the standard output to `GetStdHandle`.";
    STD_ERROR_HANDLE = -12i32 as u32 => "Names the standard error to `GetStdHandle`.";

    MAX_PATH = 260 => "Longest path without the `\\\\?\\` prefix, its terminator included.";
}
