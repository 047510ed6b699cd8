//! Serial and parallel ports on the C face (contract 01 sections 4.5 and 5), over null modems and FIFOs that the process' own table
//! names.

use overlapped_abi::constants::ioctl::*;
use overlapped_abi::constants::serial as c;
use overlapped_abi::{ComStat, CommConfig, CommProp, CommTimeouts, Dcb, DcbFlags, Overlapped};
use overlapped_win32::devicecontrol::ovl_DeviceIoControl;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::size::ovl_FlushFileBuffers;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_ReadFileEx, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::{
    ovl_CancelIoEx, ovl_CreateIoCompletionPort, ovl_GetOverlappedResult, ovl_GetQueuedCompletionStatus,
};
use overlapped_win32::synchapi::{ovl_CreateEventW, ovl_SleepEx, ovl_WaitForSingleObject};
use overlapped_win32::winbase_comm::*;
use std::cell::Cell;
use std::ffi::CString;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

const READ_WRITE: u32 = 0xC000_0000;
const OPEN_EXISTING: u32 = 3;
const OVERLAPPED: u32 = 0x4000_0000;
const INVALID: usize = usize::MAX;
const LOST: u32 = 60_000;
/// What no function sets.
const UNTOUCHED: u32 = 0xDEAD;

/// A handle that closes itself.
struct Handle(usize);

impl Drop for Handle {
    fn drop(&mut self) {
        ovl_CloseHandle(self.0);
    }
}

fn create(name: &str, share: u32, flags: u32) -> usize {
    let name = CString::new(name).unwrap();
    // SAFETY: a string that ends with a zero.
    unsafe { ovl_CreateFileA(name.as_ptr().cast(), READ_WRITE, share, null(), OPEN_EXISTING, flags, 0) }
}

fn open(name: &str, flags: u32) -> Handle {
    let handle = create(name, 0, flags);
    assert_ne!(handle, INVALID, "{name}: {}", ovl_GetLastError());
    Handle(handle)
}

/// Two ports of this test alone, joined.
fn pair(flags: u32) -> (Handle, Handle) {
    static NEXT: AtomicU32 = AtomicU32::new(100);
    let first = NEXT.fetch_add(2, Ordering::Relaxed);
    let line = overlapped_kernel::namespace::NullModem::to(first + 1);
    overlapped::default_system().unwrap().namespace().write().set_null_modem(first, line).unwrap();
    let port = |number| open(&format!(r"\\.\COM{number}"), flags);
    (port(first), port(first + 1))
}

/// The code of a call that must answer FALSE.
#[track_caller]
fn refused(call: impl FnOnce() -> i32) -> u32 {
    ovl_SetLastError(UNTOUCHED);
    assert_eq!(call(), 0);
    ovl_GetLastError()
}

/// A call that must answer TRUE and leave the last error alone.
#[track_caller]
fn granted(call: impl FnOnce() -> i32) {
    ovl_SetLastError(UNTOUCHED);
    let answer = call();
    assert_eq!((answer, ovl_GetLastError()), (1, UNTOUCHED));
}

fn state(port: &Handle) -> Dcb {
    let mut dcb = Dcb::default();
    // SAFETY: room for a DCB.
    granted(|| unsafe { ovl_GetCommState(port.0, &raw mut dcb) });
    dcb
}

fn set_timeouts(port: &Handle, gap: u32, each: u32, constant: u32) {
    let timeouts = CommTimeouts {
        read_interval_timeout: gap,
        read_total_timeout_multiplier: each,
        read_total_timeout_constant: constant,
        ..CommTimeouts::default()
    };
    // SAFETY: a structure of this function's own.
    granted(|| unsafe { ovl_SetCommTimeouts(port.0, &raw const timeouts) });
}

/// A synchronous write.
fn write(port: &Handle, bytes: &[u8]) {
    let mut count = 0;
    // SAFETY: the buffer is there during the call.
    granted(|| unsafe { ovl_WriteFile(port.0, bytes.as_ptr().cast(), bytes.len() as u32, &raw mut count, null_mut()) });
    assert_eq!(count as usize, bytes.len());
}

/// A synchronous read.
fn read(port: &Handle, len: usize) -> Vec<u8> {
    let (mut bytes, mut count) = (vec![0; len], 0);
    // SAFETY: the buffer is there during the call.
    granted(|| unsafe { ovl_ReadFile(port.0, bytes.as_mut_ptr().cast(), len as u32, &raw mut count, null_mut()) });
    bytes.truncate(count as usize);
    bytes
}

