//! GetAddrInfoEx, WSAConnectByName and WSAConnectByList (contract 08 sections 3 and 11). No name here needs the network.

use crate::common::*;
use overlapped_abi::constants::socket::*;
use overlapped_abi::{Overlapped, TimeVal};
use overlapped_win32::errhandlingapi::ovl_SetLastError;
use overlapped_win32::winsock::connect_by::*;
use overlapped_win32::winsock::layout::*;
use overlapped_win32::winsock::resolve_ex::*;
use std::ffi::CString;
use std::ptr::{null, null_mut};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

const AI_NUMERICHOST: i32 = 4;
type Wide = AddrInfoEx<u16>;

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Room for an asynchronous look-up.
struct Lookup {
    found: Box<*mut Wide>,
    overlapped: Box<Overlapped>,
    name: usize,
}

impl Lookup {
    fn new() -> Self {
        started();
        Self { found: Box::new(null_mut()), overlapped: Box::default(), name: 0 }
    }

    fn begin(&mut self, node: &str, routine: LookupRoutine) -> i32 {
        let (node, service) = (wide(node), wide("80"));
        let (found, overlapped) = (&raw mut *self.found, &raw mut *self.overlapped);
        // SAFETY: numbers and NULL.
        let mut hints: Wide = unsafe { std::mem::zeroed() };
        // Only numbers: no name server is asked.
        hints.flags = AI_NUMERICHOST;
        let (node, service, hints) = (node.as_ptr(), service.as_ptr(), &raw const hints);
        let (none, name) = (null(), &raw mut self.name);
        // SAFETY: what is written to lives until completion.
        unsafe { ovl_GetAddrInfoExW(node, service, 0, none, hints, found, null(), overlapped, routine, name) }
    }

    fn result(&mut self) -> i32 {
        // SAFETY: the OVERLAPPED of a look-up.
        unsafe { ovl_GetAddrInfoExOverlappedResult(&raw mut *self.overlapped) }
    }

    fn port(&self) -> Option<u16> {
        // SAFETY: NULL or a list whose addresses are of IPv4 here.
        let entry = unsafe { (*self.found).as_ref() }?;
        // SAFETY: as above.
        Some(u16::from_be(unsafe { entry.address.cast::<SockaddrIn>().read_unaligned() }.port))
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        // SAFETY: NULL or a list.
        unsafe { ovl_FreeAddrInfoExW(*self.found) };
    }
}

/// An event is set, and the result is there.
#[test]
fn a_look_up_goes_on_and_sets_its_event() {
    let (mut lookup, event) = (Lookup::new(), Event::new());
    lookup.overlapped.h_event = event.0;
    assert_eq!(lookup.begin("127.0.0.1", None), 997);
    assert!(event.signalled(PATIENCE));
    assert_eq!((lookup.result(), lookup.port()), (0, Some(80)));
    // SAFETY: the name of a look-up that is over.
    assert_eq!(unsafe { ovl_GetAddrInfoExCancel(&raw const lookup.name) }, 6);
    let mut bad = Lookup::new();
    bad.overlapped.h_event = event.0;
    assert_eq!(bad.begin("1.2.3.4.5", None), 997);
    assert!(event.signalled(PATIENCE));
    assert_eq!((bad.result(), bad.port()), (11001, None));
}

thread_local! {
    static TOLD: std::cell::RefCell<Option<Receiver<u32>>> = const { std::cell::RefCell::new(None) };
}
static TELL: std::sync::Mutex<Option<Sender<u32>>> = std::sync::Mutex::new(None);

unsafe extern "C" fn told(error: u32, _: u32, _: *mut Overlapped) {
    let _ = TELL.lock().unwrap().as_ref().unwrap().send(error);
}

/// The routine runs on another thread without an alertable wait; a cancellation is told to it once.
#[test]
fn a_look_up_calls_its_routine_once() {
    let (sender, receiver) = channel();
    *TELL.lock().unwrap() = Some(sender);
    TOLD.set(Some(receiver));
    let next = || TOLD.with_borrow(|told| told.as_ref().unwrap().recv_timeout(Duration::from_secs(60))).unwrap();
    let mut lookup = Lookup::new();
    assert_eq!(lookup.begin("127.0.0.1", Some(told)), 997);
    assert_eq!((next(), lookup.result(), lookup.port()), (0, 0, Some(80)));
    for _ in 0..20 {
        let mut lookup = Lookup::new();
        assert_eq!(lookup.begin("127.0.0.1", Some(told)), 997);
        // SAFETY: the name of a look-up.
        let cancelled = unsafe { ovl_GetAddrInfoExCancel(&raw const lookup.name) } == 0;
        let code = next();
        assert_eq!(code, if cancelled { 10111 } else { 0 });
        assert_eq!((lookup.result(), lookup.port().is_none()), (code as i32, cancelled));
    }
    assert!(TOLD.with_borrow(|told| told.as_ref().unwrap().recv_timeout(Duration::from_millis(50))).is_err());
}

