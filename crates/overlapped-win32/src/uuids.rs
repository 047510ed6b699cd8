//! `rpcdce.h`: universally unique identifiers. New ones are random (version 4), or made of the time and a network card's address
//! (version 1) where the program wants them in the order of their making.

use crate::localglobal::{ovl_LocalAlloc, ovl_LocalFree};
use crate::random::ovl_SystemFunction036;
use crate::text::{Unit, of, units};
use parking_lot::Mutex;
use std::time::{Duration, SystemTime};

const OK: i32 = 0;
const OUT_OF_MEMORY: i32 = 14;
const INVALID_ARGUMENT: i32 = 87;
const INVALID_STRING: i32 = 1705;
const NO_ADDRESS: i32 = 1739;
const LOCAL_ONLY: i32 = 1824;
/// From the first day of the Gregorian calendar to Linux's epoch.
const GREGORIAN: Duration = Duration::from_secs(0x01B2_1DD2_1381_4000 / 10_000_000);

/// GUID and UUID.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uuid {
    a: u32,
    b: u16,
    c: u16,
    d: [u8; 8],
}

fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    // SAFETY: as much room as is said.
    (unsafe { ovl_SystemFunction036(bytes.as_mut_ptr(), N as u32) } != 0).then_some(bytes)
}

impl Uuid {
    fn of_numbers(bytes: [u8; 16], version: u16) -> Self {
        let [a0, a1, a2, a3, b0, b1, c0, c1, d @ ..] = bytes;
        let mut made = Self {
            a: u32::from_le_bytes([a0, a1, a2, a3]),
            b: u16::from_le_bytes([b0, b1]),
            c: u16::from_le_bytes([c0, c1]) & 0x0FFF | version << 12,
            d,
        };
        made.d[0] = made.d[0] & 0x3F | 0x80;
        made
    }

    /// With this time in units of 100 ns, and the place that tells generators apart.
    fn of_time(time: u64, sequence: u16, node: [u8; 6]) -> Self {
        let [high, low] = sequence.to_be_bytes();
        let [n0, n1, n2, n3, n4, n5] = node;
        let d = [high & 0x3F | 0x80, low, n0, n1, n2, n3, n4, n5];
        Self { a: time as u32, b: (time >> 32) as u16, c: (time >> 48) as u16 & 0x0FFF | 1 << 12, d }
    }

    fn text(&self) -> String {
        let [d0, d1, rest @ ..] = self.d;
        let rest: String = rest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:08x}-{:04x}-{:04x}-{d0:02x}{d1:02x}-{rest}", self.a, self.b, self.c)
    }

    fn parsed(text: &str) -> Option<Self> {
        let groups: Vec<&str> = text.split('-').collect();
        if groups.iter().map(|group| group.len()).ne([8, 4, 4, 4, 12]) {
            return None;
        }
        let number = |digits: &str| {
            let digits_only = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            digits_only.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
        };
        let tail = number(groups[3])? << 48 | number(groups[4])?;
        Some(Self {
            a: number(groups[0])? as u32,
            b: number(groups[1])? as u16,
            c: number(groups[2])? as u16,
            d: tail.to_be_bytes(),
        })
    }
}

/// Makes identifiers of the time, each later than the one before.
struct Sequence {
    last: u64,
    sequence: u16,
    node: [u8; 6],
    /// The node is a card's address, and so nobody else's.
    is_global: bool,
}

impl Sequence {
    const NEW: Self = Self { last: 0, sequence: 0, node: [0; 6], is_global: false };

    fn next(&mut self) -> Option<(Uuid, bool)> {
        if self.last == 0 {
            let [high, low, node @ ..] = random::<8>()?;
            self.sequence = u16::from_be_bytes([high, low]);
            let card = card_address();
            self.is_global = card.is_some();
            // A group address is no card's.
            self.node = card.unwrap_or([node[0] | 1, node[1], node[2], node[3], node[4], node[5]]);
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default() + GREGORIAN;
        self.last = (self.last + 1).max((now.as_nanos() / 100) as u64);
        Some((Uuid::of_time(self.last, self.sequence, self.node), self.is_global))
    }
}

/// The address of the first network card that has one of its own.
fn card_address() -> Option<[u8; 6]> {
    let mut cards: Vec<_> = std::fs::read_dir("/sys/class/net").ok()?.flatten().map(|card| card.path()).collect();
    cards.sort();
    cards.iter().find_map(|card| {
        let text = std::fs::read_to_string(card.join("address")).ok()?;
        let bytes: Vec<u8> = text.trim().split(':').filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
        let address: [u8; 6] = bytes.try_into().ok()?;
        (address != [0; 6] && address[0] & 1 == 0).then_some(address)
    })
}

static SEQUENCE: Mutex<Sequence> = Mutex::new(Sequence::NEW);

/// # Safety
/// `to` is NULL or writable.
unsafe fn give(to: *mut Uuid, made: Option<(Uuid, i32)>) -> i32 {
    match made {
        _ if to.is_null() => INVALID_ARGUMENT,
        None => NO_ADDRESS,
        Some((uuid, status)) => {
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { to.write(uuid) };
            status
        }
    }
}

/// UuidCreate: a random one.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidCreate(to: *mut Uuid) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { give(to, random().map(|bytes| (Uuid::of_numbers(bytes, 4), OK))) }
}

