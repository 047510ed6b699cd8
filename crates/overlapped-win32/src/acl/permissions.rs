//! Lists as Linux' permissions, and the reverse.
//!
//! A class of users (owner, group, others) gets what the list allows it, entry after entry; identifiers of others are passed over, where they
//! allow: nobody gets more than the list says. One that denies something to a user or group of Linux that is neither owner nor
//! group of the file cannot be kept, and is refused with 50.

use super::descriptors::{Descriptor, dacl};
use super::{DENIED, Entry};
use crate::sids;
use overlapped_abi::{SecurityAttributes, Win32Error};

const READ_DATA: u32 = 0x1;
const WRITE_DATA: u32 = 0x2;
const EXECUTE: u32 = 0x20;
const GENERIC_READ: u32 = 1 << 31;
const GENERIC_WRITE: u32 = 1 << 30;
const GENERIC_EXECUTE: u32 = 1 << 29;
const GENERIC_ALL: u32 = 1 << 28;
const INHERIT_ONLY: u8 = 0x8;
/// FILE_GENERIC_READ, _WRITE and _EXECUTE, and what an owner has besides: DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYNCHRONIZE.
const RIGHTS: [(u32, u32); 3] = [(4, 0x12_0089), (2, 0x12_0116), (1, 0x12_00A0)];
const OWNERS: u32 = 0x1F_0000;
const ALL: u32 = 0x1F_01FF;

fn known(authority: u8, parts: &[u32]) -> Vec<u8> {
    sids::sid([0, 0, 0, 0, 0, authority], parts)
}

/// The three bits of a mask.
fn bits(rights: u32) -> u32 {
    let any = |mask: u32| u32::from(rights & (mask | GENERIC_ALL) != 0);
    any(READ_DATA | GENERIC_READ) << 2 | any(WRITE_DATA | GENERIC_WRITE) << 1 | any(EXECUTE | GENERIC_EXECUTE)
}

/// The permissions of a file with this owner and group.
pub fn of_list(list: &[Entry], user: u32, group: u32) -> Result<u32, Win32Error> {
    let everyone = [known(1, &[0]), known(5, &[11]), known(5, &[32, 545])];
    let groups = [sids::of_group(group), known(3, &[1])];
    let users = [sids::of_user(user), known(3, &[0]), known(3, &[4])];
    let (mut allowed, mut denied) = ([0; 3], [0; 3]);
    for entry in list.iter().filter(|entry| entry.flags() & INHERIT_ONLY == 0) {
        let Some((rights, sid)) = entry.plain() else { return Err(Win32Error::NOT_SUPPORTED) };
        let is = |of: &[Vec<u8>]| of.iter().any(|known| known == sid);
        // Of owner, group and others, whom it concerns.
        let whom = if is(&everyone) {
            0..3
        } else if is(&groups) {
            // The owner is taken to be in the group.
            0..2
        } else if is(&users) {
            0..1
        } else if entry.kind() == DENIED && sids::is_of_linux(sid) {
            return Err(Win32Error::NOT_SUPPORTED);
        } else {
            continue;
        };
        for class in whom {
            if entry.kind() == DENIED {
                denied[class] |= bits(rights) & !allowed[class];
            } else {
                allowed[class] |= bits(rights) & !denied[class];
            }
        }
    }
    Ok(allowed[0] << 6 | allowed[1] << 3 | allowed[2])
}