/// Arguments; the A form only waits.
#[test]
fn look_ups_check_their_arguments() {
    let (mut lookup, event) = (Lookup::new(), Event::new());
    lookup.overlapped.h_event = event.0;
    assert_eq!(lookup.begin("127.0.0.1", Some(told)), 10022, "an event or a routine");
    // SAFETY: NULL is looked at.
    unsafe {
        assert_eq!(ovl_GetAddrInfoExOverlappedResult(null_mut()), 10022);
        assert_eq!(ovl_GetAddrInfoExCancel(null()), 6);
    }
    let (mut found, mut overlapped) = (null_mut(), Overlapped::default());
    let mut ask = |service: u32, limit: *const TimeVal, overlapped: *mut Overlapped| {
        // SAFETY: a name, a place for the list, NULL.
        unsafe {
            let (node, to) = (c"::1".as_ptr().cast(), &raw mut found);
            let code =
                ovl_GetAddrInfoExA(node, null(), service, null(), null(), to, limit, overlapped, None, null_mut());
            let family = found.as_ref().map(|entry| (entry.family, entry.address_len));
            ovl_FreeAddrInfoEx(found);
            (code, family)
        }
    };
    assert_eq!(ask(0, null(), null_mut()), (0, Some((AF_INET6, 28))));
    assert_eq!(ask(12, &TimeVal { seconds: 60, microseconds: 0 }, null_mut()), (0, Some((AF_INET6, 28))));
    assert_eq!(ask(0, null(), &raw mut overlapped), (10022, None));
    assert_eq!(ask(77, null(), null_mut()), (10108, None));
    assert_eq!(ask(0, &TimeVal { seconds: -1, microseconds: 0 }, null_mut()), (10022, None));
}

fn by_name(socket: &Socket, node: &str, port: u16, limit: *const TimeVal) -> ((i32, i32), SockaddrIn) {
    let (node, service) = (CString::new(node).unwrap(), CString::new(port.to_string()).unwrap());
    let (mut peer, mut len) = (SockaddrIn::default(), NAME);
    let (node, service) = (node.as_ptr().cast(), service.as_ptr().cast());
    ovl_SetLastError(1234);
    // SAFETY: texts, room for an address, a time.
    let connected = unsafe {
        let to = (&raw mut peer).cast();
        ovl_WSAConnectByNameA(socket.0, node, service, null_mut(), null_mut(), &mut len, to, limit, null_mut())
    };
    (said(connected), peer)
}

/// WSAConnectByName leaves a socket that lacks nothing.
#[test]
fn a_connection_is_made_by_name() {
    let ((listener, name), client) = (Socket::listening(), Socket::tcp());
    let port = u16::from_be(name.port);
    let limit = TimeVal { seconds: 60, microseconds: 0 };
    assert_eq!(by_name(&client, "127.0.0.1", port, &limit), ((1, 0), name));
    let server = listener.accept();
    assert_eq!((client.send(b"x"), server.recv(&mut [0; 4])), ((1, 0), (1, 0)));
    assert_eq!(by_name(&client, "127.0.0.1", port, null()).0, (0, 10056));
    // SAFETY: NULL is looked at.
    let nobody = unsafe {
        let (none, nowhere) = (null_mut(), null_mut());
        ovl_WSAConnectByNameA(client.0, null(), c"1".as_ptr().cast(), none, nowhere, none, nowhere, null(), null_mut())
    };
    assert_eq!(said(nobody), (0, 10022));
}

#[repr(C)]
struct List {
    head: SocketAddressList,
    entries: [SocketAddress; 2],
}

fn by_list(socket: &Socket, names: &mut [SockaddrIn; 2], count: i32, limit: *const TimeVal) -> (i32, i32) {
    let entries = names.each_mut().map(|name| SocketAddress { address: std::ptr::from_mut(name).cast(), len: NAME });
    let list = List { head: SocketAddressList { count }, entries };
    let (none, nowhere) = (null_mut(), null_mut());
    ovl_SetLastError(1234);
    // SAFETY: a list with its entries, and a time.
    said(unsafe {
        ovl_WSAConnectByList(socket.0, (&raw const list).cast(), none, nowhere, none, nowhere, limit, null_mut())
    })
}

/// WSAConnectByList goes on to the next address, and gives up when the time is over.
#[test]
fn a_connection_is_made_to_the_first_that_answers() {
    let ((_nobody, dead), (listener, name)) = (Socket::bound(SOCK_STREAM), Socket::listening());
    let client = Socket::tcp();
    assert_eq!(by_list(&client, &mut [dead, name], 1, null()), (0, 10061));
    assert_eq!(by_list(&client, &mut [dead, name], 0, null()), (0, 10022));
    assert_eq!(by_list(&client, &mut [dead, name], 2, null()), (1, 0));
    let server = listener.accept();
    assert_eq!((client.send(b"x"), server.recv(&mut [0; 4])), ((1, 0), (1, 0)));
    let (busy, name) = Socket::bound(SOCK_STREAM);
    assert_eq!(said(overlapped_win32::winsock::socket::ovl_listen(busy.0, 0)), (0, 0));
    let limit = TimeVal { seconds: 0, microseconds: 30_000 };
    // Its queue is full soon, and then nobody answers.
    let crowd: Vec<_> = (0..50).map(|_| Socket::tcp()).collect();
    let last = crowd.iter().map(|one| by_list(one, &mut [name, name], 1, &limit)).find(|said| *said != (1, 0));
    assert_eq!(last, Some((0, 10060)));
}
