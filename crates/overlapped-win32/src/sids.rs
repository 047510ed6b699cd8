//! Identifiers of users and groups (SIDs) and what they are called: `securitybaseapi.h`, `sddl.h`, LookupAccountSid and LookupAccountName.
//!
//! S-1-22-1-n is Linux' user n, S-1-22-2-n its group n. Their names are those of the machine's user data base, and the domain is the
//! computer. Of the identifiers that Windows itself gives out a few are known, so that programs find the ones that they compare with.

use crate::arguments::{output, pair, store, store_if_wanted};
use crate::localglobal::ovl_LocalAlloc;
use crate::support::{Bool, FALSE, TRUE, fail, guard_bool, guard_or};
use crate::sysinfoapi::computer_name;
use crate::text::{Unit, put, units};
use overlapped_abi::Win32Error;
use std::ffi::{CStr, CString, OsStr, OsString, c_void};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// ERROR_NONE_MAPPED.
const NONE_MAPPED: Win32Error = Win32Error(1332);
/// ERROR_INVALID_SID.
const INVALID_SID: Win32Error = Win32Error(1337);
/// The authority of identifiers that stand for Linux' numbers.
const UNIX: [u8; 6] = [0, 0, 0, 0, 0, 22];
const USERS: u32 = 1;
const GROUPS: u32 = 2;
const MOST_PARTS: u8 = 15;

const SID_TYPE_USER: u32 = 1;
const SID_TYPE_GROUP: u32 = 2;
const SID_TYPE_ALIAS: u32 = 4;
const SID_TYPE_WELL_KNOWN: u32 = 5;

/// Identifiers that Windows gives out: authority, parts, domain, name, kind.
type Known = (u8, &'static [u32], &'static str, &'static str, u32);
const KNOWN: [Known; 15] = [
    (0, &[0], "", "NULL SID", SID_TYPE_WELL_KNOWN),
    (1, &[0], "", "Everyone", SID_TYPE_WELL_KNOWN),
    (2, &[0], "", "LOCAL", SID_TYPE_WELL_KNOWN),
    (3, &[0], "", "CREATOR OWNER", SID_TYPE_WELL_KNOWN),
    (5, &[2], "NT AUTHORITY", "NETWORK", SID_TYPE_WELL_KNOWN),
    (5, &[4], "NT AUTHORITY", "INTERACTIVE", SID_TYPE_WELL_KNOWN),
    (5, &[6], "NT AUTHORITY", "SERVICE", SID_TYPE_WELL_KNOWN),
    (5, &[7], "NT AUTHORITY", "ANONYMOUS LOGON", SID_TYPE_WELL_KNOWN),
    (5, &[11], "NT AUTHORITY", "Authenticated Users", SID_TYPE_WELL_KNOWN),
    (5, &[18], "NT AUTHORITY", "SYSTEM", SID_TYPE_WELL_KNOWN),
    (5, &[19], "NT AUTHORITY", "LOCAL SERVICE", SID_TYPE_WELL_KNOWN),
    (5, &[20], "NT AUTHORITY", "NETWORK SERVICE", SID_TYPE_WELL_KNOWN),
    (5, &[32, 544], "BUILTIN", "Administrators", SID_TYPE_ALIAS),
    (5, &[32, 545], "BUILTIN", "Users", SID_TYPE_ALIAS),
    (5, &[32, 546], "BUILTIN", "Guests", SID_TYPE_ALIAS),
];

/// The bytes of an identifier.
pub(crate) fn sid(authority: [u8; 6], parts: &[u32]) -> Vec<u8> {
    let mut bytes = vec![1, parts.len() as u8];
    bytes.extend(authority);
    bytes.extend(parts.iter().flat_map(|part| part.to_ne_bytes()));
    bytes
}

/// Linux' user n.
pub(crate) fn of_user(user: u32) -> Vec<u8> {
    sid(UNIX, &[USERS, user])
}

/// Linux' group n.
pub(crate) fn of_group(group: u32) -> Vec<u8> {
    sid(UNIX, &[GROUPS, group])
}

/// Whether it stands for a user or a group of Linux.
pub(crate) fn is_of_linux(sid: &[u8]) -> bool {
    sid[2..8] == UNIX
}

/// The number of Linux' user, if it is one's.
pub(crate) fn to_user(sid: &[u8]) -> Option<u32> {
    match parts(sid)[..] {
        [USERS, user] if is_of_linux(sid) => Some(user),
        _ => None,
    }
}

/// The number of Linux' group, if it is one's.
pub(crate) fn to_group(sid: &[u8]) -> Option<u32> {
    match parts(sid)[..] {
        [GROUPS, group] if is_of_linux(sid) => Some(group),
        _ => None,
    }
}

/// Whom a name stands for, with or without a domain before it.
pub(crate) fn of_name(name: &OsStr) -> Option<Vec<u8>> {
    Account::named(name).map(|account| account.sid)
}

/// The bytes of the caller's identifier; 1337 if it is none.
///
/// # Safety
/// `at` is NULL or an identifier that stays as it is for the call.
pub(crate) unsafe fn read<'a>(at: *const u8) -> Result<&'a [u8], Win32Error> {
    if at.is_null() || !crate::probe::readable(at as usize, 8) {
        return Err(INVALID_SID);
    }
    // SAFETY: eight bytes can be read, as was just seen, and they say how many follow.
    unsafe {
        let (revision, parts) = (*at, *at.add(1));
        let len = 8 + usize::from(parts) * 4;
        if revision != 1 || parts > MOST_PARTS || !crate::probe::readable(at as usize, len) {
            return Err(INVALID_SID);
        }
        Ok(std::slice::from_raw_parts(at, len))
    }
}

fn parts(sid: &[u8]) -> Vec<u32> {
    sid[8..].chunks_exact(4).map(|part| u32::from_ne_bytes(part.try_into().unwrap_or_default())).collect()
}

/// IsValidSid.
///
/// # Safety
/// As for [`ovl_GetLengthSid`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsValidSid(sid: *const u8) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { read(sid) }.map_or(FALSE, |_| TRUE)
}

