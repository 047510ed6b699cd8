//! Names and addresses that need no network (contract 08 sections 3 and 11).

use crate::common::*;
use overlapped_win32::ntdll::addresses::ovl_RtlIpv6AddressToStringA;
use overlapped_win32::winsock::database::*;
use overlapped_win32::winsock::host::*;
use overlapped_win32::winsock::layout::*;
use overlapped_win32::winsock::names::*;
use overlapped_win32::winsock::presentation::*;
use overlapped_win32::winsock::protocols::*;
use overlapped_win32::winsock::resolve::*;
use std::ffi::{CStr, CString};
use std::ptr::{null, null_mut};

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

#[test]
fn loose_addresses_are_read_as_windows_reads_them() {
    started();
    // SAFETY: texts that end with a zero, or NULL.
    let read = |text: &CStr| unsafe { ovl_inet_addr(text.as_ptr()) }.to_ne_bytes();
    assert_eq!(read(c"127.1"), [127, 0, 0, 1]);
    assert_eq!(read(c"0x10.020"), [16, 0, 0, 16]);
    assert_eq!((read(c"1.2.3.4.5"), read(c""), read(c" ")), ([255; 4], [255; 4], [0; 4]));
    assert_eq!(code(), 1234, "these only rearrange bytes");
    // SAFETY: NULL is looked at.
    assert_eq!((unsafe { ovl_inet_addr(null()) }, code()), (u32::MAX, 10014));
    // SAFETY: the text stays until the next call.
    let text = unsafe { CStr::from_ptr(ovl_inet_ntoa(u32::from_ne_bytes([192, 168, 0, 1]))) };
    assert_eq!(text, c"192.168.0.1");
}

#[test]
fn strict_addresses_go_to_text_and_back() {
    started();
    for (family, text) in [(2, "1.2.3.4"), (23, "::ffff:1.2.3.4"), (23, "1:0:0:2::3")] {
        let (mut bytes, mut narrow, mut broad) = ([0u8; 16], [0u8; 64], [0u16; 64]);
        let (a, w) = (CString::new(text).unwrap(), wide(text));
        // SAFETY: texts that end with a zero, and room for the answers.
        unsafe {
            assert_eq!(ovl_inet_pton(family, a.as_ptr().cast(), bytes.as_mut_ptr().cast()), 1);
            assert_eq!(ovl_InetPtonW(family, w.as_ptr(), bytes.as_mut_ptr().cast()), 1);
            assert!(!ovl_inet_ntop(family, bytes.as_ptr().cast(), narrow.as_mut_ptr(), 64).is_null());
            assert!(!ovl_InetNtopW(family, bytes.as_ptr().cast(), broad.as_mut_ptr(), 64).is_null());
        }
        assert!(narrow.starts_with(a.as_bytes_with_nul()) && broad.starts_with(&w));
        // SAFETY: as above.
        let short = unsafe { ovl_inet_ntop(family, bytes.as_ptr().cast(), narrow.as_mut_ptr(), text.len()) };
        assert_eq!((short.is_null(), code()), (true, 87));
    }
    // SAFETY: as above.
    let parse =
        |family, text: &CStr| unsafe { ovl_inet_pton(family, text.as_ptr().cast(), [0u8; 16].as_mut_ptr().cast()) };
    assert_eq!((parse(2, c"1.2.3"), parse(23, c"fe80::1%3")), (0, 0));
    assert_eq!((parse(10, c"::1"), code()), (ERROR, 10047));
}

#[test]
fn addresses_with_ports_go_to_text_and_back() {
    started();
    let (text, mut name, mut len) = (wide("[fe80::1%3]:80"), SockaddrIn6::default(), 28);
    let to = (&raw mut name).cast();
    // SAFETY: a text that ends with a zero, and room for an address.
    assert_eq!(unsafe { ovl_WSAStringToAddressW(text.as_ptr(), 23, null(), to, &mut len) }, 0);
    assert_eq!((name.family, name.port, name.scope, len), (23, 80u16.to_be(), 3, 28));
    let (mut back, mut room) = ([0u16; 64], 5);
    let from = (&raw const name).cast();
    // SAFETY: as above.
    let mut print =
        |room: &mut u32| said(unsafe { ovl_WSAAddressToStringW(from, 28, null(), back.as_mut_ptr(), room) });
    assert_eq!((print(&mut room), room), ((ERROR, 10014), 15));
    assert_eq!(print(&mut room).0, 0);
    assert!(back.starts_with(&text));
    let mut v4 = (SockaddrIn::default(), 8);
    let to = (&raw mut v4.0).cast();
    // SAFETY: as above.
    let parse =
        |text: &CStr, len: &mut i32| said(unsafe { ovl_WSAStringToAddressA(text.as_ptr().cast(), 2, null(), to, len) });
    assert_eq!((parse(c"1.2.3.4:80", &mut v4.1), v4.1), ((ERROR, 10014), 16));
    for bad in [c"1.2.3.4:", c"1.2.3.4:0", c"1.2.3.4:65536", c"1.2.3.4:80x", c"x"] {
        assert_eq!(parse(bad, &mut 16), (ERROR, 10022), "{bad:?}");
    }
}

