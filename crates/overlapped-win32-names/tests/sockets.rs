//! Winsock through `windows-sys`: plain names where libc has none, and the module for the others (contract 08).

use overlapped_win32_names::sockets::{accept, bind, connect, getsockname, listen, recv, send, socket};
use std::mem::zeroed;
use windows_sys::Win32::Networking::WinSock::{
    AF_INET, INVALID_SOCKET, SOCK_STREAM, SOCKADDR_IN, SOCKET, WSADATA, WSAGetLastError, WSAStartup, closesocket,
};

const SIZE: i32 = size_of::<SOCKADDR_IN>() as i32;

fn stream() -> SOCKET {
    // SAFETY: three numbers.
    let made = unsafe { socket(i32::from(AF_INET), SOCK_STREAM, 0) };
    assert_ne!(made, INVALID_SOCKET);
    made
}

#[test]
fn a_connection_carries_bytes() {
    // SAFETY: places for structures, of the sizes that are said.
    unsafe {
        let mut data: WSADATA = zeroed();
        assert_eq!(WSAStartup(0x202, &mut data), 0);
        let (server, client) = (stream(), stream());
        let mut address: SOCKADDR_IN = zeroed();
        address.sin_family = AF_INET;
        address.sin_addr.S_un.S_addr = u32::from_ne_bytes([127, 0, 0, 1]);
        let mut size = SIZE;
        assert_eq!(bind(server, (&raw const address).cast(), SIZE), 0, "{}", WSAGetLastError());
        assert_eq!(listen(server, 1), 0);
        assert_eq!(getsockname(server, (&raw mut address).cast(), &mut size), 0);
        assert_eq!(connect(client, (&raw const address).cast(), SIZE), 0, "{}", WSAGetLastError());
        let accepted = accept(server, (&raw mut address).cast(), &mut size);
        assert_ne!(accepted, INVALID_SOCKET);
        assert_eq!(send(client, b"hello".as_ptr(), 5, 0), 5);
        let mut buffer = [0; 8];
        assert_eq!(recv(accepted, buffer.as_mut_ptr(), 8, 0), 5);
        assert_eq!(&buffer[..5], b"hello");
        for socket in [server, client, accepted] {
            assert_eq!(closesocket(socket), 0);
        }
    }
}