/// UuidCreateSequential: later than the last one; RPC_S_UUID_LOCAL_ONLY (1824) without a network card.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidCreateSequential(to: *mut Uuid) -> i32 {
    let next = SEQUENCE.lock().next();
    // SAFETY: the caller's promise.
    unsafe { give(to, next.map(|(uuid, is_global)| (uuid, if is_global { OK } else { LOCAL_ONLY }))) }
}

/// UuidCreateNil: all zeros.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidCreateNil(to: *mut Uuid) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { give(to, Some((Uuid::default(), OK))) }
}

/// # Safety
/// Both are NULL or valid.
unsafe fn to_string<U: Unit>(uuid: *const Uuid, to: *mut *mut U) -> i32 {
    if uuid.is_null() || to.is_null() {
        return INVALID_ARGUMENT;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let mut text: Vec<U> = of(&unsafe { uuid.read() }.text());
    text.push(U::default());
    let made = ovl_LocalAlloc(0, size_of_val(text.as_slice())).cast::<U>();
    if made.is_null() {
        return OUT_OF_MEMORY;
    }
    // SAFETY: a block of that size, aligned for anything.
    unsafe {
        made.copy_from_nonoverlapping(text.as_ptr(), text.len());
        to.write(made);
    }
    OK
}

/// # Safety
/// `text` is NULL or ends with a zero, `to` is NULL or writable.
unsafe fn from_string<U: Unit>(text: *const U, to: *mut Uuid) -> i32 {
    let parsed = if text.is_null() {
        Some(Uuid::default())
    } else {
        // SAFETY: not NULL, and the caller vouches for it.
        U::to_os(unsafe { units(text) }).to_str().and_then(Uuid::parsed)
    };
    match parsed {
        None => INVALID_STRING,
        // SAFETY: the caller's promise.
        Some(uuid) => unsafe { give(to, Some((uuid, OK))) },
    }
}

/// # Safety
/// `text` is NULL, or what it points to is NULL or was made by `to_string`, and nobody uses it any more.
unsafe fn free<U>(text: *mut *mut U) -> i32 {
    if text.is_null() {
        return INVALID_ARGUMENT;
    }
    // SAFETY: not NULL; a block of LocalAlloc or NULL, and the caller vouches for both.
    unsafe {
        ovl_LocalFree(text.read().cast());
        text.write(std::ptr::null_mut());
    }
    OK
}

/// UuidToStringA: 36 characters, for RpcStringFreeA.
///
/// # Safety
/// Both are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidToStringA(uuid: *const Uuid, to: *mut *mut u8) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { to_string(uuid, to) }
}

/// UuidToStringW, as [`ovl_UuidToStringA`].
///
/// # Safety
/// As for [`ovl_UuidToStringA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidToStringW(uuid: *const Uuid, to: *mut *mut u16) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { to_string(uuid, to) }
}

/// UuidFromStringA: RPC_S_INVALID_STRING_UUID (1705) for what is none; NULL is the nil one.
///
/// # Safety
/// `text` is NULL or ends with a zero, `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidFromStringA(text: *const u8, to: *mut Uuid) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { from_string(text, to) }
}

/// UuidFromStringW, as [`ovl_UuidFromStringA`].
///
/// # Safety
/// As for [`ovl_UuidFromStringA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidFromStringW(text: *const u16, to: *mut Uuid) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { from_string(text, to) }
}

/// RpcStringFreeA.
///
/// # Safety
/// `text` is NULL, or what it points to is NULL or came from here, and nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RpcStringFreeA(text: *mut *mut u8) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { free(text) }
}

/// RpcStringFreeW.
///
/// # Safety
/// As for [`ovl_RpcStringFreeA`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RpcStringFreeW(text: *mut *mut u16) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { free(text) }
}

/// NULL is the nil one.
///
/// # Safety
/// `uuid` is NULL or valid, `status` NULL or writable.
unsafe fn read(uuid: *const Uuid, status: *mut i32) -> Uuid {
    // SAFETY: compared with NULL first, and the caller vouches for them.
    unsafe {
        if !status.is_null() {
            status.write(OK);
        }
        if uuid.is_null() { Uuid::default() } else { uuid.read() }
    }
}

/// UuidCompare: -1, 0 or 1.
///
/// # Safety
/// The identifiers are NULL or valid, `status` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidCompare(first: *const Uuid, second: *const Uuid, status: *mut i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { read(first, status).cmp(&read(second, status)) as i32 }
}

/// UuidEqual.
///
/// # Safety
/// As for [`ovl_UuidCompare`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidEqual(first: *const Uuid, second: *const Uuid, status: *mut i32) -> i32 {
    // SAFETY: the caller's promise.
    i32::from(unsafe { read(first, status) == read(second, status) })
}

