//! Control data of datagrams: WSACMSGHDR and Linux' cmsghdr (contract 08 section 6.5).
//!
//! Header and alignment are the same (16 bytes, 8); levels, types and some values differ. What has no counterpart is left
//! out of what arrives, and refused (10022) in what is to be sent.

use super::Outcome;
use overlapped_abi::WsaError;

const HEADER: usize = 16;
const IP: i32 = libc::IPPROTO_IP;
const IPV6: i32 = libc::IPPROTO_IPV6;
/// Windows' types, of both levels unless the name says.
const PKTINFO: i32 = 19;
const HOPLIMIT: i32 = 21;
const TCLASS: i32 = 39;
const IP_TOS: i32 = 3;

/// Windows' and Linux' types of the same data.
const TYPES: [(i32, i32, i32); 7] = [
    (IP, PKTINFO, libc::IP_PKTINFO),
    (IP, HOPLIMIT, libc::IP_TTL),
    (IP, TCLASS, libc::IP_TOS),
    (IP, IP_TOS, libc::IP_TOS),
    (IPV6, PKTINFO, libc::IPV6_PKTINFO),
    (IPV6, HOPLIMIT, libc::IPV6_HOPLIMIT),
    (IPV6, TCLASS, libc::IPV6_TCLASS),
];

fn align(len: usize) -> usize {
    len.next_multiple_of(size_of::<usize>())
}

fn number(bytes: &[u8]) -> i32 {
    bytes.first_chunk().map_or(0, |bytes| i32::from_ne_bytes(*bytes))
}

/// Level, type and data of each object.
fn objects(mut data: &[u8]) -> impl Iterator<Item = (i32, i32, &[u8])> {
    std::iter::from_fn(move || {
        let len = usize::from_ne_bytes(*data.first_chunk()?);
        let (level, kind) = (number(data.get(8..)?), number(data.get(12..)?));
        let object = data.get(HEADER..len)?;
        data = data.get(align(len)..).unwrap_or(&[]);
        Some((level, kind, object))
    })
}

fn push(to: &mut Vec<u8>, level: i32, kind: i32, data: &[u8]) {
    to.extend((HEADER + data.len()).to_ne_bytes());
    to.extend(level.to_ne_bytes());
    to.extend(kind.to_ne_bytes());
    to.extend(data);
    to.resize(align(to.len()), 0);
}

/// Room for Linux' form of what fits into the caller's: IN_PKTINFO is four bytes longer there.
pub(crate) fn linux_room(room: usize) -> usize {
    if room == 0 { 0 } else { room + room / 4 + HEADER }
}

/// What arrived in Windows' form, as much as there is room for; true if something was left out for want of it.
pub(crate) fn windows(linux: &[u8], room: usize) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    for (level, kind, data) in objects(linux) {
        let Some((_, ours, _)) = TYPES.iter().find(|(l, _, k)| (*l, *k) == (level, kind)) else { continue };
        let data = match (level, kind, data) {
            // { index, local address, address } becomes { address, index }.
            (IP, libc::IP_PKTINFO, [i0, i1, i2, i3, _, _, _, _, address @ ..]) => {
                [address, &[*i0, *i1, *i2, *i3]].concat()
            }
            // One byte there, a number here.
            (IP, libc::IP_TOS, [tos]) => i32::from(*tos).to_ne_bytes().to_vec(),
            (_, _, data) => data.to_vec(),
        };
        let mut one = Vec::new();
        push(&mut one, level, *ours, &data);
        if all.len() + HEADER + data.len() > room {
            return (all, true);
        }
        one.truncate(room - all.len());
        all.extend(one);
    }
    (all, false)
}

/// What is to be sent in Linux' form.
pub(crate) fn linux(windows: &[u8]) -> Outcome<Vec<u8>> {
    let mut all = Vec::new();
    for (level, kind, data) in objects(windows) {
        let (_, _, theirs) = TYPES.iter().find(|(l, k, _)| (*l, *k) == (level, kind)).ok_or(WsaError::EINVAL)?;
        match (level, kind, data) {
            // The source address, and 0 for the destination, which Linux does not look at.
            (IP, PKTINFO, [a0, a1, a2, a3, index @ ..]) => {
                let info = [index, &[*a0, *a1, *a2, *a3], &[0; 4]].concat();
                push(&mut all, level, *theirs, &info);
            }
            (_, _, data) => push(&mut all, level, *theirs, data),
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packet_information_changes_the_order_of_its_fields() {
        let mut theirs = Vec::new();
        push(&mut theirs, IP, libc::IP_PKTINFO, &[3, 0, 0, 0, 9, 9, 9, 9, 127, 0, 0, 1]);
        push(&mut theirs, IP, 99, &[1]);
        push(&mut theirs, IP, libc::IP_TOS, &[4]);
        let (ours, cut) = windows(&theirs, 100);
        let found: Vec<_> = objects(&ours).collect();
        assert_eq!(found, [(IP, PKTINFO, &[127u8, 0, 0, 1, 3, 0, 0, 0][..]), (IP, TCLASS, &[4, 0, 0, 0][..])]);
        assert!(!cut);
        assert_eq!(windows(&theirs, 24).0.len(), 24);
        assert!(windows(&theirs, 24).1 && windows(&theirs, 23).1);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let mut ours = Vec::new();
        push(&mut ours, IP, PKTINFO, &[127, 0, 0, 1, 3, 0, 0, 0]);
        let theirs = linux(&ours).unwrap();
        assert_eq!(
            objects(&theirs).next(),
            Some((IP, libc::IP_PKTINFO, &[3u8, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0][..]))
        );
        push(&mut ours, IP, 98, &[]);
        assert_eq!(linux(&ours), Err(WsaError::EINVAL));
    }

    #[test]
    fn lengths_that_lie_end_the_list() {
        let mut bytes = vec![0; 40];
        bytes[0] = 200;
        assert_eq!(objects(&bytes).count(), 0);
        bytes[0] = 3;
        assert_eq!(objects(&bytes).count(), 0);
    }
}