/// GetLengthSid: bytes; 0 for what is none.
///
/// # Safety
/// `sid` is NULL or an identifier that stays as it is for the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetLengthSid(sid: *const u8) -> u32 {
    // SAFETY: the caller's promise.
    guard_or(0, || Ok(unsafe { read(sid) }?.len() as u32))
}

/// GetSidLengthRequired: bytes for so many parts.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetSidLengthRequired(parts: u8) -> u32 {
    8 + u32::from(parts) * 4
}

/// EqualSid.
///
/// # Safety
/// As for [`ovl_GetLengthSid`], both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_EqualSid(first: *const u8, second: *const u8) -> Bool {
    // SAFETY: the caller's promise.
    match unsafe { (read(first), read(second)) } {
        (Ok(first), Ok(second)) => Bool::from(first == second),
        _ => fail(INVALID_SID, FALSE),
    }
}

/// CopySid: 122 if there is too little room.
///
/// # Safety
/// `to` has `room` bytes; `from` as for [`ovl_GetLengthSid`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CopySid(room: u32, to: *mut c_void, from: *const u8) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let bytes = unsafe { read(from) }?;
        if (room as usize) < bytes.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        // SAFETY: the caller's promise.
        unsafe { output(bytes, to) }
    })
}

/// InitializeSid: an identifier of so many parts, which are zero at first; 87 for more than fifteen.
///
/// # Safety
/// `to` has room for it (GetSidLengthRequired), and `authority` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_InitializeSid(to: *mut c_void, authority: *const [u8; 6], count: u8) -> Bool {
    guard_bool(|| {
        if authority.is_null() || count > MOST_PARTS {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { output(&sid(*authority, &vec![0; usize::from(count)]), to) }
    })
}

/// GetSidIdentifierAuthority: where it stands.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetSidIdentifierAuthority(sid: *mut u8) -> *mut u8 {
    sid.wrapping_add(2)
}

/// GetSidSubAuthorityCount: where the number of parts stands.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetSidSubAuthorityCount(sid: *mut u8) -> *mut u8 {
    sid.wrapping_add(1)
}

