//! Echoes (`icmpapi.h`) that fail, that are given up, and those of IPv6.

use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_SleepEx, ovl_WaitForSingleObject};
use overlapped_win32::winsock::icmp::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

const LOCALHOST: u32 = u32::from_ne_bytes([127, 0, 0, 1]);
/// All computers of the loopback network, none of which answers to that: Linux has it so by default.
const NOBODY: u32 = u32::from_ne_bytes([127, 255, 255, 255]);
const LONG: u32 = 60_000;
const DATA: &[u8] = b"hello";
const LEN: u16 = DATA.len() as u16;

/// Words of an answer: address, status, time, size and count.
#[repr(C, align(8))]
struct Room([u32; 64]);

impl Room {
    fn new() -> Self {
        Self([0x5555_5555; 64])
    }

    fn at(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}

/// A status block, and how often it was told.
#[derive(Default)]
struct Told {
    status: u32,
    bytes: usize,
    times: u32,
}

unsafe extern "C" fn hear(context: *mut c_void, block: *mut c_void, _reserved: u32) {
    // SAFETY: the context is the test's own, and the block has a status and a number.
    unsafe {
        let told = &mut *context.cast::<Told>();
        (told.status, told.bytes) = (block.cast::<u32>().read(), block.cast::<usize>().add(1).read());
        told.times += 1;
    }
}

/// The handle, unless the machine does not let this user send echoes.
fn file(create: extern "C" fn() -> usize) -> Option<usize> {
    let file = create();
    if file == usize::MAX {
        assert_eq!(ovl_GetLastError(), 5);
        eprintln!("this user may not send echoes");
        return None;
    }
    Some(file)
}

/// An echo with a routine; what that is told.
fn told(file: usize, target: u32, data: &[u8], options: *const IpOptions, room: &mut Room, ms: u32) -> Told {
    let mut told = Told::default();
    let (context, len) = ((&raw mut told).cast(), data.len() as u16);
    // SAFETY: the room and what is told live until the routine has run, which is here.
    unsafe {
        let from = data.as_ptr().cast();
        let sent = ovl_IcmpSendEcho2(file, 0, Some(hear), context, target, from, len, options, room.at(), 256, ms);
        assert_eq!((sent, ovl_GetLastError()), (0, 997));
    }
    let begin = Instant::now();
    while told.times == 0 && begin.elapsed() < Duration::from_secs(60) {
        ovl_SleepEx(100, 1);
        // What the routine writes, the compiler does not see.
        std::hint::black_box(&mut told);
    }
    assert_eq!(told.times, 1);
    told
}

#[test]
fn a_routine_is_told_whether_somebody_has_answered() {
    let Some(file) = file(ovl_IcmpCreateFile) else { return };
    let mut room = Room::new();
    let good = told(file, LOCALHOST, DATA, null(), &mut room, LONG);
    assert_eq!((good.status, good.bytes, room.0[0], room.0[1]), (0, 40 + DATA.len(), LOCALHOST, 0));
    // SAFETY: the room has the size that is told.
    assert_eq!(unsafe { ovl_IcmpParseReplies(room.at(), 256) }, 1);
    let late = told(file, NOBODY, DATA, null(), &mut room, 30);
    assert_eq!((late.status, late.bytes), (0xC000_00B5, 40), "STATUS_IO_TIMEOUT");
    // SAFETY: as above.
    unsafe {
        assert_eq!((ovl_IcmpParseReplies(room.at(), 256), ovl_GetLastError(), room.0[1]), (0, 11010, 11010));
        assert_eq!((ovl_IcmpParseReplies(null_mut(), 256), ovl_GetLastError()), (0, 31));
        assert_eq!((ovl_IcmpParseReplies(room.at(), 39), ovl_GetLastError()), (0, 31));
        assert_eq!(ovl_IcmpCloseHandle(file), 1);
    }
}

#[test]
fn without_an_event_or_a_routine_the_last_error_says_what_the_answer_does() {
    let Some(file) = file(ovl_IcmpCreateFile) else { return };
    let mut room = Room::new();
    let from: *const c_void = DATA.as_ptr().cast();
    let send = |target, room: &mut Room, bytes, ms| {
        ovl_SetLastError(0xDEAD);
        // SAFETY: sizes are those of the buffers.
        let answers = unsafe { ovl_IcmpSendEcho(file, target, from, LEN, null(), room.at(), bytes, ms) };
        (answers, ovl_GetLastError())
    };
    assert_eq!((send(NOBODY, &mut room, 256, 30), room.0[1]), ((0, 11010), 11010));
    assert_eq!(send(LOCALHOST, &mut room, 45, LONG).0, 1, "as much room as it takes");
    assert_eq!(send(LOCALHOST, &mut room, 44, LONG), (0, 122));
    assert_eq!((send(LOCALHOST, &mut room, 0, LONG), send(0, &mut room, 256, LONG)), ((0, 87), (0, 1214)));
    // SAFETY: nobody's memory, which is refused.
    let nowhere = unsafe { ovl_IcmpSendEcho(file, LOCALHOST, from, LEN, null(), 64 as *mut c_void, 256, LONG) };
    assert_eq!((nowhere, ovl_GetLastError()), (0, 998));
    assert_eq!(ovl_IcmpCloseHandle(file), 1);
}

#[test]
fn closing_the_handle_gives_up_what_is_not_answered_and_leaves_the_buffer_alone() {
    let Some(file) = file(ovl_IcmpCreateFile) else { return };
    let mut room = Room::new();
    let from: *const c_void = DATA.as_ptr().cast();
    let begin = Instant::now();
    // SAFETY: the room lives until the event is set.
    unsafe {
        let done = ovl_CreateEventA(null(), 1, 0, null());
        let sent =
            ovl_IcmpSendEcho2(file, done, None, null_mut(), NOBODY, from, LEN, null(), room.at(), 256, 10 * LONG);
        assert_eq!((sent, ovl_GetLastError()), (0, 997));
        assert_eq!(ovl_WaitForSingleObject(done, 20), 258);
        assert_eq!(ovl_IcmpCloseHandle(file), 1);
        assert_eq!(ovl_WaitForSingleObject(done, LONG), 0);
        ovl_CloseHandle(done);
    }
    assert!(begin.elapsed() < Duration::from_secs(300));
    assert!(room.0.iter().all(|word| *word == 0x5555_5555));
}

#[test]
fn an_echo_can_be_sent_from_one_address_and_not_from_anothers() {
    let Some(file) = file(ovl_IcmpCreateFile) else { return };
    let mut room = Room::new();
    let send = |source: [u8; 4], room: &mut Room| {
        let (from, source) = (DATA.as_ptr().cast(), u32::from_ne_bytes(source));
        // SAFETY: sizes are those of the buffers.
        unsafe {
            ovl_IcmpSendEcho2Ex(file, 0, None, null_mut(), source, LOCALHOST, from, LEN, null(), room.at(), 256, LONG)
        }
    };
    assert_eq!(send([127, 0, 0, 2], &mut room), 1, "{}", ovl_GetLastError());
    assert_eq!(send([0; 4], &mut room), 1);
    assert_eq!((send([192, 0, 2, 1], &mut room), ovl_GetLastError()), (0, 11050));
    assert_eq!(ovl_IcmpCloseHandle(file), 1);
}

/// SOCKADDR_IN6 of Windows.
fn address(last: u8) -> [u32; 7] {
    [23, 0, 0, 0, 0, u32::from_ne_bytes([0, 0, 0, last]), 0]
}

#[test]
fn echoes_of_ipv6_have_answers_of_their_own() {
    if std::fs::read_to_string("/proc/net/if_inet6").is_ok_and(|all| !all.contains("00000000000000000000000000000001"))
    {
        eprintln!("this machine has no IPv6");
        return;
    }
    let Some(file) = file(ovl_Icmp6CreateFile) else { return };
    let mut room = Room::new();
    let (source, target) = (address(0), address(1));
    let send = |target: *const [u32; 7], room: &mut Room, bytes| {
        let (from, source) = (DATA.as_ptr().cast(), source.as_ptr().cast());
        // SAFETY: sizes are those of the buffers.
        let answers = unsafe {
            let to = target.cast();
            ovl_Icmp6SendEcho2(file, 0, None, null_mut(), source, to, from, LEN, null(), room.at(), bytes, LONG)
        };
        (answers, if answers == 0 { ovl_GetLastError() } else { 0 })
    };
    assert_eq!(send(&raw const target, &mut room, 36 + 5), (1, 0));
    // An address behind six bytes, the status at 28, the data behind 36.
    let bytes: Vec<u8> = room.0.iter().flat_map(|word| word.to_ne_bytes()).collect();
    assert_eq!((&bytes[6..21], bytes[21], room.0[7]), (&[0; 15][..], 1, 0));
    assert_eq!(&bytes[36..41], DATA);
    // SAFETY: the room has the size that is told.
    unsafe {
        assert_eq!(ovl_Icmp6ParseReplies(room.at(), 256), 1);
        assert_eq!((ovl_Icmp6ParseReplies(room.at(), 35), ovl_GetLastError()), (0, 31));
    }
    assert_eq!(send(&raw const target, &mut room, 36 + 4), (0, 122));
    assert_eq!((send(null(), &mut room, 256), send(&raw const source, &mut room, 256)), ((0, 87), (0, 1214)));
    let from = DATA.as_ptr().cast();
    // SAFETY: as above.
    let other = unsafe { ovl_IcmpSendEcho(file, LOCALHOST, from, LEN, null(), room.at(), 256, LONG) };
    assert_eq!((other, ovl_GetLastError()), (0, 6), "it is for IPv6");
    assert_eq!(ovl_IcmpCloseHandle(file), 1);
}