fn event() -> Handle {
    // SAFETY: an event without a name.
    Handle(unsafe { ovl_CreateEventW(null(), 1, 0, null()) })
}

fn build(text: &str) -> (i32, Dcb, CommTimeouts) {
    let mut dcb = Dcb { baud_rate: 4711, byte_size: 9, ..Dcb::default() };
    let mut timeouts = CommTimeouts { read_interval_timeout: 77, ..CommTimeouts::default() };
    let narrow = CString::new(text).unwrap();
    let wide: Vec<u16> = text.encode_utf16().chain([0]).collect();
    let (mut plain, mut other) = (dcb, dcb);
    // SAFETY: strings that end with a zero, and room for the structures.
    let answers = unsafe {
        [
            ovl_BuildCommDCBA(narrow.as_ptr().cast(), &raw mut plain),
            ovl_BuildCommDCBW(wide.as_ptr(), &raw mut other),
            ovl_BuildCommDCBAndTimeoutsA(narrow.as_ptr().cast(), &raw mut dcb, &raw mut timeouts),
            ovl_BuildCommDCBAndTimeoutsW(wide.as_ptr(), &raw mut dcb, &raw mut timeouts),
        ]
    };
    assert_eq!(answers, [answers[0]; 4], "{text}");
    assert!(plain == dcb && other == dcb, "{text}: all four agree");
    (answers[0], dcb, timeouts)
}

#[test]
fn definitions_change_what_they_name_or_nothing_01_5_3() {
    let (done, dcb, timeouts) = build("baud=115200 parity=e to=on");
    assert_eq!((done, dcb.baud_rate, dcb.parity, dcb.byte_size, dcb.stop_bits), (1, 115_200, 2, 9, 0));
    assert_eq!((timeouts.read_interval_timeout, timeouts.write_total_timeout_constant), (0, 60_000));
    let (done, dcb, timeouts) = build("COM1:96,n,8,1,x");
    assert_eq!((done, dcb.baud_rate, dcb.byte_size, timeouts.read_interval_timeout), (1, 9600, 8, 77));
    assert!(dcb.flags.contains(DcbFlags::IN_X | DcbFlags::OUT_X));
    for text in ["COM0:96,n,8,1", "data=4", "", "baud=96,n", "to=foobar"] {
        let (done, dcb, timeouts) = build(text);
        assert_eq!((done, ovl_GetLastError(), dcb.baud_rate, timeouts.read_interval_timeout), (0, 87, 4711, 77));
    }
    // SAFETY: NULL is a case of its own.
    assert_eq!(refused(|| unsafe { ovl_BuildCommDCBA(null(), null_mut()) }), 87);
}

#[test]
fn settings_come_back_as_they_were_set_01_5_2() {
    let (near, _far) = pair(0);
    assert_eq!(ovl_GetFileType(near.0), 2);
    let mut dcb = state(&near);
    assert_eq!((dcb.length, dcb.byte_size, dcb.flags.contains(DcbFlags::BINARY)), (28, 8, true));
    (dcb.baud_rate, dcb.parity, dcb.xon_lim, dcb.evt_char) = (31_250, c::ODDPARITY, 100, b'!');
    // SAFETY: structures of this test's own.
    unsafe {
        granted(|| ovl_SetCommState(near.0, &raw const dcb));
        assert_eq!(state(&near), dcb);
        let impossible = Dcb { byte_size: 255, ..dcb };
        assert_eq!(refused(|| ovl_SetCommState(near.0, &raw const impossible)), 87);
        assert_eq!(state(&near), dcb);
        assert_eq!(refused(|| ovl_SetCommState(near.0, null())), 998);
        assert_eq!(refused(|| ovl_GetCommState(near.0, null_mut())), 998);
    }
}

