//! Options whose values are not the same in Windows and Linux: groups, interfaces, fragments (contract 08 section 10).

use super::options::{Value, linux_number, number};
use super::{Outcome, numbers};
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP};
use overlapped_devices::socket::Socket;

// Windows' names.
const TCP_MAXRT: i32 = 5;
const IP_MULTICAST_IF: i32 = 9;
const ADD_MEMBERSHIP: i32 = 12;
const DROP_MEMBERSHIP: i32 = 13;
const IP_DONTFRAGMENT: i32 = 14;
const IP_ADD_SOURCE_MEMBERSHIP: i32 = 15;
const IP_DROP_SOURCE_MEMBERSHIP: i32 = 16;
const IP_BLOCK_SOURCE: i32 = 17;
const IP_UNBLOCK_SOURCE: i32 = 18;
const MCAST_JOIN_GROUP: i32 = 41;
const MCAST_LEAVE_SOURCE_GROUP: i32 = 46;
const MTU_DISCOVER: i32 = 71;

/// The interface of a group: an address, or 0.x.y.z with its number.
fn interface(address: [u8; 4]) -> Option<u32> {
    let number = u32::from_be_bytes(address);
    (address[0] == 0 && number != 0).then_some(number)
}

/// Linux' `ip_mreqn`: group, address, number of the interface.
fn request(group: [u8; 4], address: [u8; 4]) -> Vec<u8> {
    match interface(address) {
        Some(number) => [group, [0; 4], number.to_ne_bytes()].concat(),
        None => [group, address, [0; 4]].concat(),
    }
}

/// An address of IPv4 at this offset; 10014 if the value is too short.
fn address(value: &[u8], offset: usize) -> Outcome<[u8; 4]> {
    value.get(offset..).and_then(|rest| rest.first_chunk()).copied().ok_or(WsaError::EFAULT)
}

/// `{ group, source, interface }` becomes `{ group, interface, source }`.
fn source_request(value: &[u8]) -> Outcome<Vec<u8>> {
    Ok([address(value, 0)?, address(value, 8)?, address(value, 4)?].concat())
}

/// Linux' names of the options for groups of any family, from MCAST_JOIN_GROUP on.
const GROUPS: [i32; 6] = [42, 45, 43, 44, 46, 47];
const STORAGE: usize = 128;

/// `{ interface, address }` or `{ interface, address, address }`, with the families exchanged.
fn group_request(value: &[u8], addresses: usize) -> Outcome<Vec<u8>> {
    let mut linux = value.get(..8 + addresses * STORAGE).ok_or(WsaError::EFAULT)?.to_vec();
    for place in linux[8..].chunks_mut(STORAGE) {
        let family = numbers::linux_family(i32::from(u16::from_ne_bytes([place[0], place[1]])))?;
        place[..2].copy_from_slice(&(family as u16).to_ne_bytes());
    }
    Ok(linux)
}

/// IP_PMTUDISC_*: Windows' 0 is whatever the system does, then do, don't, probe.
const DISCOVERIES: [u32; 4] = [1, 2, 0, 3];