/// The entries of a list: flags, family, type, protocol, length of the address.
fn entries(list: *const AddrInfo<u8>) -> Vec<(i32, i32, i32, i32, usize)> {
    let (mut all, mut next) = (Vec::new(), list);
    // SAFETY: a list of getaddrinfo's.
    while let Some(one) = unsafe { next.as_ref() } {
        all.push((one.flags, one.family, one.socktype, one.protocol, one.address_len));
        // SAFETY: the address is as long as it says.
        assert_eq!(i32::from(unsafe { one.address.cast::<u16>().read() }), one.family);
        next = one.next;
    }
    all
}

/// Section 11: codes, and lists in Windows' order and numbers.
#[test]
fn look_ups_answer_with_windows_numbers() {
    started();
    let ask_for = |node: Option<&CStr>, service: Option<&CStr>, flags, family, socktype, protocol| {
        let mut list = null_mut();
        let hints = AddrInfo::<u8> {
            flags,
            family,
            socktype,
            protocol,
            address_len: 0,
            canonical: null_mut(),
            address: null_mut(),
            next: null_mut(),
        };
        let start = |text: Option<&CStr>| text.map_or(null(), |text| text.as_ptr().cast());
        // SAFETY: texts that end with a zero or NULL, hints, and a place for the list, which is freed once.
        unsafe {
            let answer = ovl_getaddrinfo(start(node), start(service), &hints, &mut list);
            assert_eq!(answer, code());
            let found = entries(list);
            ovl_freeaddrinfo(list);
            (answer, found)
        }
    };
    let ask = |node, service, flags, family, socktype| ask_for(node, service, flags, family, socktype, 0);
    assert_eq!(ask_for(Some(c"127.0.0.1"), Some(c"80"), 0, 2, 0, 17), (0, vec![(0, 2, 0, 17, 16)]), "a protocol alone");
    assert_eq!(ask(Some(c"127.0.0.1"), Some(c"80"), 0, 2, 1), (0, vec![(0, 2, 1, 0, 16)]));
    assert_eq!(ask(Some(c"::1"), Some(c"80"), 4, 0, 2), (0, vec![(4, 23, 2, 0, 28)]));
    assert_eq!(ask(Some(c"127.0.0.1"), Some(c"80"), 0, 2, 0), (0, vec![(0, 2, 0, 0, 16)]));
    assert_eq!(ask(None, Some(c"80"), 1, 2, 1).1, [(1, 2, 1, 0, 16)]);
    assert_eq!(ask(None, None, 0, 2, 1).0, 11001);
    assert_eq!(ask(Some(c"localhost"), None, 4, 2, 1).0, 11001);
    assert_eq!(ask(Some(c"127.0.0.1"), Some(c"nosuchservice"), 0, 2, 1).0, 10109);
    assert_eq!(ask(Some(c"127.0.0.1"), None, 0, 10, 1).0, 10047);
    assert_eq!(ask(Some(c"127.0.0.1"), None, 0, 2, 99).0, 10044);
    assert_eq!(ask(None, Some(c"80"), 2, 2, 1).0, 10022);
}

