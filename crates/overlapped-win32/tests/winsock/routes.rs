//! The tables of addresses and routes (`netioapi.h`).

use overlapped_win32::winsock::routes::*;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Networking::WinSock as theirs;

/// The rows of a table, which is given back.
fn rows<T: Copy>(table: *mut u8) -> Vec<T> {
    // SAFETY: a table of ours: a count, and rows behind 8 bytes.
    unsafe {
        let rows = std::slice::from_raw_parts(table.add(8).cast::<T>(), table.cast::<u32>().read() as usize).to_vec();
        ovl_FreeMibTable(table);
        rows
    }
}

fn inet4(address: [u8; 4]) -> Inet {
    let mut bytes = [0; 28];
    bytes[0] = 2;
    bytes[4..8].copy_from_slice(&address);
    Inet(bytes)
}

#[test]
fn structures_have_the_layout_of_windows() {
    assert_eq!(
        (size_of::<Inet>(), align_of::<Inet>()),
        (size_of::<theirs::SOCKADDR_INET>(), align_of::<theirs::SOCKADDR_INET>())
    );
    // MIB_UNICASTIPADDRESS_ROW and MIB_IPFORWARD_ROW2, whose modules of windows-sys are not asked for here.
    assert_eq!((size_of::<UnicastRow>(), std::mem::offset_of!(UnicastRow, scope)), (80, 68));
    assert_eq!(
        (size_of::<RouteRow>(), std::mem::offset_of!(RouteRow, metric), std::mem::offset_of!(RouteRow, age)),
        (104, 84, 96)
    );
}

#[test]
fn the_table_of_addresses_has_those_of_the_loopback_interface() {
    let mut table = null_mut();
    // SAFETY: our own place, and NULL, which is refused.
    unsafe {
        assert_eq!(ovl_GetUnicastIpAddressTable(3, &raw mut table), 87);
        assert_eq!(ovl_GetUnicastIpAddressTable(2, null_mut()), 87);
        assert_eq!(ovl_GetUnicastIpAddressTable(2, &raw mut table), 0);
    }
    let all = rows::<UnicastRow>(table);
    let own = all.iter().find(|row| row.address == inet4([127, 0, 0, 1])).expect("127.0.0.1");
    assert!(all.iter().all(|row| row.address.0[0] == 2), "one family only");
    // The type of the interface, of which 24 is the loopback, is at the top of its luid.
    assert_eq!((own.luid >> 48, own.index, own.prefix, own.dad_state), (24, 1, 8, 4));
    // SAFETY: NULL is no table.
    unsafe { ovl_FreeMibTable(null_mut()) };
}

#[test]
fn routes_lead_to_the_computer_itself_and_the_best_one_is_the_closest() {
    let mut table = null_mut();
    // SAFETY: our own place.
    unsafe {
        assert_eq!(ovl_GetIpForwardTable2(24, &raw mut table), 87);
        assert_eq!(ovl_GetIpForwardTable2(0, &raw mut table), 0);
    }
    let all = rows::<RouteRow>(table);
    let loopback = all.iter().find(|row| (row.target, row.prefix) == (inet4([127, 0, 0, 0]), 8)).expect("127.0.0.0/8");
    assert_eq!((loopback.luid >> 48, loopback.index, loopback.flags[0]), (24, 1, 1));
    // SAFETY: numbers, for which zero is a value.
    let (mut best, mut from) = (unsafe { std::mem::zeroed::<RouteRow>() }, Inet([0; 28]));
    let mut ask = |luid: *const u64, index, to: &Inet| {
        // SAFETY: our own places.
        let code = unsafe { ovl_GetBestRoute2(luid, index, null(), to, 0, &raw mut best, &raw mut from) };
        (code, best.prefix, from)
    };
    let own = inet4([127, 0, 0, 1]);
    assert_eq!(ask(null(), 0, &own), (0, 32, own));
    assert_eq!(ask(&raw const loopback.luid, 0, &inet4([127, 9, 9, 9])), (0, 8, own));
    assert_eq!(ask(null(), 0x7FFF_FFFF, &own).0, 2, "no such interface");
    assert_eq!(ask(null(), 1, &inet4([192, 0, 2, 1])).0, 1231, "not by the loopback interface");
    assert_eq!(ask(null(), 0, &Inet([0; 28])).0, 87);
}
