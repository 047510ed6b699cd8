//! Overlapped sends and receives and their results (contract 08 sections 4 and 5).

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_abi::{Overlapped, Status, WsaBuf};
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::ioapiset::{ovl_CancelIo, ovl_CancelIoEx, ovl_GetOverlappedResult};
use overlapped_win32::memoryapi::{ovl_VirtualAlloc, ovl_VirtualFree, ovl_VirtualProtect};
use overlapped_win32::synchapi::{ovl_SleepEx, ovl_WaitForSingleObject};
use overlapped_win32::winbase_io::ovl_SetFileCompletionNotificationModes;
use overlapped_win32::winsock::layout::SockaddrIn;
use overlapped_win32::winsock::results::ovl_WSAGetOverlappedResult;
use overlapped_win32::winsock::transfer::*;
use std::cell::RefCell;
use std::ptr::null_mut;

/// WSAGetOverlappedResult: answer, code, bytes, flags.
fn result(socket: &Socket, overlapped: &mut Overlapped, wait: bool) -> (i32, i32, u32, u32) {
    let (mut bytes, mut flags) = (77, 77);
    // SAFETY: all are ours.
    let ok = unsafe { ovl_WSAGetOverlappedResult(socket.0, overlapped, &mut bytes, i32::from(wait), &mut flags) };
    (ok, code(), bytes, flags)
}

/// Section 4: accepted, and nothing touched until it is done.
#[test]
fn a_receive_pends_and_leaves_the_count_alone() {
    let (client, server) = Socket::pair();
    let event = Event::new();
    let (mut room, mut overlapped, mut flags, mut bytes) = ([0; 8], event.overlapped(), 0, 77);
    let into = buffer(&mut room);
    // SAFETY: everything lives until completion.
    let pending = unsafe { ovl_WSARecv(server.0, &into, 1, &mut bytes, &mut flags, &mut *overlapped, None) };
    assert_eq!((said(pending), bytes, overlapped.internal_high), ((ERROR, 997), 77, 0));
    assert_eq!(result(&server, &mut overlapped, false), (0, 996, 77, 77));
    assert!(!event.signalled(0));
    assert_eq!(client.send(b"data"), (4, 0));
    assert!(event.signalled(PATIENCE));
    assert_eq!(result(&server, &mut overlapped, false), (1, 0, 4, 0));
    assert_eq!((&room[..4], overlapped.internal_high), (&b"data"[..], 4));
}

/// Section 4: done at once.
#[test]
fn data_that_is_there_is_received_at_once_and_told_of() {
    let (client, server) = Socket::pair();
    let port = server.on_port(3);
    assert_eq!(client.send(b"data"), (4, 0));
    let (mut room, mut overlapped, mut flags, mut bytes) = ([0; 8], Box::<Overlapped>::default(), 0, 77);
    // Until it is there.
    while server.recv_flags(&mut room, MSG_PEEK) != (4, 0) {}
    let into = buffer(&mut room);
    // SAFETY: everything lives until completion.
    let done = unsafe { ovl_WSARecv(server.0, &into, 1, &mut bytes, &mut flags, &mut *overlapped, None) };
    assert_eq!((said(done), bytes), ((0, 0), 4));
    port.expect(3, &overlapped, 4);
    assert!(port.is_empty());
}

/// Section 4: FILE_SKIP_COMPLETION_PORT_ON_SUCCESS.
#[test]
fn in_skip_mode_a_success_sends_no_packet() {
    let (client, _server) = Socket::pair();
    let port = client.on_port(3);
    assert_eq!(ovl_SetFileCompletionNotificationModes(client.0, 1), 1);
    let (mut data, mut overlapped, mut bytes) = (*b"data", Box::<Overlapped>::default(), 0);
    let from = buffer(&mut data);
    // SAFETY: everything lives until completion.
    let sent = unsafe { ovl_WSASend(client.0, &from, 1, &mut bytes, 0, &mut *overlapped, None) };
    assert_eq!((said(sent), bytes), ((0, 0), 4));
    assert!(port.is_empty());
}

/// Section 4: several pending receives fill in order.
#[test]
fn pending_receives_fill_in_their_order() {
    let (client, server) = Socket::pair();
    let port = server.on_port(1);
    let mut rooms = [[0u8; 4]; 3];
    let mut all: Vec<_> = (0..3).map(|_| Box::<Overlapped>::default()).collect();
    for (room, overlapped) in rooms.iter_mut().zip(&mut all) {
        assert_eq!(server.receive(&mut buffer(room), &mut 0, overlapped), (ERROR, 997));
    }
    assert_eq!(client.send(b"abcdefghij"), (10, 0));
    for (overlapped, bytes) in all.iter().zip([4, 4, 2]) {
        port.expect(1, overlapped, bytes);
    }
    assert_eq!(rooms, [*b"abcd", *b"efgh", *b"ij\0\0"]);
}