#[test]
fn configurations_and_properties_01_5_2() {
    let (near, _far) = pair(0);
    let (mut config, mut size) = (CommConfig::default(), 10);
    // SAFETY: structures of this test's own.
    unsafe {
        assert_eq!(refused(|| ovl_GetCommConfig(near.0, &raw mut config, &raw mut size)), 122);
        assert_eq!(size, 52);
        granted(|| ovl_GetCommConfig(near.0, &raw mut config, &raw mut size));
        assert_eq!((config.size, config.version, config.dcb), (52, 1, state(&near)));
        config.dcb.baud_rate = 300;
        granted(|| ovl_SetCommConfig(near.0, &raw const config, 52));
        assert_eq!(state(&near).baud_rate, 300);
        let mut properties = CommProp::default();
        granted(|| ovl_GetCommProperties(near.0, &raw mut properties));
        assert_eq!((properties.packet_length, properties.service_mask, properties.max_baud), (64, 1, c::BAUD_USER));
        granted(|| ovl_SetupComm(near.0, 8192, 4096));
        granted(|| ovl_GetCommProperties(near.0, &raw mut properties));
        assert_eq!(properties.current_rx_queue, 8192);
        size = 52;
        granted(|| ovl_GetDefaultCommConfigA(c"COM1".as_ptr().cast(), &raw mut config, &raw mut size));
        assert_eq!(config.dcb.baud_rate, 9600);
        granted(|| ovl_GetDefaultCommConfigA(c"com21".as_ptr().cast(), &raw mut config, &raw mut size));
        granted(|| ovl_GetDefaultCommConfigA(c"\\\\.\\COM21".as_ptr().cast(), &raw mut config, &raw mut size));
        assert_eq!(refused(|| ovl_GetDefaultCommConfigA(c"NUL".as_ptr().cast(), &raw mut config, &raw mut size)), 87);
    }
}

#[test]
fn what_is_no_port_is_refused_01_5_2() {
    let nul = open("NUL", 0);
    let event = event();
    let mut dcb = Dcb::default();
    for (handle, code) in [(nul.0, 1), (event.0, 6), (0, 6), (INVALID, 6)] {
        // SAFETY: structures of this test's own.
        unsafe {
            assert_eq!(refused(|| ovl_GetCommState(handle, &raw mut dcb)), code);
            assert_eq!(refused(|| ovl_SetCommState(handle, &raw const dcb)), code);
            assert_eq!(refused(|| ovl_ClearCommError(handle, null_mut(), null_mut())), code);
        }
        assert_eq!(refused(|| ovl_PurgeComm(handle, 1)), code);
        assert_eq!(refused(|| ovl_SetCommMask(handle, 1)), code);
        assert_eq!(refused(|| ovl_TransmitCommChar(handle, 1)), code);
        assert_eq!(refused(|| ovl_SetCommBreak(handle)), code);
    }
}

#[test]
fn opening_has_its_codes_01_5_1() {
    ovl_SetLastError(0);
    assert_eq!((create(r"\\.\COM4000", 0, 0), ovl_GetLastError()), (INVALID, 2));
    let (_near, _far) = pair(0);
    let system = overlapped::default_system().unwrap();
    let line = overlapped_kernel::namespace::NullModem::to(3001);
    system.namespace().write().set_null_modem(3000, line).unwrap();
    let port = open(r"\\.\COM3000", 0);
    assert_eq!((create(r"\\.\com3000", 0, 0), ovl_GetLastError()), (INVALID, 5));
    drop(port);
    assert_eq!((create(r"\\.\COM3000", 1, 0), ovl_GetLastError()), (INVALID, 87));
}

#[test]
fn timeouts_are_successes_01_5_4() {
    let (near, far) = pair(0);
    set_timeouts(&near, c::MAXDWORD, 0, 0);
    assert_eq!(read(&near, 10), b"");
    write(&far, b"abc");
    assert_eq!(read(&near, 10), b"abc");
    set_timeouts(&near, 0, 1, 10);
    assert_eq!(read(&near, 10), b"");
    set_timeouts(&near, 0, 0, 0);
    write(&far, b"0123456789");
    assert_eq!(read(&near, 10), b"0123456789");
    let mut timeouts = CommTimeouts::default();
    // SAFETY: structures of this test's own.
    unsafe {
        timeouts.write_total_timeout_constant = 20;
        granted(|| ovl_SetCommTimeouts(far.0, &raw const timeouts));
        granted(|| ovl_EscapeCommFunction(far.0, c::SETXOFF));
        let mut count = 99;
        granted(|| ovl_WriteFile(far.0, c"held".as_ptr().cast(), 4, &raw mut count, null_mut()));
        assert_eq!(count, 0);
        [
            timeouts.read_interval_timeout,
            timeouts.read_total_timeout_multiplier,
            timeouts.read_total_timeout_constant,
        ] = [c::MAXDWORD; 3];
        assert_eq!(refused(|| ovl_SetCommTimeouts(far.0, &raw const timeouts)), 87);
        granted(|| ovl_GetCommTimeouts(far.0, &raw mut timeouts));
        assert_eq!((timeouts.read_interval_timeout, timeouts.write_total_timeout_constant), (0, 20));
    }
}

