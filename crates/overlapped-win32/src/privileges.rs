//! Privileges of a token, which disk tools, debuggers and services switch on before they do what needs them.
//!
//! Linux asks the user, the capabilities and the permissions of a file, not these. So they are names that can be looked up, and a process
//! has those for which its rights stand anyway: root has all; anybody else has those of an ordinary user and those that need no right
//! here (SeManageVolumePrivilege, for SetFileValidData, SeCreateSymbolicLinkPrivilege, SeCreateGlobalPrivilege). What is switched on is
//! remembered for the process; nothing depends on it.

use crate::arguments::pair;
use crate::security::check_token;
use crate::support::{Bool, RawHandle, guard_bool, set_last_error};
use crate::text::{Unit, of, put, units};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};

const NOT_ALL_ASSIGNED: u32 = 1300;
const NO_TOKEN: Win32Error = Win32Error(1008);
const NO_SUCH_PRIVILEGE: Win32Error = Win32Error(1313);
const ENABLED_BY_DEFAULT: u32 = 1;
const ENABLED: u32 = 2;
const REMOVED: u32 = 4;
const USED_FOR_ACCESS: u32 = 0x8000_0000;
/// `PRIVILEGE_SET_ALL_NECESSARY`.
const ALL_NECESSARY: u32 = 1;

/// The names, the number of the first being 2.
const NAMES: [&str; 35] = [
    "SeCreateTokenPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeLockMemoryPrivilege",
    "SeIncreaseQuotaPrivilege",
    "SeMachineAccountPrivilege",
    "SeTcbPrivilege",
    "SeSecurityPrivilege",
    "SeTakeOwnershipPrivilege",
    "SeLoadDriverPrivilege",
    "SeSystemProfilePrivilege",
    "SeSystemtimePrivilege",
    "SeProfileSingleProcessPrivilege",
    "SeIncreaseBasePriorityPrivilege",
    "SeCreatePagefilePrivilege",
    "SeCreatePermanentPrivilege",
    "SeBackupPrivilege",
    "SeRestorePrivilege",
    "SeShutdownPrivilege",
    "SeDebugPrivilege",
    "SeAuditPrivilege",
    "SeSystemEnvironmentPrivilege",
    "SeChangeNotifyPrivilege",
    "SeRemoteShutdownPrivilege",
    "SeUndockPrivilege",
    "SeSyncAgentPrivilege",
    "SeEnableDelegationPrivilege",
    "SeManageVolumePrivilege",
    "SeImpersonatePrivilege",
    "SeCreateGlobalPrivilege",
    "SeTrustedCredManAccessPrivilege",
    "SeRelabelPrivilege",
    "SeIncreaseWorkingSetPrivilege",
    "SeTimeZonePrivilege",
    "SeCreateSymbolicLinkPrivilege",
    "SeDelegateSessionUserImpersonatePrivilege",
];
const FIRST: u32 = 2;
/// SeShutdown, SeChangeNotify, SeUndock, SeIncreaseWorkingSet and SeTimeZone; then what needs no right here.
const OF_EVERYBODY: u64 = 1 << 19 | 1 << 23 | 1 << 25 | 1 << 33 | 1 << 34 | 1 << 28 | 1 << 30 | 1 << 35;
/// SeChangeNotify, SeImpersonate and SeCreateGlobal.
const ON_AT_FIRST: u64 = 1 << 23 | 1 << 29 | 1 << 30;

/// Bit n stands for number n.
static ON: AtomicU64 = AtomicU64::new(ON_AT_FIRST);
static GIVEN_UP: AtomicU64 = AtomicU64::new(0);

/// The privileges that the process has, on or off.
fn held() -> u64 {
    let all = (1 << (FIRST as usize + NAMES.len())) - (1 << FIRST);
    let own = if rustix::process::geteuid().is_root() { all } else { OF_EVERYBODY };
    own & !GIVEN_UP.load(Ordering::Relaxed)
}

/// `LUID`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Luid {
    low: u32,
    high: i32,
}

/// `LUID_AND_ATTRIBUTES`, of which `TOKEN_PRIVILEGES` has many behind their count.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Privilege {
    luid: Luid,
    attributes: u32,
}

impl Luid {
    fn bit(self) -> u64 {
        let known = self.high == 0 && (FIRST..FIRST + NAMES.len() as u32).contains(&self.low);
        if known { 1 << self.low } else { 0 }
    }
}

pair! {
    /// LookupPrivilegeValue: 1313 for a name that is none. Case does not matter, and all computers have the same.
    fn ovl_LookupPrivilegeValueA ovl_LookupPrivilegeValueW(_computer: *const C, name: *const C, to: *mut Luid) -> Bool {
        guard_bool(|| {
            if name.is_null() {
                return Err(NO_SUCH_PRIVILEGE);
            }
            // SAFETY: not NULL, and the caller vouches for it.
            let name = C::to_os(unsafe { units(name) });
            let found = NAMES.iter().position(|known| name.eq_ignore_ascii_case(known)).ok_or(NO_SUCH_PRIVILEGE)?;
            // SAFETY: the caller's promise.
            unsafe { crate::arguments::store(to, Luid { low: FIRST + found as u32, high: 0 }) }
        })
    }
}

