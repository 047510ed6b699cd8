//! Notices of changes (`netioapi.h`), and the tables of the first `iphlpapi.h`.

use overlapped_win32::winsock::adapters::ovl_GetAdaptersAddresses;
use overlapped_win32::winsock::notices::*;
use overlapped_win32::winsock::older::*;
use overlapped_win32::winsock::routes::{RouteRow, UnicastRow};
use overlapped_win32::winsock::tables::*;
use std::ffi::c_void;
use std::net::TcpListener;
use std::ptr::{null, null_mut};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const INSUFFICIENT: u32 = 122;
const OVERFLOW: u32 = 111;

/// What was told: the kind, and of the row the family, the interface, and the last byte of an address of IPv4 or the length of a prefix.
type Notice = (i32, Option<(u16, u32, u8)>);

#[derive(Default)]
struct Heard(Mutex<Vec<Notice>>);

impl Heard {
    fn context(&self) -> *mut c_void {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// # Safety
    /// The context is that of one that lives.
    unsafe fn add(context: *mut c_void, kind: i32, row: Option<(u16, u32, u8)>) {
        // SAFETY: the caller's promise.
        unsafe { &*context.cast::<Self>() }.0.lock().expect("no panic").push((kind, row));
    }

    /// Is it told in time?
    fn waits_for(&self, wanted: Notice) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(30) {
            if self.0.lock().expect("no panic").contains(&wanted) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

unsafe extern "C" fn interface(context: *mut c_void, row: *const c_void, kind: i32) {
    // SAFETY: the context is the test's, and a row one of interfaces.
    unsafe {
        let row = row.cast::<InterfaceRow>().as_ref().map(|row| (row.family, row.index, (row.luid >> 48) as u8));
        Heard::add(context, kind, row);
    }
}

unsafe extern "C" fn address(context: *mut c_void, row: *const c_void, kind: i32) {
    // SAFETY: as above, of addresses.
    unsafe {
        let row = row.cast::<UnicastRow>().as_ref();
        Heard::add(context, kind, row.map(|row| (u16::from(row.address.0[0]), row.index, row.address.0[7])));
    }
}

unsafe extern "C" fn route(context: *mut c_void, row: *const c_void, kind: i32) {
    // SAFETY: as above, of routes.
    unsafe {
        let row = row.cast::<RouteRow>().as_ref();
        Heard::add(context, kind, row.map(|row| (u16::from(row.target.0[0]), row.index, row.prefix)));
    }
}

/// Turns the loopback interface of the thread's network on or off.
fn loopback(flags: i32) {
    // SAFETY: a socket of ours, and a structure with a name that is shorter than its place.
    unsafe {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        let mut request: libc::ifreq = std::mem::zeroed();
        request.ifr_name[0] = b'l' as libc::c_char;
        request.ifr_name[1] = b'o' as libc::c_char;
        request.ifr_ifru.ifru_flags = flags as libc::c_short;
        assert_eq!(libc::ioctl(socket, libc::SIOCSIFFLAGS, &raw const request), 0);
        libc::close(socket);
    }
}

#[test]
fn functions_are_called_for_interfaces_addresses_and_routes_until_that_is_cancelled() {
    let own_network = || {
        // SAFETY: gives this thread, and those that it makes, a network of its own.
        if unsafe { libc::unshare(libc::CLONE_NEWNET) } != 0 {
            eprintln!("only root can have a network in which to change something");
            return;
        }
        let (interfaces, addresses, routes) = (Heard::default(), Heard::default(), Heard::default());
        let (mut first, mut second, mut third) = (0, 0, 0);
        // SAFETY: what the functions write to lives until all is cancelled.
        unsafe {
            assert_eq!(ovl_NotifyIpInterfaceChange(0, Some(interface), interfaces.context(), 1, &mut first), 0);
            assert_eq!(ovl_NotifyUnicastIpAddressChange(2, Some(address), addresses.context(), 0, &mut second), 0);
            assert_eq!(ovl_NotifyRouteChange2(2, Some(route), routes.context(), 0, &mut third), 0);
        }
        assert!(interfaces.waits_for((3, None)), "at first, without a row");
        loopback(libc::IFF_UP | libc::IFF_RUNNING);
        // Its number is 1, and 24 the type of loopback interfaces at the top of its luid.
        assert!(interfaces.waits_for((0, Some((2, 1, 24)))) && interfaces.waits_for((0, Some((23, 1, 24)))));
        assert!(addresses.waits_for((1, Some((2, 1, 1)))), "127.0.0.1 is new");
        assert!(routes.waits_for((1, Some((2, 1, 8)))) && routes.waits_for((1, Some((2, 1, 32)))));
        loopback(0);
        assert!(routes.waits_for((2, Some((2, 1, 8)))), "gone");
        assert!(addresses.0.lock().unwrap().iter().all(|(_, row)| row.is_some_and(|row| row.0 == 2)), "one family");
        for handle in [first, second, third] {
            assert_eq!((ovl_CancelMibChangeNotify2(handle), ovl_CancelMibChangeNotify2(handle)), (0, 87));
        }
        let told = interfaces.0.lock().unwrap().len();
        loopback(libc::IFF_UP | libc::IFF_RUNNING);
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(interfaces.0.lock().unwrap().len(), told, "nobody calls any more");
    };
    std::thread::spawn(own_network).join().expect("no panic");
}

#[test]
fn notices_of_no_family_and_to_nobody_are_refused() {
    let mut handle = 0;
    // SAFETY: nothing is called.
    unsafe {
        assert_eq!(ovl_NotifyIpInterfaceChange(3, Some(interface), null_mut(), 0, &mut handle), 87);
        assert_eq!(ovl_NotifyUnicastIpAddressChange(2, None, null_mut(), 0, &mut handle), 87);
        assert_eq!(ovl_NotifyRouteChange2(23, Some(route), null_mut(), 0, null_mut()), 87);
    }
    assert_eq!((ovl_CancelMibChangeNotify2(0), handle), (87, 0));
}

/// Cancels its own notice.
unsafe extern "C" fn cancel(context: *mut c_void, _row: *const c_void, kind: i32) {
    // SAFETY: the context is the test's own.
    let (handle, done) = unsafe { &*context.cast::<(Mutex<usize>, Mutex<Option<(i32, u32)>>)>() };
    let handle = *handle.lock().expect("no panic");
    *done.lock().expect("no panic") = Some((kind, ovl_CancelMibChangeNotify2(handle)));
}

#[test]
fn a_function_can_cancel_its_own_notices() {
    // For good: nobody waits for the call to end.
    let shared = Box::leak(Box::new((Mutex::new(0usize), Mutex::new(None))));
    {
        let mut handle = shared.0.lock().expect("no panic");
        let context = std::ptr::from_ref(&*shared).cast_mut().cast();
        // SAFETY: the context stays.
        assert_eq!(unsafe { ovl_NotifyRouteChange2(0, Some(cancel), context, 1, &mut *handle) }, 0);
    }
    let begin = Instant::now();
    while shared.1.lock().expect("no panic").is_none() && begin.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(*shared.1.lock().expect("no panic"), Some((3, 0)));
}

/// The bytes of an answer that stands in one buffer.
fn whole(small: u32, ask: impl Fn(*mut u8, *mut u32) -> u32) -> Vec<u64> {
    let mut size = 0;
    assert_eq!(ask(null_mut(), &mut size), small);
    loop {
        // It may grow meanwhile.
        let mut room = vec![0u64; size as usize / 8 + 512];
        size = room.len() as u32 * 8;
        match ask(room.as_mut_ptr().cast(), &mut size) {
            0 => {
                let mut exact = vec![0u64; (size as usize).div_ceil(8)];
                let mut less = size - 1;
                assert_eq!((ask(exact.as_mut_ptr().cast(), &mut less), less), (small, size));
                return room;
            }
            answer => assert_eq!(answer, small),
        }
    }
}

#[test]
fn adapters_are_told_with_their_addresses_as_texts() {
    // SAFETY: NULL is refused.
    assert_eq!(unsafe { ovl_GetAdaptersInfo(null_mut(), null_mut()) }, 87);
    let mut size = 0;
    // SAFETY: NULL asks how much room is needed.
    if unsafe { ovl_GetAdaptersInfo(null_mut(), &mut size) } == 232 {
        eprintln!("this machine has the loopback interface only");
        return;
    }
    // SAFETY: `whole` gives places with the sizes that it says.
    let room = whole(OVERFLOW, |to, size| unsafe { ovl_GetAdaptersInfo(to, size) });
    // SAFETY: our own memory; the first adapter stands at its beginning.
    let bytes = unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u8>(), room.len() * 8) };
    let text = |at: usize| bytes[at..].split(|byte| *byte == 0).next().and_then(|text| str::from_utf8(text).ok());
    let name = text(12).expect("a name");
    let there = std::fs::read_to_string(format!("/sys/class/net/{name}/ifindex")).expect("an interface of Linux");
    let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four"));
    assert_eq!((word(416).to_string(), text(272)), (there.trim().to_owned(), Some(name)));
    assert_ne!((word(420), word(416)), (24, 0), "not the loopback interface");
    for place in [448, 464, 496, 512] {
        let address = text(place).expect("an address or a mask");
        assert!(address.parse::<std::net::Ipv4Addr>().is_ok(), "{address}");
    }
    // SAFETY: `whole` gives places with the sizes that it says.
    let servers = whole(OVERFLOW, |to, size| unsafe { ovl_GetPerAdapterInfo(word(416), to, size) });
    assert_eq!(servers[1], 0, "no current one");
    // SAFETY: a place of ours.
    assert_eq!(unsafe { ovl_GetPerAdapterInfo(0x7FFF_FFFF, null_mut(), &mut size) }, 232);
}

#[test]
fn interfaces_are_told_with_their_counters() {
    // SAFETY: `whole` gives places with the sizes that it says.
    let room = whole(INSUFFICIENT, |to, size| unsafe { ovl_GetIfTable(to, size, 1) });
    let mut count = 0;
    // SAFETY: our own memory, in which rows stand behind their count; a row of zeros is one.
    unsafe {
        assert_eq!(ovl_GetNumberOfInterfaces(&mut count), 0);
        let first = room.as_ptr().cast::<u8>().add(4).cast::<InterfaceEntry>().read_unaligned();
        let mut row = first;
        (row.kind, row.mtu) = (0, 0);
        assert_eq!((ovl_GetIfEntry(&mut row), row.kind, row.mtu), (0, first.kind, first.mtu));
        row.index = 0x7FFF_FFFF;
        assert_eq!((ovl_GetIfEntry(&mut row), ovl_GetIfEntry(null_mut())), (2, 87));
        let loopback = (0..room[0] as u32 as usize)
            .map(|at| room.as_ptr().cast::<u8>().add(4 + at * 860).cast::<InterfaceEntry>().read_unaligned())
            .find(|row| row.kind == 24)
            .expect("a loopback interface");
        assert_eq!(loopback.status, [1, 5], "up and operational");
        let read = |file| std::fs::read_to_string(format!("/sys/class/net/lo/{file}")).expect("a number");
        assert_eq!(loopback.mtu.to_string(), read("mtu").trim());
        // It counts on meanwhile, in more than 32 bits.
        let now = read("statistics/rx_bytes").trim().parse::<u64>().expect("a number") as u32;
        assert!(now.wrapping_sub(loopback.received[0]) < 1 << 31);
    }
    assert_eq!(room[0] as u32, count);
}

#[test]
fn routes_of_ipv4_are_told_in_words() {
    let listed = std::fs::read_to_string("/proc/net/route").expect("a list").lines().skip(1).count();
    if listed == 0 {
        eprintln!("this machine has no routes");
        return;
    }
    // SAFETY: `whole` gives places with the sizes that it says.
    let room = whole(INSUFFICIENT, |to, size| unsafe { ovl_GetIpForwardTable(to, size, 1) });
    // SAFETY: our own memory: a count, and rows of 14 words.
    let words = unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u32>(), room.len() * 2) };
    let rows: Vec<&[u32]> = words[1..].chunks(14).take(words[0] as usize).collect();
    assert!(!rows.is_empty() && rows.len() <= listed);
    assert!(rows.is_sorted_by_key(|row| u32::from_be(row[0])));
    for row in rows {
        // Direct or by another computer, whose address is told then.
        assert!(matches!((row[5], row[3]), (3, 0) | (4, 1..)), "{row:?}");
        assert_eq!((row[0] & !row[1], row[10]), (0, u32::MAX));
    }
}