#[test]
fn wide_look_ups_have_wide_names() {
    started();
    let (node, service, mut list) = (wide("127.0.0.1"), wide("80"), null_mut());
    let hints = AddrInfo::<u16> {
        flags: 6,
        family: 2,
        socktype: 1,
        protocol: 6,
        address_len: 0,
        canonical: null_mut(),
        address: null_mut(),
        next: null_mut(),
    };
    // SAFETY: texts that end with a zero, hints, and a place for the list, which is freed once.
    unsafe {
        assert_eq!(ovl_GetAddrInfoW(node.as_ptr(), service.as_ptr(), &hints, &mut list), 0);
        let first = &*list;
        assert_eq!(std::slice::from_raw_parts(first.canonical, node.len()), node);
        let (mut host, mut port) = ([0u16; 64], [0u16; 8]);
        let named = ovl_GetNameInfoW(first.address, 16, host.as_mut_ptr(), 64, port.as_mut_ptr(), 8, 0xA);
        assert_eq!(named, 0);
        assert!(host.starts_with(&node) && port.starts_with(&service));
        let short = ovl_GetNameInfoW(first.address, 16, host.as_mut_ptr(), 3, null_mut(), 0, 0xA);
        assert_eq!(short, 122);
        ovl_FreeAddrInfoW(list);
    }
}

#[test]
fn tables_and_this_computer_are_known() {
    started();
    // SAFETY: texts that end with a zero; the answers stay until the next call.
    unsafe {
        let service = &*ovl_getservbyname(c"HTTP".as_ptr(), c"tcp".as_ptr());
        assert_eq!((CStr::from_ptr(service.name), service.port as u16), (c"http", 80u16.to_be()));
        assert_eq!(CStr::from_ptr((*ovl_getservbyport(i32::from(53u16.to_be()), c"udp".as_ptr())).protocol), c"udp");
        assert_eq!((ovl_getservbyname(c"nosuch".as_ptr(), null()), code()), (null_mut(), 11004));
        assert_eq!((*ovl_getprotobyname(c"udp".as_ptr())).number, 17);
        assert_eq!(CStr::from_ptr((*ovl_getprotobynumber(6)).name), c"tcp");
        assert_eq!((ovl_getprotobyname(null()), code()), (null_mut(), 11004));
        let (mut name, mut broad) = ([0u8; 256], [0u16; 256]);
        assert_eq!(ovl_gethostname(name.as_mut_ptr(), 256), 0);
        assert_eq!(ovl_GetHostNameW(broad.as_mut_ptr(), 256), 0);
        assert_eq!(said(ovl_gethostname(name.as_mut_ptr(), 1)), (ERROR, 10014));
        let host = &*ovl_gethostbyname(name.as_ptr().cast());
        assert_eq!((host.family, host.length, (*host.addresses).is_null()), (2, 4, false));
        let host = &*ovl_gethostbyname(c"127.0.0.1".as_ptr());
        assert_eq!((**host.addresses.cast::<*const [u8; 4]>()), [127, 0, 0, 1]);
        assert_eq!((ovl_gethostbyaddr(c"abc".as_ptr(), 3, 2), code()), (null_mut(), 10047));
    }
}

#[test]
fn protocols_are_listed_in_the_room_there_is() {
    started();
    let mut len = 0;
    // SAFETY: no room, which is looked at.
    assert_eq!(said(unsafe { ovl_WSAEnumProtocolsW(null(), null_mut(), &mut len) }), (ERROR, 10055));
    assert_eq!(len as usize % size_of::<ProtocolInfo<u16>>(), 0);
    let mut room = vec![0u8; len as usize];
    // SAFETY: room for all of them.
    let count = unsafe { ovl_WSAEnumProtocolsW(null(), room.as_mut_ptr().cast(), &mut len) };
    assert_eq!(count as usize, len as usize / size_of::<ProtocolInfo<u16>>());
    // SAFETY: a list that ends with 0.
    assert_eq!(unsafe { ovl_WSAEnumProtocolsW([17, 0].as_ptr(), room.as_mut_ptr().cast(), &mut len) }, 2);
    // SAFETY: the texts stay until the next call.
    assert!(unsafe { CStr::from_ptr(ovl_gai_strerrorA(11001).cast()) }.count_bytes() > 10);
}