/// Section 4: a buffer of length 0.
#[test]
fn a_receive_of_no_bytes_waits_for_data_and_leaves_it() {
    let (client, server) = Socket::pair();
    let port = server.on_port(1);
    let mut overlapped = Box::<Overlapped>::default();
    assert_eq!(server.receive(&mut buffer(&mut []), &mut 0, &mut overlapped), (ERROR, 997));
    assert!(port.is_empty());
    assert_eq!(client.send(b"data"), (4, 0));
    port.expect(1, &overlapped, 0);
    *overlapped = Overlapped::default();
    assert_eq!(server.receive(&mut buffer(&mut []), &mut 0, &mut overlapped), (0, 0));
    port.expect(1, &overlapped, 0);
    assert_eq!(server.recv(&mut [0; 8]), (4, 0));
}

/// Section 4: the end of the stream is a packet of 0 bytes.
#[test]
fn a_graceful_end_is_a_success_of_no_bytes() {
    let (client, server) = Socket::pair();
    let port = server.on_port(1);
    let (mut room, mut overlapped) = ([0; 8], Box::<Overlapped>::default());
    assert_eq!(server.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 997));
    drop(client);
    port.expect(1, &overlapped, 0);
}

/// Section 4: calls that were not accepted tell nobody.
#[test]
fn a_refused_call_sends_no_packet() {
    let socket = Socket::tcp();
    let port = socket.on_port(1);
    let (mut room, mut overlapped) = ([0; 8], Box::<Overlapped>::default());
    assert_eq!(socket.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 10057));
    overlapped.h_event = 0x7FFC;
    assert_eq!(socket.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 6));
    assert!(port.is_empty());
}

