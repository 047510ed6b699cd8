//! A message to other computers' mailslots: one datagram, with the name of the slot and a number by which it is known again if it comes twice
//! (contract 07 section 4.2).

use crate::channel::{Fields, Malformed, Writer};
use overlapped_abi::constants::pipe::MAILSLOT_MAX_BROADCAST;
use overlapped_kernel::namespace::ObjectName;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::post::MessageId;

/// What every such datagram begins with; the last byte is the version of the format.
const MAGIC: &[u8; 5] = b"OVMS\x01";
/// The most bytes in a message to other computers.
pub(super) const LONGEST: usize = MAILSLOT_MAX_BROADCAST as usize;
/// The most bytes in the name of a slot that other computers are told.
const LONGEST_NAME: usize = 1024;
/// Room for any datagram.
pub(super) const ROOM: usize = 2048;

/// A message on its way to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub name: ObjectName,
    pub id: MessageId,
    pub message: Vec<u8>,
}

impl Letter {
    /// The datagram; `None` for a name that is too long for one.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let name = self.name.folded().as_bytes();
        let fits = name.len() <= LONGEST_NAME && self.message.len() <= LONGEST;
        let head = Writer::new().rest(MAGIC).u64(self.id.0).u64(self.id.1);
        fits.then(|| head.bytes(name).rest(&self.message).finish())
    }

    pub fn parse(datagram: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(datagram.strip_prefix(MAGIC).ok_or(Malformed)?);
        let id = MessageId(fields.u64()?, fields.u64()?);
        let name = fields.bytes()?;
        let message = fields.rest();
        if name.is_empty() || name.len() > LONGEST_NAME || name.contains(&0) || message.len() > LONGEST {
            return Err(Malformed);
        }
        Ok(Self { name: ObjectName::new(OsStr::from_bytes(name)), id, message: message.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letter(name: &str, message: Vec<u8>) -> Letter {
        Letter { name: ObjectName::from(name), id: MessageId(1, 2), message }
    }

    proptest! {
        #[test]
        fn letters_survive_the_way_and_nothing_else_is_one(
            message in prop::collection::vec(any::<u8>(), 0..425),
            cut in 1_usize..30,
            noise in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let sent = letter("dir\\Slot", message);
            let datagram = sent.encode().unwrap();
            prop_assert!(datagram.len() <= ROOM);
            prop_assert_eq!(Letter::parse(&datagram), Ok(sent));
            prop_assert_eq!(Letter::parse(&datagram[..cut.min(28)]), Err(Malformed));
            let _ = Letter::parse(&[&MAGIC[..], &noise].concat());
        }
    }

    #[test]
    fn a_datagram_with_a_long_message_or_a_bad_name_is_none_07_4_2() {
        assert_eq!(letter("a", vec![0; 425]).encode(), None);
        assert_eq!(letter(&"a".repeat(1025), vec![]).encode(), None);
        let good = letter("ab", vec![7; 424]).encode().unwrap();
        assert_eq!(Letter::parse(&[&good[..], &[7]].concat()), Err(Malformed));
        let at = good.windows(2).position(|two| two == b"AB").unwrap();
        let mut zero = good.clone();
        zero[at] = 0;
        assert_eq!(Letter::parse(&zero), Err(Malformed));
        let mut long = good;
        long[at - 4..at].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Letter::parse(&long), Err(Malformed));
    }
}