/// UuidIsNil.
///
/// # Safety
/// As for [`ovl_UuidCompare`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidIsNil(uuid: *const Uuid, status: *mut i32) -> i32 {
    // SAFETY: the caller's promise.
    i32::from(unsafe { read(uuid, status) } == Uuid::default())
}

/// UuidHash: the hash of DCE's UUIDs, two running sums over the bytes as they lie in memory.
///
/// # Safety
/// As for [`ovl_UuidCompare`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_UuidHash(uuid: *const Uuid, status: *mut i32) -> u16 {
    // SAFETY: the caller's promise.
    let Uuid { a, b, c, d } = unsafe { read(uuid, status) };
    let bytes = a.to_le_bytes().into_iter().chain(b.to_le_bytes()).chain(c.to_le_bytes()).chain(d);
    let (sum, sums) = bytes.fold((0, 0), |(sum, sums), byte| {
        let sum = sum + i32::from(byte);
        (sum, sums + sum)
    });
    let (low, high) = ((-sums).rem_euclid(255), (sums - sum).rem_euclid(255));
    (high << 8 | low) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null_mut;

    fn made(create: unsafe extern "C" fn(*mut Uuid) -> i32) -> (i32, Uuid) {
        let mut uuid = Uuid::default();
        // SAFETY: a place for one.
        (unsafe { create(&mut uuid) }, uuid)
    }

    #[test]
    fn new_ones_say_how_they_were_made_and_differ() {
        let ((status, first), (_, second)) = (made(ovl_UuidCreate), made(ovl_UuidCreate));
        assert_eq!((status, first.c >> 12, first.d[0] >> 6), (OK, 4, 2));
        assert_ne!(first, second);
        let sequential: Vec<_> = (0..1000).map(|_| made(ovl_UuidCreateSequential)).collect();
        assert!(sequential.iter().all(|(status, uuid)| matches!(*status, OK | LOCAL_ONLY) && uuid.c >> 12 == 1));
        let time = |uuid: Uuid| u64::from(uuid.c & 0xFFF) << 48 | u64::from(uuid.b) << 32 | u64::from(uuid.a);
        assert!(sequential.windows(2).all(|pair| time(pair[0].1) < time(pair[1].1)));
        assert_eq!(made(ovl_UuidCreateNil), (OK, Uuid::default()));
    }

    #[test]
    fn text_and_back_is_the_same() {
        let (_, uuid) = made(ovl_UuidCreate);
        let (mut narrow, mut wide, mut back) = (null_mut(), null_mut(), [Uuid::default(); 2]);
        // SAFETY: places for each; the texts are those that were made.
        unsafe {
            assert_eq!((ovl_UuidToStringA(&uuid, &mut narrow), ovl_UuidToStringW(&uuid, &mut wide)), (OK, OK));
            assert_eq!(units(narrow), uuid.text().as_bytes());
            assert_eq!(ovl_UuidFromStringA(narrow, &mut back[0]), OK);
            assert_eq!(ovl_UuidFromStringW(wide, &mut back[1]), OK);
            assert_eq!((ovl_RpcStringFreeA(&mut narrow), ovl_RpcStringFreeW(&mut wide)), (OK, OK));
        }
        assert_eq!(back, [uuid; 2]);
        assert!(narrow.is_null() && wide.is_null());
        let known = Uuid { a: 0x6BA7_B810, b: 0x9DAD, c: 0x11D1, d: [0x80, 0xB4, 0, 0xC0, 0x4F, 0xD4, 0x30, 0xC8] };
        assert_eq!(Uuid::parsed("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), Some(known));
    }

    #[test]
    fn what_is_none_is_refused() {
        let mut uuid = Uuid { a: 1, ..Default::default() };
        for text in ["\0", "6ba7b810-9dad-11d1-80b4-00c04fd430c\0", "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}\0"] {
            // SAFETY: a text with its end, and a place.
            assert_eq!(unsafe { ovl_UuidFromStringA(text.as_ptr(), &mut uuid) }, INVALID_STRING, "{text}");
        }
        assert_eq!(Uuid::parsed("+ba7b810-9dad-11d1-80b4-00c04fd430c8"), None);
        let (nil, mut status) = (Uuid::default(), 7);
        // SAFETY: NULL, or places.
        unsafe {
            assert_eq!(ovl_UuidFromStringA(std::ptr::null(), &mut uuid), OK);
            assert_eq!((ovl_UuidIsNil(&uuid, &mut status), status), (1, OK));
            uuid.a = 5;
            assert_eq!(ovl_UuidCompare(&uuid, &nil, &mut status), 1);
            assert_eq!(ovl_UuidCompare(&nil, &uuid, &mut status), -1);
            assert_eq!((ovl_UuidEqual(&uuid, &nil, null_mut()), ovl_UuidEqual(&uuid, &uuid, null_mut())), (0, 1));
            assert_eq!(ovl_UuidFromStringA(c"12345678-9abc-def0-1234-56789abcdef0".as_ptr().cast(), &mut uuid), OK);
            assert_eq!(ovl_UuidHash(&uuid, &mut status), 0x4e39);
            assert_eq!(ovl_UuidCreate(null_mut()), INVALID_ARGUMENT);
        }
    }
}