thread_local! {
    static CALLS: RefCell<Vec<(u32, u32, usize, u32)>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "C" fn routine(error: u32, bytes: u32, overlapped: *mut Overlapped, flags: u32) {
    CALLS.with_borrow_mut(|calls| calls.push((error, bytes, overlapped as usize, flags)));
}

/// Section 4: routines run in alertable waits of the issuing thread, with Winsock's codes; hEvent is the caller's own.
#[test]
fn a_routine_is_called_in_an_alertable_wait() {
    let (client, server) = Socket::pair();
    let (mut room, mut flags) = ([0; 8], 0);
    let mut overlapped = Box::new(Overlapped { h_event: 0x1234_5678, ..Default::default() });
    let into = buffer(&mut room);
    let mut receive = |overlapped: &mut Overlapped| {
        // SAFETY: everything lives until completion.
        said(unsafe { ovl_WSARecv(server.0, &into, 1, null_mut(), &mut flags, overlapped, Some(routine)) })
    };
    assert_eq!(receive(&mut overlapped), (ERROR, 997));
    assert_eq!(client.send(b"data"), (4, 0));
    assert_eq!(ovl_SleepEx(PATIENCE, 1), 0xC0);
    let address = std::ptr::from_ref(&*overlapped) as usize;
    assert_eq!(CALLS.take(), [(0, 4, address, 0)]);
    assert_eq!((receive(&mut overlapped), ovl_CancelIo(server.0)), ((ERROR, 997), 1));
    assert_eq!(ovl_SleepEx(PATIENCE, 1), 0xC0);
    assert_eq!(CALLS.take(), [(995, 0, address, 0)]);
    let _port = server.on_port(1);
    assert_eq!(receive(&mut overlapped), (ERROR, 10022));
}

/// Section 4: a routine of a send, and of a datagram that was cut.
#[test]
fn a_routine_hears_of_a_cut_datagram() {
    let ((receiver, to), (sender, _)) = (Socket::udp(), Socket::udp());
    assert_eq!(sender.connect(&to), (0, 0));
    let (mut room, mut flags, mut overlapped) = ([0; 4], 0, Box::<Overlapped>::default());
    let into = buffer(&mut room);
    // SAFETY: everything lives until completion.
    let pending = unsafe {
        ovl_WSARecvFrom(
            receiver.0,
            &into,
            1,
            null_mut(),
            &mut flags,
            null_mut(),
            null_mut(),
            &mut *overlapped,
            Some(routine),
        )
    };
    assert_eq!(said(pending), (ERROR, 997));
    assert_eq!(sender.send(b"too long"), (8, 0));
    assert_eq!(ovl_SleepEx(PATIENCE, 1), 0xC0);
    assert_eq!(CALLS.take(), [(10040, 4, std::ptr::from_ref(&*overlapped) as usize, MSG_PARTIAL)]);
}

/// Section 4: WSARecvFrom stores address, length and flags at completion.
#[test]
fn an_overlapped_datagram_says_where_it_is_from() {
    let ((receiver, to), (sender, from)) = (Socket::udp(), Socket::udp());
    let event = Event::new();
    let (mut room, mut flags, mut overlapped) = ([0; 4], 0, event.overlapped());
    let (mut name, mut len) = (SockaddrIn::default(), 100);
    let into = buffer(&mut room);
    // SAFETY: everything lives until completion.
    let pending = unsafe {
        let name = (&raw mut name).cast();
        ovl_WSARecvFrom(receiver.0, &into, 1, null_mut(), &mut flags, name, &mut len, &mut *overlapped, None)
    };
    assert_eq!((said(pending), len), ((ERROR, 997), 100));
    assert_eq!(sender.connect(&to), (0, 0));
    assert_eq!(sender.send(b"cut off"), (7, 0));
    assert!(event.signalled(PATIENCE));
    assert_eq!((name, len, flags), (from, NAME, MSG_PARTIAL));
    assert_eq!(result(&receiver, &mut overlapped, false), (0, 10040, 4, MSG_PARTIAL));
    let mut bytes = 0;
    // SAFETY: all are ours.
    let win32 = unsafe { ovl_GetOverlappedResult(receiver.0, &mut *overlapped, &mut bytes, 0) };
    assert_eq!((win32, code(), bytes), (0, 234, 4));
}

/// Section 4: flags that have nothing to say are left alone once the call is over, since programs have them in frames that are gone then.
#[test]
fn a_whole_datagram_says_nothing_by_its_flags() {
    let ((receiver, to), (sender, from)) = (Socket::udp(), Socket::udp());
    let event = Event::new();
    let (mut room, mut overlapped) = ([0; 8], event.overlapped());
    let (mut name, mut len) = (SockaddrIn::default(), 100);
    let into = buffer(&mut room);
    let flags = Box::into_raw(Box::new(0));
    // SAFETY: everything lives until completion.
    let pending = unsafe {
        let name = (&raw mut name).cast();
        ovl_WSARecvFrom(receiver.0, &into, 1, null_mut(), flags, name, &mut len, &mut *overlapped, None)
    };
    assert_eq!(said(pending), (ERROR, 997));
    // SAFETY: ours, and nobody else writes now.
    unsafe { flags.write(77) };
    assert_eq!(sender.connect(&to), (0, 0));
    assert_eq!(sender.send(b"whole"), (5, 0));
    assert!(event.signalled(PATIENCE));
    assert_eq!((name, len), (from, NAME));
    assert_eq!(result(&receiver, &mut overlapped, false), (1, 0, 5, 0));
    // SAFETY: the receive is complete.
    assert_eq!(unsafe { *Box::from_raw(flags) }, 77);
}

/// Section 5: errors of the query itself.
#[test]
fn asking_for_a_result_wrongly_says_so() {
    let (_client, server) = Socket::pair();
    let (mut room, mut overlapped) = ([0; 8], Box::<Overlapped>::default());
    assert_eq!(server.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 997));
    assert_eq!(result(&server, &mut overlapped, true).1, 87);
    assert_eq!(result(&Socket(0x7FFC), &mut overlapped, false).1, 10038);
    let (mut bytes, mut flags) = (0, 0);
    // SAFETY: NULL is looked at.
    unsafe {
        assert_eq!(ovl_WSAGetOverlappedResult(server.0, null_mut(), &mut bytes, 0, &mut flags), 0);
        assert_eq!(code(), 10014);
        assert_eq!(ovl_WSAGetOverlappedResult(server.0, &mut *overlapped, null_mut(), 0, &mut flags), 0);
        assert_eq!(code(), 10014);
    }
    assert_eq!(ovl_CancelIoEx(server.0, std::ptr::from_ref(&*overlapped) as usize), 1);
    assert_eq!(ovl_WaitForSingleObject(server.0, PATIENCE), 0);
    assert_eq!(result(&server, &mut overlapped, false), (0, 995, 0, 0));
    assert_eq!(overlapped.internal as u32, Status::CANCELLED.0);
}