/// A `sockaddr` of Windows.
fn windows_address(family: u16, at: usize, bytes: &[u8]) -> [u8; 28] {
    let mut address = [0; 28];
    address[..2].copy_from_slice(&family.to_ne_bytes());
    address[at..at + bytes.len()].copy_from_slice(bytes);
    address
}

#[test]
fn the_best_interface_is_found_for_both_families() {
    let ask = |address: [u8; 28]| {
        let mut index = 0;
        // SAFETY: an address with room for its family, and a place of ours.
        (unsafe { ovl_GetBestInterfaceEx(address.as_ptr(), &mut index) }, index)
    };
    let (code, loopback) = ask(windows_address(2, 4, &[127, 0, 0, 1]));
    let mut same = 0;
    // SAFETY: a place of ours.
    assert_eq!(unsafe { ovl_GetBestInterface(u32::from_ne_bytes([127, 9, 9, 9]), &mut same) }, 0);
    assert_eq!((code, loopback), (0, same));
    if std::fs::read_to_string("/proc/net/if_inet6").is_ok_and(|all| all.contains("00000000000000000000000000000001")) {
        assert_eq!(ask(windows_address(23, 8, &1u128.to_be_bytes())), (0, loopback));
    }
    assert_eq!(ask(windows_address(1, 0, &[])), (87, 0));
    // SAFETY: NULL is refused.
    assert_eq!(unsafe { ovl_GetBestInterfaceEx(null(), &mut same) }, 87);
}