#[test]
fn an_overlapped_port_needs_an_overlapped_01_5_1() {
    let (near, _far) = pair(OVERLAPPED);
    let (mut byte, mut count, mut events) = (0_u8, 0, 0);
    granted(|| ovl_SetCommMask(near.0, c::EV_RXCHAR));
    // SAFETY: memory of this test's own.
    unsafe {
        let byte = (&raw mut byte).cast();
        assert_eq!(refused(|| ovl_ReadFile(near.0, byte, 1, &raw mut count, null_mut())), 87);
        assert_eq!(refused(|| ovl_WriteFile(near.0, byte, 1, &raw mut count, null_mut())), 87);
        assert_eq!(refused(|| ovl_WaitCommEvent(near.0, &raw mut events, null_mut())), 87);
        let mut overlapped = Overlapped::default();
        granted(|| ovl_ReadFile(near.0, byte, 0, null_mut(), &raw mut overlapped));
        granted(|| ovl_WriteFile(near.0, byte, 0, null_mut(), &raw mut overlapped));
    }
}

#[test]
fn a_wait_for_events_pends_and_comes_to_four_bytes_01_5_5() {
    let (near, far) = pair(OVERLAPPED);
    let event = event();
    let (mut events, mut count) = (0, 0);
    let mut overlapped = Overlapped { h_event: event.0, ..Overlapped::default() };
    let mut second = Overlapped::default();
    // SAFETY: memory of this test's own, which stays until the requests are complete.
    unsafe {
        assert_eq!(refused(|| ovl_WaitCommEvent(near.0, &raw mut events, &raw mut overlapped)), 87, "no mask");
        granted(|| ovl_SetCommMask(near.0, c::EV_CTS));
        assert_eq!(refused(|| ovl_WaitCommEvent(near.0, null_mut(), &raw mut overlapped)), 998);
        assert_eq!(refused(|| ovl_WaitCommEvent(near.0, &raw mut events, &raw mut overlapped)), 997);
        assert_eq!(refused(|| ovl_WaitCommEvent(near.0, &raw mut events, &raw mut second)), 87, "one at a time");
        assert_eq!(ovl_WaitForSingleObject(event.0, 0), 258);
        granted(|| ovl_EscapeCommFunction(far.0, c::CLRRTS));
        assert_eq!(ovl_WaitForSingleObject(event.0, LOST), 0);
        granted(|| ovl_GetOverlappedResult(near.0, &raw mut overlapped, &raw mut count, 0));
        assert_eq!((events, count), (c::EV_CTS, 4));

        events = 99;
        assert_eq!(refused(|| ovl_WaitCommEvent(near.0, &raw mut events, &raw mut overlapped)), 997);
        granted(|| ovl_SetCommMask(near.0, 0));
        granted(|| ovl_GetOverlappedResult(near.0, &raw mut overlapped, &raw mut count, 1));
        assert_eq!((events, count), (0, 4), "a new mask ends it");

        granted(|| ovl_SetCommMask(near.0, c::EV_CTS));
        granted(|| ovl_EscapeCommFunction(far.0, c::SETRTS));
        granted(|| ovl_WaitCommEvent(near.0, &raw mut events, &raw mut overlapped));
        assert_eq!(events, c::EV_CTS, "it has happened already");

        assert_eq!(refused(|| ovl_WaitCommEvent(near.0, &raw mut events, &raw mut overlapped)), 997);
        granted(|| ovl_CancelIoEx(near.0, &raw mut overlapped as usize));
        assert_eq!(refused(|| ovl_GetOverlappedResult(near.0, &raw mut overlapped, &raw mut count, 1)), 995);
    }
}

