//! Constants that windows-sys does not have, and the helpers of the structures.

use overlapped_abi::constants::{ioctl, pipe, serial};
use overlapped_abi::{Dcb, DcbFlags, FileTime, LargeInteger, Overlapped, Status};

#[test]
fn pipe_control_codes() {
    // Contract 01 §6, composed of their parts: FILE_DEVICE_NAMED_PIPE, function, method, access.
    use ioctl::*;
    let pipe = FILE_DEVICE_NAMED_PIPE;
    let both = FILE_READ_ACCESS | FILE_WRITE_ACCESS;
    assert_eq!(FSCTL_PIPE_DISCONNECT, ctl_code(pipe, 1, METHOD_BUFFERED, FILE_ANY_ACCESS));
    assert_eq!(FSCTL_PIPE_LISTEN, ctl_code(pipe, 2, METHOD_BUFFERED, FILE_ANY_ACCESS));
    assert_eq!(FSCTL_PIPE_PEEK, ctl_code(pipe, 3, METHOD_BUFFERED, FILE_READ_ACCESS));
    assert_eq!(FSCTL_PIPE_WAIT, ctl_code(pipe, 6, METHOD_BUFFERED, FILE_ANY_ACCESS));
    assert_eq!(FSCTL_PIPE_TRANSCEIVE, ctl_code(pipe, 5, METHOD_NEITHER, both));
    assert_eq!(method_of(FSCTL_PIPE_TRANSCEIVE), METHOD_NEITHER);
    assert_eq!(access_of(FSCTL_PIPE_TRANSCEIVE), both);
    assert_eq!(device_type_of(FSCTL_PIPE_TRANSCEIVE), pipe);
    assert_eq!(
        [
            pipe::FILE_PIPE_DISCONNECTED_STATE,
            pipe::FILE_PIPE_LISTENING_STATE,
            pipe::FILE_PIPE_CONNECTED_STATE,
            pipe::FILE_PIPE_CLOSING_STATE,
        ],
        [1, 2, 3, 4]
    );
}

#[test]
fn two_bit_fields_of_a_dcb() {
    let mut dcb = Dcb { flags: DcbFlags::BINARY | DcbFlags::ABORT_ON_ERROR, ..Dcb::default() };
    dcb.set_dtr_control(serial::DTR_CONTROL_HANDSHAKE);
    dcb.set_rts_control(serial::RTS_CONTROL_TOGGLE);
    assert_eq!(dcb.flags.bits(), 1 | 2 << 4 | 3 << 12 | 1 << 14);
    assert_eq!(dcb.dtr_control(), serial::DTR_CONTROL_HANDSHAKE);
    assert_eq!(dcb.rts_control(), serial::RTS_CONTROL_TOGGLE);
    dcb.set_rts_control(serial::RTS_CONTROL_ENABLE);
    assert_eq!(dcb.rts_control(), serial::RTS_CONTROL_ENABLE);
    assert!(dcb.flags.contains(DcbFlags::ABORT_ON_ERROR));
}

#[test]
fn overlapped_halves_and_low_bit() {
    let mut overlapped = Overlapped::at(0x1_2345_6789);
    assert_eq!((overlapped.offset, overlapped.offset_high), (0x2345_6789, 1));
    overlapped.set_start(u64::MAX - 1);
    assert_eq!(overlapped.start(), u64::MAX - 1);
    assert!(overlapped.is_complete());
    overlapped.internal = Status::PENDING.to_internal();
    assert!(!overlapped.is_complete());
    overlapped.h_event = 0x45;
    assert!(overlapped.suppresses_packet());
    assert_eq!(overlapped.event(), 0x44);
}

#[test]
fn file_times() {
    // Contract 02 §1: Unix seconds = FILETIME / 10^7 − 11,644,473,600.
    let epoch = FileTime::from_unix(0, 0).unwrap();
    assert_eq!(epoch.ticks(), 116_444_736_000_000_000);
    assert_eq!(epoch.to_unix(), Some((0, 0)));
    let before = FileTime::from_unix(-1, 999_999_999).unwrap();
    assert_eq!(before.ticks(), 116_444_735_999_999_999);
    assert_eq!(before.to_unix(), Some((-1, 999_999_900)));
    assert_eq!(FileTime::from_unix(-11_644_473_600, 0), Some(FileTime::default()));
    assert_eq!(FileTime::from_unix(-11_644_473_601, 0), None);
    assert_eq!(FileTime::from_unix(i64::MAX, 0), None);
    assert_eq!(FileTime::from_ticks(u64::MAX).to_unix(), None);
}

#[test]
fn large_integers() {
    let number = LargeInteger(-2);
    assert_eq!((number.low(), number.high()), (0xFFFF_FFFE, -1));
    assert_eq!(LargeInteger::from_parts(0xFFFF_FFFE, -1), number);
    assert_eq!(LargeInteger::from_parts(5, 1).0, 0x1_0000_0005);
}
