//! Answers that are laid out in the caller's buffer: information classes and control codes.

use overlapped_abi::Win32Error;

/// What goes into the caller's buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The bytes, no more than there was room for.
    pub bytes: Vec<u8>,
    /// There would have been more: the call answers 234.
    pub more: bool,
}

impl Answer {
    /// Everything that was asked for.
    pub(crate) fn whole(bytes: Vec<u8>) -> Self {
        Self { bytes, more: false }
    }

    /// As much as there is room for.
    pub(crate) fn cut(mut bytes: Vec<u8>, room: usize) -> Self {
        let more = bytes.len() > room;
        bytes.truncate(room);
        Self { bytes, more }
    }

    /// 234 if the bytes are only the first part.
    pub fn error(&self) -> Result<(), Win32Error> {
        if self.more { Err(Win32Error::MORE_DATA) } else { Ok(()) }
    }
}

/// A structure in the making, field by field.
#[derive(Default)]
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    pub fn i64(self, value: i64) -> Self {
        self.bytes(&value.to_ne_bytes())
    }

    /// An unsigned size, as the signed field that holds it.
    pub fn size(self, value: u64) -> Self {
        self.i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    pub fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_ne_bytes())
    }

    pub fn u16(self, value: u16) -> Self {
        self.bytes(&value.to_ne_bytes())
    }

    pub fn u8(self, value: u8) -> Self {
        self.bytes(&[value])
    }

    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn units(mut self, units: &[u16]) -> Self {
        self.0.extend(units.iter().flat_map(|unit| unit.to_ne_bytes()));
        self
    }

    /// Zeros up to this length.
    pub fn padded(mut self, len: usize) -> Self {
        self.0.resize(len.max(self.0.len()), 0);
        self
    }

    pub fn done(self) -> Vec<u8> {
        self.0
    }
}