#[test]
fn a_synchronous_wait_returns_with_the_events_01_5_5() {
    let (near, far) = pair(0);
    granted(|| ovl_SetCommMask(near.0, c::EV_RXCHAR | c::EV_BREAK));
    write(&far, b"x");
    let mut events = 0;
    // SAFETY: memory of this test's own.
    granted(|| unsafe { ovl_WaitCommEvent(near.0, &raw mut events, null_mut()) });
    assert_eq!(events, c::EV_RXCHAR);
    granted(|| ovl_SetCommBreak(far.0));
    granted(|| ovl_ClearCommBreak(far.0));
    // SAFETY: as above.
    granted(|| unsafe { ovl_WaitCommEvent(near.0, &raw mut events, null_mut()) });
    assert_eq!(events, c::EV_BREAK);
    let mut mask = 0;
    // SAFETY: as above.
    granted(|| unsafe { ovl_GetCommMask(near.0, &raw mut mask) });
    assert_eq!(mask, c::EV_RXCHAR | c::EV_BREAK);
}

#[test]
fn reads_and_waits_report_to_a_completion_port_06_4() {
    let (near, far) = pair(OVERLAPPED);
    let port = Handle(ovl_CreateIoCompletionPort(near.0, 0, 7, 0));
    let (mut bytes, mut events) = ([0_u8; 3], 0);
    let (mut read, mut wait, mut written) = (Overlapped::default(), Overlapped::default(), Overlapped::default());
    granted(|| ovl_SetCommMask(near.0, c::EV_RXCHAR));
    set_timeouts(&near, 0, 0, 0);
    // SAFETY: memory of this test's own, which stays until the requests are complete.
    unsafe {
        assert_eq!(refused(|| ovl_WaitCommEvent(near.0, &raw mut events, &raw mut wait)), 997);
        let buffer = bytes.as_mut_ptr().cast();
        assert_eq!(refused(|| ovl_ReadFile(near.0, buffer, 3, null_mut(), &raw mut read)), 997);
        let answer = ovl_WriteFile(far.0, c"abc".as_ptr().cast(), 3, null_mut(), &raw mut written);
        assert!(answer == 1 || ovl_GetLastError() == 997);
        let mut seen = Vec::new();
        for _ in 0..2 {
            let (mut count, mut key, mut of) = (0, 0, 0);
            granted(|| ovl_GetQueuedCompletionStatus(port.0, &raw mut count, &raw mut key, &raw mut of, LOST));
            assert_eq!(key, 7);
            seen.push((of, count));
        }
        seen.sort_unstable();
        let mut expected = [(&raw const wait as usize, 4), (&raw const read as usize, 3)];
        expected.sort_unstable();
        assert_eq!(seen, expected);
        assert_eq!((&bytes, events), (b"abc", c::EV_RXCHAR));
        let mut count = 0;
        granted(|| ovl_GetOverlappedResult(far.0, &raw mut written, &raw mut count, 1));
        assert_eq!(count, 3);
    }
}

thread_local! {
    /// What the routine was told.
    static TOLD: Cell<Option<(u32, u32)>> = const { Cell::new(None) };
}

unsafe extern "C" fn routine(code: u32, bytes: u32, _overlapped: *mut Overlapped) {
    TOLD.set(Some((code, bytes)));
}

#[test]
fn a_read_with_a_routine_that_times_out_is_told_a_success_05_2() {
    let (near, _far) = pair(OVERLAPPED);
    set_timeouts(&near, 0, 0, 5);
    let (mut bytes, mut overlapped) = ([0_u8; 3], Overlapped::default());
    // SAFETY: memory of this test's own, which stays until the routine has run.
    granted(|| unsafe { ovl_ReadFileEx(near.0, bytes.as_mut_ptr().cast(), 3, &raw mut overlapped, Some(routine)) });
    assert_eq!(ovl_SleepEx(LOST, 1), 0xC0);
    assert_eq!(TOLD.get(), Some((0, 0)));
}

