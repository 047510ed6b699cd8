//! TransmitFile and TransmitPackets (contract 08 section 6.4).

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_abi::{Overlapped, TransmitFileBuffers, TransmitPacketsElement};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::winsock::transmit::*;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::ptr::{null, null_mut};

/// An open file of so many bytes.
struct File(usize, #[expect(dead_code, reason = "deletes the file")] tempfile::NamedTempFile);

impl File {
    fn of(bytes: &[u8]) -> Self {
        started();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let name: Vec<u8> = file.path().as_os_str().as_bytes().iter().copied().chain([0]).collect();
        const GENERIC_READ: u32 = 0x8000_0000;
        let (share, existing) = (7, 3);
        // SAFETY: a name that ends with a zero.
        let raw = unsafe {
            overlapped_win32::fileapi::ovl_CreateFileA(
                name.as_ptr().cast(),
                GENERIC_READ,
                share,
                null_mut(),
                existing,
                0,
                0,
            )
        };
        assert_ne!(raw, NONE);
        Self(raw, file)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        ovl_CloseHandle(self.0);
    }
}

fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 253) as u8).collect()
}

fn read_all(socket: &Socket, len: usize) -> Vec<u8> {
    let mut got = vec![0; len];
    assert_eq!(socket.recv_flags(&mut got, MSG_WAITALL), (len as i32, 0));
    got
}

/// Head, file and tail, with the count of all.
#[test]
fn a_file_goes_between_head_and_tail() {
    let data = bytes(500_000);
    let (file, (client, server)) = (File::of(&data), Socket::pair());
    let port = server.on_port(2);
    let (head, tail) = (*b"head", *b"tail!");
    let around = TransmitFileBuffers {
        head: head.as_ptr() as usize,
        head_length: 4,
        tail: tail.as_ptr() as usize,
        tail_length: 5,
    };
    let mut overlapped = Box::<Overlapped>::default();
    overlapped.set_start(100);
    // SAFETY: everything lives until completion.
    let answer = said(unsafe { ovl_TransmitFile(server.0, file.0, 400_000, 0, &mut *overlapped, &around, 0) });
    assert!(answer.0 == 1 || answer == (0, 997), "{answer:?}");
    let got = read_all(&client, 400_009);
    port.expect(2, &overlapped, 400_009);
    assert_eq!((&got[..4], &got[400_004..]), (&b"head"[..], &b"tail!"[..]));
    assert!(got[4..400_004] == data[100..400_100]);
}

/// Without an OVERLAPPED: from the file pointer, which moves; to the end of the file.
#[test]
fn without_an_overlapped_the_file_pointer_counts() {
    let data = bytes(1000);
    let (file, (client, server)) = (File::of(&data), Socket::pair());
    // SAFETY: no OVERLAPPED, no buffers.
    let send = |len| said(unsafe { ovl_TransmitFile(server.0, file.0, len, 0, null_mut(), null(), 0) });
    assert_eq!((send(300), send(0)), ((1, 0), (1, 0)));
    assert!(read_all(&client, 1000) == data);
}

/// Flags and errors.
#[test]
fn transmitting_looks_at_socket_and_flags() {
    let file = File::of(b"contents");
    let (client, server) = Socket::pair();
    let (datagrams, _) = Socket::udp();
    // SAFETY: no OVERLAPPED, no buffers.
    let send = |raw, file, flags| said(unsafe { ovl_TransmitFile(raw, file, 0, 0, null_mut(), null(), flags) });
    assert_eq!(send(Socket::tcp().0, file.0, 0), (0, 10057));
    assert_eq!(send(datagrams.0, file.0, 0), (0, 10057));
    assert_eq!(send(0x7FFC, file.0, 0), (0, 10038));
    assert_eq!(send(server.0, 0x7FFC, 0), (0, 6));
    assert_eq!(send(server.0, file.0, 0x8000), (0, 10022));
    assert_eq!(send(server.0, 0, 0), (1, 0));
    assert_eq!(send(server.0, file.0, TF_DISCONNECT), (1, 0));
    assert_eq!((read_all(&client, 8), client.recv(&mut [0; 8])), (b"contents".to_vec(), (0, 0)));
}

/// TransmitPackets: elements in their order.
#[test]
fn packets_are_memory_and_parts_of_files() {
    let data = bytes(5000);
    let (file, (client, server)) = (File::of(&data), Socket::pair());
    let memory = *b"memory";
    let elements = [
        TransmitPacketsElement {
            flags: TP_ELEMENT_MEMORY,
            length: 6,
            file_offset_or_buffer: memory.as_ptr() as i64,
            file: 0,
        },
        TransmitPacketsElement { flags: TP_ELEMENT_FILE, length: 100, file_offset_or_buffer: 50, file: file.0 },
        TransmitPacketsElement {
            flags: TP_ELEMENT_MEMORY | TP_ELEMENT_EOP,
            length: 3,
            file_offset_or_buffer: memory.as_ptr() as i64,
            file: 0,
        },
    ];
    let event = Event::new();
    let mut overlapped = event.overlapped();
    // SAFETY: everything lives until completion.
    let answer = said(unsafe { ovl_TransmitPackets(server.0, elements.as_ptr(), 3, 0, &mut *overlapped, 0) });
    assert!(answer.0 == 1 || answer == (0, 997), "{answer:?}");
    let got = read_all(&client, 109);
    assert!(event.signalled(PATIENCE));
    assert_eq!((overlapped.internal, overlapped.internal_high), (0, 109));
    assert_eq!((&got[..6], &got[6..106], &got[106..]), (&memory[..], &data[50..150], &b"mem"[..]));
    let bad = TransmitPacketsElement { flags: 8, ..elements[0] };
    // SAFETY: one element.
    assert_eq!(said(unsafe { ovl_TransmitPackets(server.0, &bad, 1, 0, null_mut(), 0) }), (0, 10022));
}