pair! {
    /// LookupPrivilegeName: 1313 for a number that is none; 122 with the room needed, zero included.
    fn ovl_LookupPrivilegeNameA ovl_LookupPrivilegeNameW(_computer: *const C, number: *const Luid, to: *mut C, room: *mut u32) -> Bool {
        guard_bool(|| {
            if number.is_null() || room.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: not NULL, and the caller vouches for it.
            let number = unsafe { number.read() };
            if number.bit() == 0 {
                return Err(NO_SUCH_PRIVILEGE);
            }
            let name = of::<C>(NAMES[(number.low - FIRST) as usize]);
            // SAFETY: as above.
            let had = unsafe { room.read() } as usize;
            if to.is_null() || had <= name.len() {
                // SAFETY: as above.
                unsafe { room.write(name.len() as u32 + 1) };
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            // SAFETY: it fits, with its zero.
            unsafe {
                put(to, &name);
                room.write(name.len() as u32);
            }
            Ok(())
        })
    }
}

/// AdjustTokenPrivileges: switches privileges on and off, or gives them up. TRUE also if the process does not have all of them; the last
/// error is then 1300, else 0. 122 if there is no room for what was changed, and then nothing is.
///
/// # Safety
/// `new` is NULL or a `TOKEN_PRIVILEGES`, `before` NULL or so much room, `needed` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AdjustTokenPrivileges(
    token: RawHandle,
    disable_all: Bool,
    new: *const c_void,
    room: u32,
    before: *mut c_void,
    needed: *mut u32,
) -> Bool {
    let mut missing = false;
    let done = guard_bool(|| {
        check_token(token)?;
        let (held, on) = (held(), ON.load(Ordering::Relaxed));
        let mut wanted: Vec<Privilege> = Vec::new();
        if disable_all != 0 {
            let all = (FIRST..64).filter(|number| on & held & 1 << number != 0);
            wanted.extend(all.map(|low| Privilege { luid: Luid { low, high: 0 }, attributes: 0 }));
        } else if !new.is_null() {
            // SAFETY: the caller vouches for a count and as many entries, which need not be aligned to more than four bytes.
            unsafe {
                let entries = new.cast::<u32>().add(1).cast::<Privilege>();
                wanted.extend((0..new.cast::<u32>().read() as usize).map(|place| entries.add(place).read()));
            }
        } else {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        missing = wanted.iter().any(|one| one.luid.bit() & held == 0);
        wanted.retain(|one| one.luid.bit() & held != 0);
        let attributes = |bit: u64| {
            (if on & bit == 0 { 0 } else { ENABLED }) | if ON_AT_FIRST & bit == 0 { 0 } else { ENABLED_BY_DEFAULT }
        };
        let changes = |one: &&Privilege| {
            (one.attributes & ENABLED != 0) != (on & one.luid.bit() != 0) || one.attributes & REMOVED != 0
        };
        let changed: Vec<Privilege> = wanted
            .iter()
            .filter(changes)
            .map(|one| Privilege { luid: one.luid, attributes: attributes(one.luid.bit()) })
            .collect();
        if !before.is_null() {
            let bytes = 4 + changed.len().max(1) * size_of::<Privilege>();
            // SAFETY: the caller's promise.
            unsafe { crate::arguments::store_if_wanted(needed, bytes as u32) };
            if (room as usize) < bytes {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            // SAFETY: there is room, for which the caller vouches.
            unsafe {
                before.cast::<u32>().write(changed.len() as u32);
                let entries = before.cast::<u32>().add(1).cast::<Privilege>();
                changed.iter().enumerate().for_each(|(place, one)| entries.add(place).write(*one));
            }
        }
        for one in wanted {
            let bit = one.luid.bit();
            if one.attributes & REMOVED != 0 {
                GIVEN_UP.fetch_or(bit, Ordering::Relaxed);
            }
            if one.attributes & (ENABLED | REMOVED) == ENABLED {
                ON.fetch_or(bit, Ordering::Relaxed);
            } else {
                ON.fetch_and(!bit, Ordering::Relaxed);
            }
        }
        Ok(())
    });
    if done != 0 {
        set_last_error(if missing { NOT_ALL_ASSIGNED } else { 0 });
    }
    done
}

/// PrivilegeCheck: are all of these on, or any of them if PRIVILEGE_SET_ALL_NECESSARY is not asked for? Those that are get
/// SE_PRIVILEGE_USED_FOR_ACCESS. None are all of none, and not one of none.
///
/// # Safety
/// `asked` is NULL or a `PRIVILEGE_SET`, which is written to; `has` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_PrivilegeCheck(token: RawHandle, asked: *mut c_void, has: *mut Bool) -> Bool {
    guard_bool(|| {
        check_token(token)?;
        if asked.is_null() || has.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        let on = held() & ON.load(Ordering::Relaxed);
        // SAFETY: the caller vouches for a count, the control word and as many entries, all of four-byte fields.
        unsafe {
            let (count, control) = (asked.cast::<u32>().read(), asked.cast::<u32>().add(1).read());
            let entries = asked.cast::<u32>().add(2).cast::<Privilege>();
            let mut found = 0;
            for place in 0..count as usize {
                let mut one = entries.add(place).read();
                if one.luid.bit() & on != 0 {
                    found += 1;
                    one.attributes |= USED_FOR_ACCESS;
                    entries.add(place).write(one);
                }
            }
            let all = control & ALL_NECESSARY != 0;
            has.write(Bool::from(if all { found == count } else { found > 0 }));
        }
        Ok(())
    })
}

/// OpenThreadToken: 1008, no thread has a token of its own.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_OpenThreadToken(_thread: RawHandle, _access: u32, _as_self: Bool, _to: *mut RawHandle) -> Bool {
    guard_bool(|| Err(NO_TOKEN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::ovl_OpenProcessToken;
    use crate::support::last_error;

    #[test]
    fn a_privilege_is_found_by_its_name_and_switched_on() {
        let mut luid = Luid { low: 0, high: 0 };
        // SAFETY: names end with zeros, and the rest is ours.
        unsafe {
            assert_eq!(
                ovl_LookupPrivilegeValueA(std::ptr::null(), c"semanagevolumeprivilege".as_ptr().cast(), &mut luid),
                1
            );
            assert_eq!(luid, Luid { low: 28, high: 0 });
            assert_eq!(ovl_LookupPrivilegeValueA(std::ptr::null(), c"SeNoPrivilege".as_ptr().cast(), &mut luid), 0);
            assert_eq!(last_error(), 1313);
            let (mut name, mut room) = ([0u8; 64], 3);
            assert_eq!(
                (ovl_LookupPrivilegeNameA(std::ptr::null(), &luid, name.as_mut_ptr(), &mut room), last_error(), room),
                (0, 122, 24)
            );
            assert_eq!(
                (ovl_LookupPrivilegeNameA(std::ptr::null(), &luid, name.as_mut_ptr(), &mut room), room),
                (1, 23)
            );
            assert_eq!(&name[..24], b"SeManageVolumePrivilege\0");

            let mut token = 0;
            assert_eq!(ovl_OpenProcessToken(usize::MAX, 0x28, &mut token), 1);
            let (new, mut before, mut needed) = ([1u32, 28, 0, ENABLED], [9u32; 4], 0);
            let mut adjust = |room| {
                ovl_AdjustTokenPrivileges(token, 0, new.as_ptr().cast(), room, before.as_mut_ptr().cast(), &mut needed)
            };
            assert_eq!((adjust(15), last_error()), (0, 122));
            assert_eq!((adjust(16), last_error()), (1, 0));
            assert_eq!((adjust(16), last_error()), (1, 0));
            assert_eq!((needed, before[0]), (16, 0), "it was on already");
            let unknown = [1u32, 99, 0, ENABLED];
            let adjusted = ovl_AdjustTokenPrivileges(
                token,
                0,
                unknown.as_ptr().cast(),
                0,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            );
            assert_eq!((adjusted, last_error()), (1, 1300), "it succeeds, and says what it could not do");
            assert_eq!(
                ovl_AdjustTokenPrivileges(0, 0, new.as_ptr().cast(), 0, std::ptr::null_mut(), std::ptr::null_mut()),
                0
            );
            // SeChangeNotify is on from the beginning for everybody; 99 is none.
            let check = |set: &mut [u32; 8]| {
                let mut has = 7;
                assert_eq!(ovl_PrivilegeCheck(token, set.as_mut_ptr().cast(), &mut has), 1);
                (has, set[4] >> 31, set[7] >> 31)
            };
            assert_eq!(check(&mut [2, 1, 23, 0, 0, 99, 0, 0]), (0, 1, 0), "all are asked for");
            assert_eq!(check(&mut [2, 0, 23, 0, 0, 99, 0, 0]), (1, 1, 0), "one is enough");
            assert_eq!(check(&mut [2, 1, 23, 0, 0, 28, 0, ENABLED]), (1, 1, 1), "it was switched on above");
            assert_eq!((check(&mut [0; 8]).0, check(&mut [0, 1, 0, 0, 0, 0, 0, 0]).0), (0, 1), "of none");
            assert_eq!(ovl_PrivilegeCheck(token, std::ptr::null_mut(), std::ptr::null_mut()), 0);
            let mut has = 7;
            assert_eq!((ovl_PrivilegeCheck(0, [0u32; 2].as_mut_ptr().cast(), &mut has), last_error(), has), (0, 6, 7));
            assert_eq!(crate::handleapi::ovl_CloseHandle(token), 1);
        }
        assert_eq!((ovl_OpenThreadToken(usize::MAX - 1, 8, 1, std::ptr::null_mut()), last_error()), (0, 1008));
    }
}