pub(crate) fn set(target: &Socket, level: i32, name: i32, value: &[u8]) -> Outcome<()> {
    let (linux_level, names) = match level {
        IPPROTO_IP => (libc::IPPROTO_IP, V4),
        IPPROTO_IPV6 => (libc::IPPROTO_IPV6, V6),
        IPPROTO_TCP if name == TCP_MAXRT => {
            let milliseconds = number(value)?.saturating_mul(1000);
            return target.set_option(libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT, &milliseconds.to_ne_bytes());
        }
        _ => return Err(WsaError::ENOPROTOOPT),
    };
    let v4 = level == IPPROTO_IP;
    let (linux_name, linux) = match name {
        IP_MULTICAST_IF if v4 => (libc::IP_MULTICAST_IF, request([0; 4], address(value, 0)?)),
        ADD_MEMBERSHIP if v4 => (names.add, request(address(value, 0)?, address(value, 4)?)),
        DROP_MEMBERSHIP if v4 => (names.drop, request(address(value, 0)?, address(value, 4)?)),
        ADD_MEMBERSHIP => (names.add, value.get(..20).ok_or(WsaError::EFAULT)?.to_vec()),
        DROP_MEMBERSHIP => (names.drop, value.get(..20).ok_or(WsaError::EFAULT)?.to_vec()),
        IP_DONTFRAGMENT if v4 => {
            let on = value.first().ok_or(WsaError::EFAULT).map(|&byte| byte != 0)?;
            let mode = if on { libc::IP_PMTUDISC_DO } else { libc::IP_PMTUDISC_DONT };
            (names.discover, mode.to_ne_bytes().to_vec())
        }
        MTU_DISCOVER => {
            let mode = *DISCOVERIES.get(number(value)? as usize).ok_or(WsaError::EINVAL)?;
            (names.discover, mode.to_ne_bytes().to_vec())
        }
        IP_ADD_SOURCE_MEMBERSHIP if v4 => (libc::IP_ADD_SOURCE_MEMBERSHIP, source_request(value)?),
        IP_DROP_SOURCE_MEMBERSHIP if v4 => (libc::IP_DROP_SOURCE_MEMBERSHIP, source_request(value)?),
        IP_BLOCK_SOURCE if v4 => (libc::IP_BLOCK_SOURCE, source_request(value)?),
        IP_UNBLOCK_SOURCE if v4 => (libc::IP_UNBLOCK_SOURCE, source_request(value)?),
        MCAST_JOIN_GROUP..=MCAST_LEAVE_SOURCE_GROUP => {
            let index = (name - MCAST_JOIN_GROUP) as usize;
            (GROUPS[index], group_request(value, if index < 2 { 1 } else { 2 })?)
        }
        _ => return Err(WsaError::ENOPROTOOPT),
    };
    target.set_option(linux_level, linux_name, &linux)
}

pub(crate) fn get(target: &Socket, level: i32, name: i32) -> Outcome<Value> {
    let (level, names) = match level {
        IPPROTO_IP => (libc::IPPROTO_IP, V4),
        IPPROTO_IPV6 => (libc::IPPROTO_IPV6, V6),
        IPPROTO_TCP if name == TCP_MAXRT => {
            let milliseconds = linux_number(target, libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT)?;
            return Ok(Value::Number(milliseconds / 1000));
        }
        _ => return Err(WsaError::ENOPROTOOPT),
    };
    match name {
        IP_MULTICAST_IF if level == libc::IPPROTO_IP => {
            linux_number(target, level, libc::IP_MULTICAST_IF).map(Value::Number)
        }
        IP_DONTFRAGMENT if level == libc::IPPROTO_IP => {
            let mode = linux_number(target, level, names.discover)?;
            Ok(Value::Flag(mode == libc::IP_PMTUDISC_DO as u32))
        }
        MTU_DISCOVER => {
            let mode = linux_number(target, level, names.discover)?;
            let ours = DISCOVERIES.iter().position(|&linux| linux == mode).unwrap_or(0);
            Ok(Value::Number(ours as u32))
        }
        _ => Err(WsaError::ENOPROTOOPT),
    }
}

/// Linux' names of what both versions of IP have.
struct Names {
    add: i32,
    drop: i32,
    discover: i32,
}

const V4: Names =
    Names { add: libc::IP_ADD_MEMBERSHIP, drop: libc::IP_DROP_MEMBERSHIP, discover: libc::IP_MTU_DISCOVER };
const V6: Names =
    Names { add: libc::IPV6_ADD_MEMBERSHIP, drop: libc::IPV6_DROP_MEMBERSHIP, discover: libc::IPV6_MTU_DISCOVER };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_an_address_or_a_number() {
        assert_eq!(request([224, 0, 0, 9], [127, 0, 0, 1]), [224, 0, 0, 9, 127, 0, 0, 1, 0, 0, 0, 0]);
        let by_number = request([224, 0, 0, 9], [0, 0, 0, 2]);
        assert_eq!(by_number, [[224, 0, 0, 9], [0; 4], 2u32.to_ne_bytes()].concat());
        assert_eq!(request([224, 0, 0, 9], [0; 4])[8..], [0; 4]);
    }

    #[test]
    fn the_source_stands_before_the_interface() {
        assert_eq!(source_request(&[1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]), Ok(vec![1, 1, 1, 1, 3, 3, 3, 3, 2, 2, 2, 2]));
        assert_eq!(source_request(&[0; 11]), Err(WsaError::EFAULT));
    }

    #[test]
    fn families_in_groups_are_exchanged() {
        let mut value = vec![0; 8 + STORAGE];
        value[8] = 23;
        assert_eq!(group_request(&value, 1).unwrap()[8], libc::AF_INET6 as u8);
        assert_eq!(group_request(&value, 2), Err(WsaError::EFAULT));
    }
}