#[test]
fn connections_of_ipv6_are_listed_without_processes_too() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        eprintln!("this machine has no IPv6");
        return;
    };
    let port = u32::from(listener.local_addr().expect("an address").port().to_be());
    let is_one = |row: &[u32]| row[0] == 2 && row[4].to_ne_bytes() == [0, 0, 0, 1] && row[6] == port;
    let rows = |room: &[u64]| {
        // SAFETY: our own memory: a count, and rows of 13 words.
        let words = unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u32>(), room.len() * 2) };
        words[1..].chunks(13).take(words[0] as usize).any(is_one)
    };
    // SAFETY: `whole` gives places with the sizes that it says, or connections come and go meanwhile.
    let all = |ask: &dyn Fn(*mut u8, *mut u32) -> u32| {
        let mut size = 0;
        assert_eq!(ask(null_mut(), &mut size), INSUFFICIENT);
        let mut room = vec![0u64; size as usize / 8 + 4096];
        size = room.len() as u32 * 8;
        assert_eq!(ask(room.as_mut_ptr().cast(), &mut size), 0);
        rows(&room)
    };
    // SAFETY: as above.
    assert!(all(&|to, size| unsafe { ovl_GetTcp6Table(to, size, 0) }));
    // SAFETY: as above.
    assert!(all(&|to, size| unsafe { ovl_GetExtendedTcpTable(to, size, 1, 23, 0, 0) }));
}