#[test]
fn errors_queues_and_purges_01_5_6() {
    let (near, far) = pair(0);
    set_timeouts(&near, c::MAXDWORD, 0, 0);
    write(&far, b"four");
    let (mut errors, mut stat) = (0, ComStat::default());
    // SAFETY: memory of this test's own.
    unsafe {
        granted(|| ovl_ClearCommError(near.0, null_mut(), null_mut()));
        granted(|| ovl_ClearCommError(near.0, &raw mut errors, &raw mut stat));
    }
    assert_eq!((errors, stat.in_queue, stat.out_queue), (0, 4, 0));
    assert_eq!(refused(|| ovl_PurgeComm(near.0, 0)), 87);
    assert_eq!(refused(|| ovl_PurgeComm(near.0, 16)), 87);
    granted(|| ovl_PurgeComm(near.0, c::PURGE_RXCLEAR));
    assert_eq!(read(&near, 10), b"");
    let mut lines = 0;
    // SAFETY: as above.
    granted(|| unsafe { ovl_GetCommModemStatus(near.0, &raw mut lines) });
    assert_eq!(lines, c::MS_CTS_ON | c::MS_DSR_ON | c::MS_RLSD_ON);
    assert_eq!(refused(|| ovl_EscapeCommFunction(near.0, 99)), 87);
    granted(|| ovl_EscapeCommFunction(far.0, c::SETXOFF));
    granted(|| ovl_TransmitCommChar(far.0, b'!'.cast_signed()));
    assert_eq!(refused(|| ovl_TransmitCommChar(far.0, b'?'.cast_signed())), 31);
    granted(|| ovl_EscapeCommFunction(far.0, c::SETXON));
    granted(|| ovl_FlushFileBuffers(far.0));
    assert_eq!(read(&near, 10), b"!");
}

#[test]
fn a_printer_has_timeouts_and_no_dcb_01_4_5() {
    let dir = tempfile::tempdir().unwrap();
    let paper = dir.path().join("paper");
    std::fs::write(&paper, "").unwrap();
    overlapped::default_system().unwrap().namespace().write().set_parallel(9, &paper).unwrap();
    let printer = open("LPT9", 0);
    assert_eq!(ovl_GetFileType(printer.0), 2);
    write(&printer, b"a line\n");
    assert_eq!(std::fs::read(&paper).unwrap(), b"a line\n");
    let (mut dcb, mut timeouts) = (Dcb::default(), CommTimeouts::default());
    // SAFETY: structures of this test's own.
    unsafe {
        assert_eq!(refused(|| ovl_GetCommState(printer.0, &raw mut dcb)), 1);
        granted(|| ovl_GetCommTimeouts(printer.0, &raw mut timeouts));
        timeouts.write_total_timeout_constant = 100;
        granted(|| ovl_SetCommTimeouts(printer.0, &raw const timeouts));
    }
    granted(|| ovl_FlushFileBuffers(printer.0));
    assert_eq!((create("LPT9", 0, 0), ovl_GetLastError()), (INVALID, 5));
}

/// DeviceIoControl with these bytes: the answer.
fn control(port: &Handle, code: u32, input: &[u8], room: usize) -> Result<Vec<u8>, u32> {
    let (mut answer, mut count) = (vec![0xAA; room], 0);
    // SAFETY: buffers of this function's own.
    let done = unsafe {
        let (from, to) = (input.as_ptr().cast(), answer.as_mut_ptr().cast());
        ovl_DeviceIoControl(port.0, code, from, input.len() as u32, to, room as u32, &raw mut count, null_mut())
    };
    answer.truncate(count as usize);
    if done == 1 { Ok(answer) } else { Err(ovl_GetLastError()) }
}

fn number(port: &Handle, code: u32) -> u32 {
    u32::from_ne_bytes(control(port, code, &[], 4).unwrap().try_into().unwrap())
}