/// Section 4, and chapter 02 section 13: the whole buffer is there, or nothing is received; also where it was there a moment ago.
#[test]
fn a_buffer_that_was_received_into_is_refused_once_it_is_there_no_more() {
    const PAGE: usize = 4096;
    let (client, server) = Socket::pair();
    let memory = ovl_VirtualAlloc(null_mut(), 3 * PAGE, 0x3000, 4);
    assert!(!memory.is_null());
    let into = WsaBuf { len: 3 * PAGE as u32, buf: memory as usize };
    let receive = || {
        let (mut bytes, mut flags) = (0, 0);
        // SAFETY: memory that is not there is looked at.
        let answer = unsafe { ovl_WSARecv(server.0, &into, 1, &mut bytes, &mut flags, null_mut(), None) };
        (said(answer), bytes)
    };
    let protect = |protection: u32| {
        let middle = (memory as usize + PAGE) as *mut std::ffi::c_void;
        // SAFETY: nobody else knows the memory.
        assert_eq!(unsafe { ovl_VirtualProtect(middle, PAGE, protection, &mut 0) }, 1);
    };
    for _ in 0..2 {
        assert_eq!((client.send(b"data"), receive()), ((4, 0), ((0, 0), 4)));
    }
    assert_eq!(client.send(b"data"), (4, 0));
    // PAGE_READONLY and PAGE_NOACCESS: nothing is received.
    for protection in [2, 1] {
        protect(protection);
        assert_eq!(receive(), ((ERROR, 10014), 0));
    }
    protect(4);
    assert_eq!(receive(), ((0, 0), 4));
    assert_eq!(client.send(b"data"), (4, 0));
    // SAFETY: nobody uses it. MEM_RELEASE.
    assert_eq!(unsafe { ovl_VirtualFree(memory, 0, 0x8000) }, 1);
    assert_eq!(receive(), ((ERROR, 10014), 0));
}

/// Sections 1 and 4: a SOCKET is a HANDLE.
#[test]
fn files_functions_work_on_a_socket() {
    let (client, server) = Socket::pair();
    let event = Event::new();
    let (mut room, mut reading, mut writing) = ([0u8; 8], Box::<Overlapped>::default(), event.overlapped());
    reading.offset = 99;
    // SAFETY: everything lives until completion.
    unsafe {
        assert_eq!(ovl_ReadFile(server.0, room.as_mut_ptr().cast(), 8, null_mut(), &mut *reading), 0);
        assert_eq!(code(), 997);
        let wrote = ovl_WriteFile(client.0, b"file".as_ptr().cast(), 4, null_mut(), &mut *writing);
        assert!(wrote == 1 || code() == 997);
        let mut bytes = 0;
        assert_eq!(ovl_GetOverlappedResult(client.0, &mut *writing, &mut bytes, 1), 1);
        assert_eq!(ovl_WaitForSingleObject(server.0, PATIENCE), 0);
        assert_eq!(ovl_GetOverlappedResult(server.0, &mut *reading, &mut bytes, 1), 1);
        assert_eq!((bytes, &room[..4]), (4, &b"file"[..]));
    }
    assert_eq!(overlapped_win32::fileapi::information::ovl_GetFileType(server.0), 3);
}

/// Section 3: plain calls never send a packet.
#[test]
fn plain_calls_send_no_packet() {
    let (client, server) = Socket::pair();
    let port = client.on_port(1);
    assert_eq!(client.send(b"data"), (4, 0));
    assert_eq!(server.send(b"data"), (4, 0));
    assert_eq!(client.recv(&mut [0; 8]), (4, 0));
    assert!(port.is_empty());
}

/// Section 3: the mode of plain calls says nothing of overlapped ones.
#[test]
fn overlapped_calls_pend_in_non_blocking_mode() {
    let (client, server) = Socket::pair();
    let port = server.on_port(1);
    let mut yes = 1;
    // SAFETY: a number.
    let set = unsafe { overlapped_win32::winsock::ioctl::ovl_ioctlsocket(server.0, FIONBIO as i32, &mut yes) };
    assert_eq!(set, 0);
    let (mut room, mut overlapped) = ([0; 8], Box::<Overlapped>::default());
    assert_eq!(server.receive(&mut buffer(&mut room), &mut 0, &mut overlapped), (ERROR, 997));
    assert_eq!(client.send(b"data"), (4, 0));
    port.expect(1, &overlapped, 4);
}
