//! The network besides sockets: echoes, its tables, and requests that complete when it changes (`icmpapi.h`, `iphlpapi.h`).

use overlapped_abi::Overlapped;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::ovl_GetOverlappedResult;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_SleepEx, ovl_WaitForSingleObject};
use overlapped_win32::winsock::changes::*;
use overlapped_win32::winsock::icmp::*;
use overlapped_win32::winsock::tables::*;
use std::ffi::c_void;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::ptr::{null, null_mut};

const LOCALHOST: u32 = u32::from_ne_bytes([127, 0, 0, 1]);
const LONG: u32 = 60_000;

fn event() -> usize {
    // SAFETY: no names.
    unsafe { ovl_CreateEventA(null(), 1, 0, null()) }
}

/// ICMP_ECHO_REPLY: address, status, time, size and count, data.
#[repr(C)]
#[derive(Clone, Copy)]
struct Reply(u32, u32, u32, u16, u16, *const u8, u64, u64);

#[repr(C, align(8))]
struct Room([u8; 256]);

impl Room {
    fn reply(&self) -> Reply {
        // SAFETY: aligned, and large enough.
        unsafe { self.0.as_ptr().cast::<Reply>().read() }
    }
}

unsafe extern "C" fn answered(context: *mut c_void, _block: *mut c_void, _reserved: u32) {
    // SAFETY: the context is the test's own counter.
    unsafe { *context.cast::<u32>() += 1 };
}

#[test]
fn an_echo_comes_back_at_once_by_an_event_or_by_a_routine() {
    let file = ovl_IcmpCreateFile();
    if file == usize::MAX {
        assert_eq!(ovl_GetLastError(), 5, "the machine does not let this user send echoes");
        return;
    }
    let data = b"hello, echo";
    let (from, len) = (data.as_ptr().cast(), data.len() as u16);
    let mut room = Room([0; 256]);
    let to: *mut c_void = room.0.as_mut_ptr().cast();
    // SAFETY: buffers have the sizes that are told, and stay until the answers have come.
    unsafe {
        assert_eq!(
            ovl_IcmpSendEcho(file, LOCALHOST, from, len, null(), to, 256, LONG),
            1,
            "error {}",
            ovl_GetLastError()
        );
        let reply = room.reply();
        assert_eq!((reply.0, reply.1, reply.3), (LOCALHOST, 0, len));
        assert_eq!(std::slice::from_raw_parts(reply.5, len.into()), data);
        let told = event();
        room.0.fill(0);
        let later = ovl_IcmpSendEcho2(file, told, None, null_mut(), LOCALHOST, from, len, null(), to, 256, LONG);
        assert_eq!((later, ovl_GetLastError()), (0, 997));
        assert_eq!(ovl_WaitForSingleObject(told, LONG), 0);
        assert_eq!((ovl_IcmpParseReplies(to, 256), room.reply().1, room.reply().3), (1, 0, len));
        let mut calls = 0u32;
        let context = (&raw mut calls).cast();
        let later = ovl_IcmpSendEcho2(file, 0, Some(answered), context, LOCALHOST, from, len, null(), to, 256, LONG);
        assert_eq!((later, ovl_GetLastError()), (0, 997));
        assert_eq!(ovl_SleepEx(LONG, 1), 192);
        assert_eq!(calls, 1);
        assert_eq!((ovl_IcmpSendEcho(file, LOCALHOST, from, len, null(), to, 40, LONG), ovl_GetLastError()), (0, 122));
        assert_eq!((ovl_IcmpSendEcho(file, 0, from, len, null(), to, 256, LONG), ovl_GetLastError()), (0, 1214));
        ovl_CloseHandle(told);
        assert_eq!(ovl_IcmpCloseHandle(file), 1);
        assert_eq!((ovl_IcmpSendEcho(file, LOCALHOST, from, len, null(), to, 256, LONG), ovl_GetLastError()), (0, 6));
        assert_eq!((ovl_IcmpCloseHandle(file), ovl_GetLastError()), (0, 6));
    }
}

/// The rows of a table, each of so many words.
fn rows(words: usize, ask: impl Fn(*mut u8, *mut u32) -> u32) -> Vec<Vec<u32>> {
    let mut size = 0;
    assert_eq!(ask(null_mut(), &mut size), 122);
    loop {
        let mut room = vec![0u32; size as usize / 4 + 64];
        let mut bytes = room.len() as u32 * 4;
        match ask(room.as_mut_ptr().cast(), &mut bytes) {
            0 => {
                assert_eq!(bytes as usize, 4 + room[0] as usize * words * 4);
                return room[1..].chunks(words).take(room[0] as usize).map(<[u32]>::to_vec).collect();
            }
            // It has grown meanwhile.
            answer => assert_eq!(answer, 122),
        }
        size = bytes;
    }
}

fn port(port: u16) -> u32 {
    port.to_be().into()
}