fn numbers(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

#[test]
fn control_codes_say_what_the_functions_say_01_6() {
    let (near, far) = pair(0);
    let none = Ok(Vec::new());
    assert_eq!(control(&near, IOCTL_SERIAL_SET_BAUD_RATE, &numbers(&[19_200]), 0), none);
    assert_eq!(control(&near, IOCTL_SERIAL_SET_LINE_CONTROL, &[c::TWOSTOPBITS, c::EVENPARITY, 7], 0), none);
    assert_eq!(control(&near, IOCTL_SERIAL_SET_CHARS, b"dr!exX", 0), none);
    let flow = [0x8000_0000 | 0x8 | 2, 0x80 | 0x3, 100, 200];
    assert_eq!(control(&near, IOCTL_SERIAL_SET_HANDFLOW, &numbers(&flow), 0), none);
    let dcb = state(&near);
    assert_eq!((dcb.baud_rate, dcb.stop_bits, dcb.parity, dcb.byte_size), (19_200, c::TWOSTOPBITS, c::EVENPARITY, 7));
    assert_eq!(
        (dcb.eof_char, dcb.error_char, dcb.evt_char, dcb.xon_char, dcb.xoff_char),
        (b'd', b'r', b'e', b'x', b'X')
    );
    let wanted = DcbFlags::OUTX_CTS_FLOW | DcbFlags::OUT_X | DcbFlags::IN_X | DcbFlags::ABORT_ON_ERROR;
    assert!(dcb.flags.contains(wanted) && !dcb.flags.intersects(DcbFlags::OUTX_DSR_FLOW | DcbFlags::NULL));
    assert_eq!((dcb.dtr_control(), dcb.rts_control()), (c::DTR_CONTROL_HANDSHAKE, c::RTS_CONTROL_HANDSHAKE));
    assert_eq!((dcb.xon_lim, dcb.xoff_lim), (100, 200));

    assert_eq!(number(&near, IOCTL_SERIAL_GET_BAUD_RATE), 19_200);
    assert_eq!(control(&near, IOCTL_SERIAL_GET_LINE_CONTROL, &[], 9), Ok(vec![c::TWOSTOPBITS, c::EVENPARITY, 7]));
    assert_eq!(control(&near, IOCTL_SERIAL_GET_CHARS, &[], 6).unwrap(), *b"dr\0exX");
    assert_eq!(control(&near, IOCTL_SERIAL_GET_HANDFLOW, &[], 16), Ok(numbers(&flow)));
    let times = numbers(&[1, 2, 3, 4, 5]);
    assert_eq!(control(&near, IOCTL_SERIAL_SET_TIMEOUTS, &times, 0), none);
    assert_eq!(control(&near, IOCTL_SERIAL_GET_TIMEOUTS, &[], 20), Ok(times));
    assert_eq!(control(&near, IOCTL_SERIAL_GET_PROPERTIES, &[], 64).unwrap()[..4], [64, 0, 2, 0]);
    assert_eq!(number(&near, IOCTL_SERIAL_GET_MODEMSTATUS), c::MS_CTS_ON | c::MS_DSR_ON | c::MS_RLSD_ON);

    // RTS and DTR are a handshake's here; there they are free.
    assert_eq!(control(&near, IOCTL_SERIAL_CLR_DTR, &[], 0), Err(87));
    assert_eq!(number(&far, IOCTL_SERIAL_GET_DTRRTS), 3);
    assert_eq!(control(&far, IOCTL_SERIAL_CLR_RTS, &[], 0), none);
    assert_eq!((number(&far, IOCTL_SERIAL_GET_DTRRTS), number(&far, IOCTL_SERIAL_GET_MODEM_CONTROL)), (1, 9));
    assert_eq!(number(&near, IOCTL_SERIAL_GET_MODEMSTATUS), c::MS_DSR_ON | c::MS_RLSD_ON);
    assert_eq!(control(&far, IOCTL_SERIAL_SET_MODEM_CONTROL, &numbers(&[2]), 0), none);
    assert_eq!(number(&far, IOCTL_SERIAL_GET_DTRRTS), 2);

    write(&far, b"ab");
    let status = control(&near, IOCTL_SERIAL_GET_COMMSTATUS, &[], 20).unwrap();
    // The ends disagree about rate and form of bytes: a framing error.
    assert_eq!(status, [numbers(&[2, 0, 2, 0]), vec![0; 4]].concat());
    assert_eq!(control(&near, IOCTL_SERIAL_PURGE, &numbers(&[c::PURGE_RXCLEAR]), 0), none);
    assert_eq!(control(&near, IOCTL_SERIAL_GET_COMMSTATUS, &[], 20), Ok(vec![0; 20]));

    assert_eq!(control(&near, IOCTL_SERIAL_SET_BAUD_RATE, &[1, 2, 3], 0), Err(122));
    assert_eq!(control(&near, IOCTL_SERIAL_GET_HANDFLOW, &[], 15), Err(122));
    assert_eq!(control(&near, IOCTL_SERIAL_SET_LINE_CONTROL, &[0, 9, 8], 0), Err(87));
    assert_eq!(control(&near, IOCTL_SERIAL_SET_HANDFLOW, &numbers(&[0, 0, u32::MAX, 0]), 0), Err(87));
    assert_eq!(control(&near, 0x1B_0F00, &[], 99), Err(1));
    assert_eq!(state(&near), dcb, "nothing of that counts");
}

#[test]
fn a_wait_for_events_by_its_control_code_01_5_5() {
    let (near, far) = pair(OVERLAPPED);
    let wait = |to: &mut u32, room: u32, overlapped: *mut Overlapped| {
        let (mut count, to) = (7, std::ptr::from_mut(to).cast());
        // SAFETY: memory of this test's own, which outlives the wait.
        let told = unsafe {
            ovl_DeviceIoControl(near.0, IOCTL_SERIAL_WAIT_ON_MASK, null(), 0, to, room, &raw mut count, overlapped)
        };
        (told, ovl_GetLastError(), count)
    };
    let done = event();
    let mut block = Overlapped { h_event: done.0, ..Overlapped::default() };
    let mut events = 0;
    assert_eq!(wait(&mut events, 3, &raw mut block), (0, 122, 0));
    assert_eq!(wait(&mut events, 4, &raw mut block), (0, 87, 0), "nothing is asked for");
    assert_eq!(control(&near, IOCTL_SERIAL_SET_WAIT_MASK, &numbers(&[c::EV_RXCHAR]), 0), Ok(Vec::new()));
    assert_eq!(number(&near, IOCTL_SERIAL_GET_WAIT_MASK), c::EV_RXCHAR);
    assert_eq!(wait(&mut events, 4, &raw mut block), (0, 997, 0));
    assert_eq!(control(&far, IOCTL_SERIAL_IMMEDIATE_CHAR, b"!", 0), Ok(Vec::new()));
    assert_eq!(ovl_WaitForSingleObject(done.0, LOST), 0);
    let mut bytes = 0;
    // SAFETY: as above.
    granted(|| unsafe { ovl_GetOverlappedResult(near.0, &raw mut block, &raw mut bytes, 1) });
    assert_eq!((bytes, events), (4, c::EV_RXCHAR));
}

#[test]
fn line_and_modem_status_among_what_is_received_01_6() {
    let (near, far) = pair(0);
    set_timeouts(&near, c::MAXDWORD, 0, 0);
    assert_eq!(control(&near, IOCTL_SERIAL_LSRMST_INSERT, b"\x11", 0), Ok(Vec::new()));
    let dcb = Dcb { flags: state(&near).flags | DcbFlags::IN_X, ..state(&near) };
    // SAFETY: a structure of this test's own.
    granted(|| unsafe { ovl_SetCommState(near.0, &raw const dcb) });
    assert_eq!(control(&near, IOCTL_SERIAL_LSRMST_INSERT, &[dcb.xon_char], 0), Err(87));
    assert_eq!(control(&near, IOCTL_SERIAL_LSRMST_INSERT, b"\xFF", 0), Ok(Vec::new()));
    write(&far, b"a\xFFb");
    assert_eq!(read(&near, 99), b"a\xFF\x00b");
    granted(|| ovl_EscapeCommFunction(far.0, c::CLRRTS));
    assert_eq!(read(&near, 99), [0xFF, 3, (c::MS_DSR_ON | c::MS_RLSD_ON) as u8 | 1]);
    granted(|| ovl_SetCommBreak(far.0));
    granted(|| ovl_ClearCommBreak(far.0));
    assert_eq!(read(&near, 99), [0xFF, 2, 0x70]);
    let near_grant = overlapped::default_system().unwrap();
    let handle = overlapped_kernel::handle::Handle::from_raw(near.0).unwrap();
    let grant = near_grant.grant(handle).unwrap();
    overlapped_devices::serial::garble(&grant, overlapped_devices::serial::Mishap::Parity, b'?').unwrap();
    assert_eq!(read(&near, 99), [0xFF, 1, 0x65, b'?']);
    assert_eq!(control(&near, IOCTL_SERIAL_LSRMST_INSERT, &[0], 0), Ok(Vec::new()));
    granted(|| ovl_EscapeCommFunction(far.0, c::SETRTS));
    write(&far, b"\xFF");
    assert_eq!(read(&near, 99), b"\xFF");
}

#[test]
fn a_port_that_is_not_there_is_not_found_however_it_is_shared_01_5_1() {
    overlapped::default_system().unwrap().namespace().write().set_serial(99, "/nonexistent/tty").unwrap();
    for share in [0, 1, 7] {
        ovl_SetLastError(UNTOUCHED);
        assert_eq!((create(r"\\.\COM99", share, 0), ovl_GetLastError()), (INVALID, 2), "share {share}");
    }
}
