//! The last WSACleanup (contract 08 section 1), in a process of its own: it closes every socket.

use overlapped_abi::WsaData;
use overlapped_win32::synchapi::{ovl_CreateEventW, ovl_WaitForSingleObject};
use overlapped_win32::winsock::events::ovl_WSACreateEvent;
use overlapped_win32::winsock::socket::{ovl_closesocket, ovl_listen, ovl_socket};
use overlapped_win32::winsock::startup::{ovl_WSACleanup, ovl_WSAGetLastError, ovl_WSAStartup};
use std::mem::MaybeUninit;
use std::ptr::null;

fn start() -> i32 {
    let mut data = MaybeUninit::<WsaData>::uninit();
    // SAFETY: a place for the data.
    unsafe { ovl_WSAStartup(0x0202, data.as_mut_ptr()) }
}

#[test]
fn the_last_cleanup_closes_every_socket_and_nothing_else() {
    assert_eq!((ovl_socket(2, 1, 0), ovl_WSAGetLastError()), (usize::MAX, 10093));
    assert_eq!((ovl_listen(4, 5), ovl_WSAGetLastError()), (-1, 10093));
    assert_eq!((ovl_WSACreateEvent(), ovl_WSAGetLastError()), (0, 10093));
    assert_eq!((ovl_WSACleanup(), ovl_WSAGetLastError()), (-1, 10093));
    assert_eq!((start(), start()), (0, 0));
    let socket = ovl_socket(2, 1, 0);
    // SAFETY: neither attributes nor name.
    let event = unsafe { ovl_CreateEventW(null(), 1, 1, null()) };
    assert_eq!(ovl_WSACleanup(), 0);
    assert_eq!(ovl_listen(socket, 5), -1);
    assert_eq!(ovl_WSAGetLastError(), 10022, "counted: it is open still");
    assert_eq!(ovl_WSACleanup(), 0);
    assert_eq!((ovl_closesocket(socket), ovl_WSAGetLastError()), (-1, 10093));
    assert_eq!(start(), 0);
    assert_eq!((ovl_closesocket(socket), ovl_WSAGetLastError()), (-1, 10038));
    assert_eq!(ovl_WaitForSingleObject(event, 0), 0, "events stay");
}