/// GetSidSubAuthority: where a part stands.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetSidSubAuthority(sid: *mut u8, part: u32) -> *mut u32 {
    sid.wrapping_add(8 + part as usize * 4).cast()
}

/// The usual text, such as S-1-5-32-544. An authority above 32 bits is written in hexadecimal.
fn text(sid: &[u8]) -> String {
    let authority = sid[2..8].iter().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
    let first = if authority >> 32 == 0 { format!("S-1-{authority}") } else { format!("S-1-0x{authority:012X}") };
    parts(sid).iter().fold(first, |text, part| format!("{text}-{part}"))
}

pair! {
    /// ConvertSidToStringSid: the text, which LocalFree takes back.
    fn ovl_ConvertSidToStringSidA ovl_ConvertSidToStringSidW(sid: *const u8, to: *mut *mut C) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let text = crate::text::of::<C>(&text(unsafe { read(sid) }?));
            let memory = ovl_LocalAlloc(0, (text.len() + 1) * size_of::<C>()).cast::<C>();
            if memory.is_null() {
                return Err(Win32Error::NOT_ENOUGH_MEMORY);
            }
            // SAFETY: there is room for the text with its zero; the caller vouches for `to`.
            unsafe {
                put(memory, &text);
                store(to, memory)
            }
        })
    }
}

/// Somebody whom a name or an identifier stands for.
struct Account {
    sid: Vec<u8>,
    domain: OsString,
    name: OsString,
    kind: u32,
}

impl Account {
    fn known(&(authority, parts, domain, name, kind): &Known) -> Self {
        let sid = sid([0, 0, 0, 0, 0, authority], parts);
        Self { sid, domain: domain.into(), name: name.into(), kind }
    }

    fn user((user, name): (u32, OsString)) -> Self {
        Self { sid: of_user(user), domain: computer_name(), name, kind: SID_TYPE_USER }
    }

    fn group((group, name): (u32, OsString)) -> Self {
        Self { sid: of_group(group), domain: computer_name(), name, kind: SID_TYPE_GROUP }
    }

    fn of_sid(wanted: &[u8]) -> Option<Self> {
        if wanted[2..8] == UNIX {
            return match parts(wanted)[..] {
                [USERS, user] => entry_of_user(By::Number(user)).map(Self::user),
                [GROUPS, group] => entry_of_group(By::Number(group)).map(Self::group),
                _ => None,
            };
        }
        KNOWN.iter().map(Self::known).find(|known| known.sid == wanted)
    }

    /// `DOMAIN\name` or `name`; users come before groups.
    fn named(wanted: &OsStr) -> Option<Self> {
        let (domain, name) = match wanted.as_bytes().iter().rposition(|&byte| byte == b'\\') {
            Some(at) => (&wanted.as_bytes()[..at], &wanted.as_bytes()[at + 1..]),
            None => (&[][..], wanted.as_bytes()),
        };
        let in_domain = |account: &Self| domain.is_empty() || account.domain.as_bytes().eq_ignore_ascii_case(domain);
        let is_named = |account: &Self| account.name.as_bytes().eq_ignore_ascii_case(name);
        let text = CString::new(name).ok()?;
        let user = || entry_of_user(By::Name(&text)).map(Self::user);
        let group = || entry_of_group(By::Name(&text)).map(Self::group);
        let known = || KNOWN.iter().map(Self::known).find(|known| is_named(known) && in_domain(known));
        let local = || user().or_else(group).filter(in_domain);
        if name.is_empty() { None } else { local().or_else(known) }
    }
}

/// How an entry is looked for.
enum By<'a> {
    Number(u32),
    Name(&'a CStr),
}

/// Room for the texts of an entry: libc says how little would do, this is more than any entry of practice has.
const TEXTS: usize = 64 * 1024;

fn entry_of_user(by: By<'_>) -> Option<(u32, OsString)> {
    whole_entry_of_user(by).map(|(user, name, _)| (user, name))
}

/// What the user is called.
pub(crate) fn name_of_user(user: u32) -> Option<OsString> {
    entry_of_user(By::Number(user)).map(|(_, name)| name)
}

