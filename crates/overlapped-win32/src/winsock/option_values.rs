//! Options whose values are not the same in Windows and Linux: groups, interfaces, fragments (contract 08 section 10).

use super::options::{Value, key, linux_number, number};
use super::{Outcome, numbers};
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP};
use overlapped_devices::socket::Socket;

// Windows' names.
const TCP_MAXRT: i32 = 5;
const TCP_KEEPCNT: i32 = 16;
const IP_OPTIONS: i32 = 1;
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
const IPV6_PROTECTION_LEVEL: i32 = 23;
/// PROTECTION_LEVEL_UNRESTRICTED, _EDGERESTRICTED and _RESTRICTED; who goes through which router is not for a socket to say here.
const PROTECTION_LEVELS: [u32; 3] = [10, 20, 30];
/// Windows' and Linux' most probes, and TCP_MAXRT for a connection that never gives up.
const MOST_PROBES: [u32; 2] = [255, 127];
const NO_LIMIT: u32 = u32::MAX;

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
        IPPROTO_TCP => return set_tcp(target, name, value),
        _ => return Err(WsaError::ENOPROTOOPT),
    };
    let v4 = level == IPPROTO_IP;
    let (linux_name, linux) = match name {
        IP_OPTIONS if v4 => (libc::IP_OPTIONS, value.to_vec()),
        IP_MULTICAST_IF if v4 => {
            let address = address(value, 0)?;
            target.set_option(linux_level, libc::IP_MULTICAST_IF, &request([0; 4], address))?;
            // Linux says an address only.
            target.set_user_option(key(level, name), u32::from_ne_bytes(address));
            return Ok(());
        }
        IPV6_PROTECTION_LEVEL if !v4 => {
            let wanted = match number(value)? {
                // PROTECTION_LEVEL_DEFAULT.
                u32::MAX => PROTECTION_LEVELS[1],
                wanted => wanted,
            };
            if !PROTECTION_LEVELS.contains(&wanted) {
                return Err(WsaError::EINVAL);
            }
            target.set_user_option(key(level, name), wanted);
            return Ok(());
        }
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

/// Numbers that Linux has in other measures are remembered as they were given.
fn set_tcp(target: &Socket, name: i32, value: &[u8]) -> Outcome<()> {
    if ![TCP_MAXRT, TCP_KEEPCNT].contains(&name) {
        return Err(WsaError::ENOPROTOOPT);
    }
    let given = number(value)?;
    let linux = |name, number: u32| target.set_option(libc::IPPROTO_TCP, name, &number.to_ne_bytes());
    match name {
        TCP_MAXRT => {
            let milliseconds = if given == NO_LIMIT { 0 } else { given.saturating_mul(1000).min(i32::MAX as u32) };
            linux(libc::TCP_USER_TIMEOUT, milliseconds)?;
        }
        _ if given <= MOST_PROBES[0] => linux(libc::TCP_KEEPCNT, given.min(MOST_PROBES[1]))?,
        _ => return Err(WsaError::EINVAL),
    }
    target.set_user_option(key(IPPROTO_TCP, name), given);
    Ok(())
}

fn get_tcp(target: &Socket, name: i32) -> Outcome<Value> {
    let linux = |name| linux_number(target, libc::IPPROTO_TCP, name);
    let own = match name {
        TCP_MAXRT => linux(libc::TCP_USER_TIMEOUT)? / 1000,
        TCP_KEEPCNT => linux(libc::TCP_KEEPCNT)?,
        _ => return Err(WsaError::ENOPROTOOPT),
    };
    Ok(Value::Number(target.user_option(key(IPPROTO_TCP, name)).unwrap_or(own)))
}

pub(crate) fn get(target: &Socket, level: i32, name: i32) -> Outcome<Value> {
    let kept = target.user_option(key(level, name));
    let (level, names) = match level {
        IPPROTO_IP => (libc::IPPROTO_IP, V4),
        IPPROTO_IPV6 => (libc::IPPROTO_IPV6, V6),
        IPPROTO_TCP => return get_tcp(target, name),
        _ => return Err(WsaError::ENOPROTOOPT),
    };
    match name {
        IP_OPTIONS if level == libc::IPPROTO_IP => {
            let mut value = [0; 40];
            let len = target.option(level, libc::IP_OPTIONS, &mut value)?;
            Ok(Value::Bytes(value[..len].to_vec()))
        }
        IP_MULTICAST_IF if level == libc::IPPROTO_IP => {
            let linux = linux_number(target, level, libc::IP_MULTICAST_IF)?;
            Ok(Value::Number(kept.unwrap_or(linux)))
        }
        IPV6_PROTECTION_LEVEL if level == libc::IPPROTO_IPV6 => Ok(Value::Number(kept.unwrap_or(PROTECTION_LEVELS[1]))),
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