/// The list that these permissions amount to.
pub fn to_list(mode: u32, user: u32, group: u32) -> Vec<Entry> {
    let rights = |class: u32| {
        let bits = mode >> (3 * class) & 7;
        RIGHTS.iter().filter(|(bit, _)| bits & bit != 0).fold(0, |all, (_, rights)| all | rights)
    };
    let owner = if mode >> 6 & 7 == 7 { ALL } else { rights(2) | OWNERS };
    let mut list = Vec::new();
    // Linux asks the first class that somebody is in, so what the owner or the group lacks is denied to them.
    let (group_has, others_have) = (rights(1), rights(0));
    let lacks = |has: u32, others: u32| others & !has;
    let entries = [
        (DENIED, lacks(owner, group_has | others_have), sids::of_user(user)),
        (super::ALLOWED, owner, sids::of_user(user)),
        (DENIED, lacks(group_has, others_have), sids::of_group(group)),
        (super::ALLOWED, group_has, sids::of_group(group)),
        (super::ALLOWED, others_have, known(1, &[0])),
    ];
    list.extend(
        entries.iter().filter(|entry| entry.1 != 0).map(|(kind, rights, sid)| Entry::new(*kind, 0, *rights, sid)),
    );
    list
}

/// The permissions of what is made with these attributes; `None` if they name no list, so that it has the usual ones. 1338 for what is
/// no descriptor.
///
/// # Safety
/// `attributes` is NULL or valid.
pub unsafe fn of_attributes(attributes: *const SecurityAttributes) -> Result<Option<u32>, Win32Error> {
    // SAFETY: the caller's promise.
    let Some(attributes) = (unsafe { attributes.as_ref() }) else { return Ok(None) };
    let descriptor = attributes.security_descriptor as *const Descriptor;
    if descriptor.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    let Some(list) = (unsafe { dacl(descriptor) })?.filter(|list| !list.is_null()) else { return Ok(None) };
    // SAFETY: the caller's promise.
    let list = unsafe { super::read(list) }?;
    // SAFETY: asks for numbers.
    let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
    of_list(&list, user, group).map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::{ALLOWED, written};
    use super::*;

    #[test]
    fn a_list_for_its_owner_alone_leaves_nobody_else_in() {
        let list = [Entry::new(ALLOWED, 0, GENERIC_ALL, &sids::of_user(7))];
        assert_eq!(of_list(&list, 7, 8), Ok(0o700));
        assert_eq!(of_list(&list, 9, 8), Ok(0), "whoever it is for");
        assert_eq!(of_list(&[], 7, 8), Ok(0));
        let administrators = [Entry::new(ALLOWED, 0, ALL, &known(5, &[32, 544]))];
        assert_eq!(of_list(&administrators, 7, 8), Ok(0));
    }

    #[test]
    fn entries_are_asked_in_their_order() {
        let deny = Entry::new(DENIED, 0, WRITE_DATA, &known(1, &[0]));
        let allow = Entry::new(ALLOWED, 0, GENERIC_READ | GENERIC_WRITE, &known(1, &[0]));
        let own = Entry::new(ALLOWED, 0, GENERIC_WRITE, &known(3, &[0]));
        assert_eq!(of_list(&[deny.clone(), allow.clone()], 1, 1), Ok(0o444));
        assert_eq!(of_list(&[allow.clone(), deny.clone()], 1, 1), Ok(0o666));
        assert_eq!(of_list(&[own, deny, allow.clone()], 1, 1), Ok(0o644));
        let inherited = Entry::new(DENIED, INHERIT_ONLY, ALL, &known(1, &[0]));
        assert_eq!(of_list(&[inherited, allow.clone()], 1, 1), Ok(0o666));
        let network = Entry::new(DENIED, 0, ALL, &known(5, &[2]));
        assert_eq!(of_list(&[network, allow.clone()], 1, 1), Ok(0o666));
        let other = Entry::new(DENIED, 0, ALL, &sids::of_user(5));
        assert_eq!(of_list(&[other, allow], 1, 1), Err(Win32Error::NOT_SUPPORTED));
    }

    #[test]
    fn permissions_come_back_from_their_list() {
        for mode in 0..0o1000 {
            let list = to_list(mode, 3, 4);
            assert_eq!(of_list(&list, 3, 4), Ok(mode), "{mode:o}");
            let bytes = written(&list).unwrap();
            // SAFETY: our own bytes.
            assert_eq!(unsafe { super::super::read(bytes.as_ptr()) }.unwrap(), list);
        }
    }
}