/// The user's full name, if the data base has one: what is before the first comma of its remarks.
pub(crate) fn full_name(user: u32) -> Option<OsString> {
    let (_, _, remarks) = whole_entry_of_user(By::Number(user))?;
    let name = remarks.split(|&byte| byte == b',').next().unwrap_or_default().to_vec();
    (!name.is_empty()).then(|| OsString::from_vec(name))
}

/// Number, name and remarks.
fn whole_entry_of_user(by: By<'_>) -> Option<(u32, OsString, Vec<u8>)> {
    let (mut room, mut found) = (vec![0; TEXTS], std::ptr::null_mut());
    // SAFETY: a structure of numbers and pointers, for which zero is a value.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    let (at, len) = (room.as_mut_ptr(), room.len());
    // SAFETY: all targets are ours, and the size is that of the room; once found, the texts are strings in the room.
    unsafe {
        match by {
            By::Number(user) => libc::getpwuid_r(user, &mut entry, at, len, &mut found),
            By::Name(name) => libc::getpwnam_r(name.as_ptr(), &mut entry, at, len, &mut found),
        };
        let text = |at: *const libc::c_char| CStr::from_ptr(at).to_bytes().to_vec();
        (!found.is_null()).then(|| (entry.pw_uid, OsString::from_vec(text(entry.pw_name)), text(entry.pw_gecos)))
    }
}

fn entry_of_group(by: By<'_>) -> Option<(u32, OsString)> {
    let (mut room, mut found) = (vec![0; TEXTS], std::ptr::null_mut());
    // SAFETY: a structure of numbers and pointers, for which zero is a value.
    let mut entry: libc::group = unsafe { std::mem::zeroed() };
    let (at, len) = (room.as_mut_ptr(), room.len());
    // SAFETY: as for a user.
    unsafe {
        match by {
            By::Number(group) => libc::getgrgid_r(group, &mut entry, at, len, &mut found),
            By::Name(name) => libc::getgrnam_r(name.as_ptr(), &mut entry, at, len, &mut found),
        };
        let name = || OsString::from_vec(CStr::from_ptr(entry.gr_name).to_bytes().to_vec());
        (!found.is_null()).then(|| (entry.gr_gid, name()))
    }
}

/// Puts a text into a room of `*size` units, and says how long it is; with too little room, how much it takes with its zero.
///
/// # Safety
/// `size` is writable, and `to` has so many units.
unsafe fn answer<C: Unit>(text: &OsStr, to: *mut C, size: *mut u32) -> bool {
    let text = C::from_os(text);
    // SAFETY: the caller's promise; the text fits, as was just seen.
    unsafe {
        let fits = *size as usize > text.len();
        *size = text.len() as u32 + u32::from(!fits);
        if fits && !to.is_null() {
            put(to, &text);
        }
        fits
    }
}

pair! {
    /// LookupAccountSid: name and domain; 1332 for an identifier that stands for nobody, 122 with the units needed if there is too little
    /// room.
    fn ovl_LookupAccountSidA ovl_LookupAccountSidW(
        _computer: *const C,
        sid: *const u8,
        name: *mut C,
        name_size: *mut u32,
        domain: *mut C,
        domain_size: *mut u32,
        kind: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let account = Account::of_sid(unsafe { read(sid) }?).ok_or(NONE_MAPPED)?;
            if name_size.is_null() || domain_size.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise; the sizes are not NULL.
            unsafe {
                let named = answer(&account.name, name, name_size);
                if !answer(&account.domain, domain, domain_size) || !named {
                    return Err(Win32Error::INSUFFICIENT_BUFFER);
                }
                store_if_wanted(kind, account.kind);
            }
            Ok(())
        })
    }
}