#[test]
fn ports_are_sorted_by_their_numbers() {
    // 256 and its like come first where the bytes of ports are compared.
    let mut listeners: Vec<TcpListener> = (0..40).filter_map(|_| TcpListener::bind("127.0.0.1:0").ok()).collect();
    listeners.sort_by_key(|listener| listener.local_addr().expect("an address").port());
    let mut size = 0;
    let mut room = vec![0u32; 1 << 16];
    // SAFETY: the size is that of the room.
    unsafe {
        assert_eq!(ovl_GetTcpTable(null_mut(), &mut size, 1), INSUFFICIENT);
        size = room.len() as u32 * 4;
        assert_eq!(ovl_GetTcpTable(room.as_mut_ptr().cast(), &mut size, 1), 0);
    }
    let localhost = u32::from_ne_bytes([127, 0, 0, 1]);
    let rows = room[1..].chunks(5).take(room[0] as usize);
    let ports: Vec<u16> = rows.filter(|row| row[1] == localhost).map(|row| u16::from_be(row[2] as u16)).collect();
    assert!(ports.is_sorted() && ports.len() >= listeners.len(), "{ports:?}");
}

#[test]
fn gateways_are_told_where_they_are_asked_for() {
    let asked = |flags: u32| {
        let mut size = 0;
        // SAFETY: NULL asks how much room is needed.
        assert_eq!(unsafe { ovl_GetAdaptersAddresses(2, flags, null(), null_mut(), &mut size) }, OVERFLOW);
        size
    };
    let routes = std::fs::read_to_string("/proc/net/route").expect("a list");
    let default = routes.lines().skip(1).filter(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields[1] == "00000000" && fields[7] == "00000000" && fields[2] != "00000000"
    });
    // Each is a structure of 32 bytes, and an address of 16.
    assert_eq!(asked(0x80) - asked(0), 48 * default.count() as u32);
}