#[test]
fn connections_are_listed_with_their_processes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = listener.local_addr().unwrap().port();
    let stream = TcpStream::connect(("127.0.0.1", near)).unwrap();
    let far = stream.local_addr().unwrap().port();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let datagrams = socket.local_addr().unwrap().port();
    let me = std::process::id();
    // SAFETY: `rows` gives places with the sizes that it says.
    let tcp = |class| rows(6, |to, size| unsafe { ovl_GetExtendedTcpTable(to, size, 1, 2, class, 0) });
    let listening = vec![2, LOCALHOST, port(near), 0, 0, me];
    let connected = vec![5, LOCALHOST, port(far), LOCALHOST, port(near), me];
    assert!(tcp(3).contains(&listening) && !tcp(3).contains(&connected));
    assert!(tcp(4).contains(&connected) && !tcp(4).contains(&listening));
    assert!(tcp(5).contains(&connected) && tcp(5).contains(&listening));
    // SAFETY: as above.
    let plain = rows(5, |to, size| unsafe { ovl_GetTcpTable(to, size, 0) });
    assert!(plain.contains(&connected[..5].to_vec()));
    // SAFETY: as above.
    let udp = rows(3, |to, size| unsafe { ovl_GetExtendedUdpTable(to, size, 0, 2, 1, 0) });
    assert!(udp.contains(&vec![LOCALHOST, port(datagrams), me]));
    // SAFETY: a place of ours.
    unsafe {
        let mut size = 0;
        assert_eq!(ovl_GetExtendedTcpTable(null_mut(), &mut size, 0, 2, 9, 0), 87);
        assert_eq!(ovl_GetExtendedTcpTable(null_mut(), null_mut(), 0, 2, 5, 0), 87);
    }
}

#[test]
fn addresses_have_interfaces() {
    // SAFETY: `rows` gives places with the sizes that it says.
    let all = rows(6, |to, size| unsafe { ovl_GetIpAddrTable(to, size, 1) });
    let own = all.iter().find(|row| row[0] == LOCALHOST).expect("the loopback address");
    assert_eq!(own[2], u32::from_ne_bytes([255, 0, 0, 0]));
    let (mut index, mut count) = (0, 0);
    // SAFETY: places of ours.
    unsafe {
        assert_eq!(ovl_GetBestInterface(LOCALHOST, &mut index), 0);
        assert_eq!(ovl_GetNumberOfInterfaces(&mut count), 0);
    }
    assert_eq!(index, own[1]);
    assert!(count >= 1);
}

#[test]
fn a_wait_for_a_change_can_be_cancelled() {
    let told = event();
    let mut block = Overlapped { h_event: told, ..Overlapped::default() };
    let mut handle = 0;
    let at = &raw mut block;
    // SAFETY: block and handle live until the request is complete.
    unsafe {
        assert_eq!(ovl_NotifyRouteChange(&mut handle, at), 997);
        assert_eq!(ovl_CancelIPChangeNotify(at as usize), 1);
        assert_eq!(ovl_WaitForSingleObject(told, LONG), 0);
        let mut bytes = 0;
        // A change of the machine's may have come before.
        if ovl_GetOverlappedResult(handle, at, &mut bytes, 1) == 0 {
            assert_eq!(ovl_GetLastError(), 995);
        }
        ovl_SetLastError(0);
        assert_eq!((ovl_CancelIPChangeNotify(at as usize), ovl_GetLastError()), (0, 1168));
        assert_eq!(ovl_NotifyAddrChange(&mut handle, null_mut()), 87);
        ovl_CloseHandle(told);
    }
}

/// How many sockets this process has to the tables of the network.
fn netlink_sockets() -> usize {
    let all = std::fs::read_to_string("/proc/net/netlink").expect("a list");
    let links = all.lines().filter_map(|line| Some(format!("socket:[{}]", line.split_whitespace().nth(9)?)));
    let links: Vec<String> = links.collect();
    let own = std::fs::read_dir("/proc/self/fd").expect("a list").flatten();
    let own = own.filter_map(|fd| std::fs::read_link(fd.path()).ok()?.into_os_string().into_string().ok());
    own.filter(|link| links.contains(link)).count()
}

#[test]
fn handles_of_waits_that_are_over_do_not_add_up_closed_or_not() {
    let mut block = Overlapped::default();
    let at = &raw mut block;
    let before = netlink_sockets();
    for n in 0..300 {
        let mut handle = 0;
        // SAFETY: block and handle live until the request is complete.
        unsafe {
            assert_eq!(ovl_NotifyRouteChange(&mut handle, at), 997);
            ovl_CancelIPChangeNotify(at as usize);
            let mut bytes = 0;
            ovl_GetOverlappedResult(handle, at, &mut bytes, 1);
            if n % 2 == 0 {
                assert_eq!(ovl_CloseHandle(handle), 1);
            }
        }
    }
    assert!(netlink_sockets() < before + 100, "{before}, now {}", netlink_sockets());
}

/// Turns the loopback interface of the thread's network on, by which it gets its address.
fn loopback_on() {
    // SAFETY: a socket of ours, and a structure with a name that is shorter than its place.
    unsafe {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        let mut request: libc::ifreq = std::mem::zeroed();
        request.ifr_name[0] = b'l' as libc::c_char;
        request.ifr_name[1] = b'o' as libc::c_char;
        request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
        assert_eq!(libc::ioctl(socket, libc::SIOCSIFFLAGS, &raw const request), 0);
        libc::close(socket);
    }
}

#[test]
fn a_new_address_completes_the_wait_for_one() {
    let own_network = || {
        // SAFETY: gives this thread alone a network of its own.
        if unsafe { libc::unshare(libc::CLONE_NEWNET) } != 0 {
            eprintln!("only root can have a network in which to change addresses");
            return;
        }
        let told = event();
        let mut block = Overlapped { h_event: told, ..Overlapped::default() };
        let mut handle = 0;
        // SAFETY: block and handle live until the request is complete.
        unsafe {
            assert_eq!(ovl_NotifyAddrChange(&mut handle, &raw mut block), 997);
            assert_eq!(ovl_WaitForSingleObject(told, 0), 258);
            loopback_on();
            assert_eq!(ovl_WaitForSingleObject(told, LONG), 0);
            let mut bytes = 0;
            assert_eq!(ovl_GetOverlappedResult(handle, &mut block, &mut bytes, 0), 1);
            ovl_CloseHandle(told);
        }
    };
    std::thread::spawn(own_network).join().unwrap();
}