/// Section 11: what Windows and libc see differently.
#[test]
fn addresses_in_brackets_scopes_and_other_families_are_as_in_windows() {
    started();
    let look = |node: &CStr, family| {
        let mut hints = AddrInfo::<u8> {
            flags: 4,
            family,
            socktype: 1,
            protocol: 0,
            address_len: 0,
            canonical: null_mut(),
            address: null_mut(),
            next: null_mut(),
        };
        let mut list = null_mut();
        // SAFETY: a text that ends with a zero, hints, and a place for the list, which is freed once.
        unsafe {
            let answer = ovl_getaddrinfo(node.as_ptr().cast(), null(), &raw mut hints, &mut list);
            let found = list.as_ref().map(|one| one.address_len);
            ovl_freeaddrinfo(list);
            (answer, found)
        }
    };
    assert_eq!(look(c"[::1]", 0), (0, Some(28)));
    assert_eq!((look(c"[1.2.3.4]", 0).0, look(c"[::1", 0).0), (11001, 11001));
    assert_eq!((look(c"127.0.0.1", 23).0, look(c"::1", 2).0), (11001, 11001));
    let name =
        SockaddrIn6 { family: 23, address: *b"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", scope: 1, ..Default::default() };
    let mut host = [0u8; 64];
    // SAFETY: an address, and room for its text.
    let named = unsafe { ovl_getnameinfo((&raw const name).cast(), 28, host.as_mut_ptr(), 64, null_mut(), 0, 2) };
    assert_eq!(named, 0);
    assert!(host.starts_with(b"fe80::1%1\0"), "the number of the interface, not its name");
    // SAFETY: texts that end with a zero; the answer stays until the next call.
    let service = unsafe { &*ovl_getservbyname(c"Domain".as_ptr(), c"UDP".as_ptr()) };
    assert_eq!(service.port as u16, 53u16.to_be());
}

/// Windows ends mapped, compatible, translated and ISATAP addresses with four numbers, unless the first two of an embedded one are zero.
#[test]
fn long_addresses_are_printed_as_windows_prints_them() {
    started();
    let texts = [
        ("::ffff:0:0", "::ffff:0:0"),
        ("::ffff:0:102", "::ffff:0:102"),
        ("::ffff:102:0", "::ffff:1.2.0.0"),
        ("::102", "::102"),
        ("::1:2", "::0.1.0.2"),
        ("::ffff:0:102:304", "::ffff:0:1.2.3.4"),
        ("::ffff:0:0:304", "::ffff:0:0:304"),
        ("fe80::5efe:102:304", "fe80::5efe:1.2.3.4"),
        ("fe80::200:5efe:0:304", "fe80::200:5efe:0.0.3.4"),
        ("2001:db8:1:2:0:5efe:c0a8:1", "2001:db8:1:2:0:5efe:192.168.0.1"),
        ("64:ff9b::102:304", "64:ff9b::102:304"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("1:0:0:1:0:0:0:1", "1:0:0:1::1"),
        ("1:0:0:1:0:0:1:1", "1::1:0:0:1:1"),
        ("1:0:2:3:4:5:6:0", "1:0:2:3:4:5:6:0"),
        ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
        ("0:0:2:3:4:5:6:7", "::2:3:4:5:6:7"),
    ];
    for (given, expected) in texts {
        let mut name = SockaddrIn6 { family: 23, ..Default::default() };
        let text = CString::new(given).unwrap();
        // SAFETY: a text that ends with a zero, and an address.
        assert_eq!(unsafe { ovl_inet_pton(23, text.as_ptr().cast(), name.address.as_mut_ptr().cast()) }, 1, "{given}");
        let (from, mut room) = ((&raw const name).cast(), 64);
        let [mut network, mut address, mut numeric, mut plain] = [[0u8; 64]; 4];
        // SAFETY: addresses, and room for every text.
        unsafe {
            ovl_inet_ntop(23, name.address.as_ptr().cast(), network.as_mut_ptr(), 64);
            assert_eq!(ovl_WSAAddressToStringA(from, 28, null(), address.as_mut_ptr(), &mut room), 0);
            assert_eq!(ovl_getnameinfo(from, 28, numeric.as_mut_ptr(), 64, null_mut(), 0, 2), 0);
            ovl_RtlIpv6AddressToStringA(&name.address, plain.as_mut_ptr());
        }
        for printed in [network, address, numeric, plain] {
            assert_eq!(CStr::from_bytes_until_nul(&printed).unwrap().to_str(), Ok(expected), "{given}");
        }
    }
}

/// inet_addr does not care about what stands behind a blank, WSAStringToAddress does.
#[test]
fn a_blank_is_no_part_of_an_address() {
    started();
    let (mut name, mut len) = (SockaddrIn::default(), 16);
    let to = (&raw mut name).cast();
    for text in [c"1.2.3.4 ", c"1.2.3.4 x", c" 1.2.3.4", c"1.2.3.4:80 "] {
        // SAFETY: a text that ends with a zero, and room for an address.
        let answer = said(unsafe { ovl_WSAStringToAddressA(text.as_ptr().cast(), 2, null(), to, &mut len) });
        assert_eq!(answer, (ERROR, 10022), "{text:?}");
    }
}