pair! {
    /// LookupAccountName: identifier and domain of a name, with or without a domain before it; 1332 for nobody's, 122 with the room needed
    /// if there is too little.
    fn ovl_LookupAccountNameA ovl_LookupAccountNameW(
        _computer: *const C,
        name: *const C,
        sid: *mut c_void,
        sid_size: *mut u32,
        domain: *mut C,
        domain_size: *mut u32,
        kind: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            if name.is_null() || sid_size.is_null() || domain_size.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: not NULL, and the caller vouches for it.
            let account = Account::named(&C::to_os(unsafe { units(name) })).ok_or(NONE_MAPPED)?;
            // SAFETY: the caller's promise; the sizes are not NULL.
            unsafe {
                let had = sid_size.replace(account.sid.len() as u32) as usize;
                if !answer(&account.domain, domain, domain_size) || had < account.sid.len() {
                    return Err(Win32Error::INSUFFICIENT_BUFFER);
                }
                output(&account.sid, sid)?;
                store_if_wanted(kind, account.kind);
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;
    use std::ptr::{null, null_mut};

    #[test]
    fn the_user_of_the_process_has_a_name_and_the_name_the_identifier() {
        // SAFETY: asks for a number.
        let own = of_user(unsafe { libc::geteuid() });
        let (mut name, mut domain) = ([0_u16; 256], [0_u16; 256]);
        let (mut units, mut others, mut kind) = (256, 256, 0);
        // SAFETY: all of it is as large as it says.
        let found = unsafe {
            let (name, domain) = (name.as_mut_ptr(), domain.as_mut_ptr());
            ovl_LookupAccountSidW(null(), own.as_ptr(), name, &mut units, domain, &mut others, &mut kind)
        };
        if found == FALSE {
            assert_eq!(last_error(), 1332, "a user without a name");
            return;
        }
        assert_eq!((kind, name[units as usize], domain[others as usize]), (SID_TYPE_USER, 0, 0));
        let mut back = [0_u8; 68];
        let (mut size, mut short) = (68, 0);
        // SAFETY: as above.
        unsafe {
            let (to, domain) = (back.as_mut_ptr().cast(), domain.as_mut_ptr());
            let failed =
                ovl_LookupAccountNameW(null(), name.as_ptr(), to, &mut size, null_mut(), &mut short, &mut kind);
            assert_eq!((failed, last_error(), short, size), (FALSE, 122, others + 1, 16));
            let found = ovl_LookupAccountNameW(null(), name.as_ptr(), to, &mut size, domain, &mut short, &mut kind);
            assert_eq!((found, ovl_EqualSid(back.as_ptr(), own.as_ptr())), (TRUE, TRUE));
        }
    }

    #[test]
    fn identifiers_that_windows_gives_out_are_known_and_others_are_nobody_s() {
        let everyone = sid([0, 0, 0, 0, 0, 1], &[0]);
        assert_eq!(Account::of_sid(&everyone).map(|found| (found.name, found.kind)), Some(("Everyone".into(), 5)));
        let named = Account::named(OsStr::new("builtin\\administrators")).map(|found| text(&found.sid));
        assert_eq!(named.as_deref(), Some("S-1-5-32-544"));
        assert!(Account::of_sid(&sid([0, 0, 0, 0, 0, 5], &[21, 1, 2, 3])).is_none());
        assert!(Account::named(OsStr::new("elsewhere\\nobody at all")).is_none());
    }

    #[test]
    fn what_is_no_identifier_is_1337() {
        let mut to = [0_u8; 12];
        // SAFETY: all of it is memory; NULL is looked for.
        unsafe {
            let bad = [9_u8; 8];
            assert_eq!((ovl_IsValidSid(null()), ovl_IsValidSid(bad.as_ptr())), (FALSE, FALSE));
            assert_eq!((ovl_CopySid(12, to.as_mut_ptr().cast(), bad.as_ptr()), last_error()), (FALSE, 1337));
            let good = sid([0, 0, 0, 0, 0, 5], &[18]);
            assert_eq!((ovl_CopySid(11, to.as_mut_ptr().cast(), good.as_ptr()), last_error()), (FALSE, 122));
            assert_eq!(ovl_CopySid(12, to.as_mut_ptr().cast(), good.as_ptr()), TRUE);
            assert_eq!(to.as_slice(), good.as_slice());
            assert_eq!(*ovl_GetSidSubAuthority(to.as_mut_ptr(), 0), 18);
        }
    }
}
