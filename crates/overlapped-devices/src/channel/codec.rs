//! What goes over a connection: frames, and the fields in their bodies.
//!
//! A frame is a head of [`HEAD`] bytes and a body, both little-endian:
//!
//! | Bytes | Field |
//! |---|---|
//! | 0..4 | length of the body |
//! | 4..6 | operation; those from [`RESERVED`] on are the channel's own |
//! | 6 | version of the format, [`VERSION`] |
//! | 7 | 0 |
//! | 8..16 | tag: which question an answer belongs to; its meaning is the device's |
//!
//! What comes from another process is looked at here once and completely: an unknown version, a length beyond the receiver's limit, a field
//! that ends outside its body or bytes behind the last field are [`Malformed`], and end that connection and nothing else. Memory is taken for bytes
//! that have come, never for what a head announces.

use std::fmt;

/// Bytes before the body of a frame.
pub const HEAD: usize = 16;
/// The format that this module reads and writes.
pub const VERSION: u8 = 2;
/// The first of the operations that devices must not use.
pub const RESERVED: u16 = 0xFF00;
/// What a body may be long before the receiver has said otherwise, in bytes.
pub const USUAL_LIMIT: u32 = 1 << 20;

/// The other side does not keep to the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the other process does not keep to the format of the channel")
    }
}

impl std::error::Error for Malformed {}

/// One message of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it is about.
    pub operation: u16,
    /// Which question an answer belongs to.
    pub tag: u64,
    /// The rest, often made of [`Fields`].
    pub body: Vec<u8>,
}

/// The bytes before a body.
#[must_use]
pub fn head(operation: u16, tag: u64, length: u32) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4..6].copy_from_slice(&operation.to_le_bytes());
    head[6] = VERSION;
    head[8..].copy_from_slice(&tag.to_le_bytes());
    head
}

/// The head of a frame as it was read: operation, tag, and how long the body will be.
fn parse_head(head: &[u8; HEAD], limit: u32) -> Result<(u16, u64, usize), Malformed> {
    let [a, b, c, d, e, f, version, zero, tag @ ..] = *head;
    let length = u32::from_le_bytes([a, b, c, d]);
    if version != VERSION || zero != 0 || length > limit {
        return Err(Malformed);
    }
    let length = usize::try_from(length).map_err(|_| Malformed)?;
    Ok((u16::from_le_bytes([e, f]), u64::from_le_bytes(tag), length))
}

/// Makes frames of bytes as they come.
#[derive(Debug)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// So many at the beginning have become frames.
    used: usize,
    limit: u32,
}

impl Decoder {
    /// Bodies may have `limit` bytes.
    #[must_use]
    pub fn new(limit: u32) -> Self {
        Self { bytes: Vec::new(), used: 0, limit }
    }

    /// From now on, bodies may have `limit` bytes.
    pub fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// More bytes have come.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.used > 0 {
            self.bytes.drain(..self.used);
            self.used = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame that is complete.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Malformed> {
        let rest = &self.bytes[self.used..];
        let Some((first, rest)) = rest.split_first_chunk::<HEAD>() else { return Ok(None) };
        let (operation, tag, length) = parse_head(first, self.limit)?;
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let frame = Frame { operation, tag, body: body.to_vec() };
        self.used += HEAD + length;
        if self.used == self.bytes.len() {
            self.bytes.clear();
            self.used = 0;
            // One long message must not keep its memory for ever.
            self.bytes.shrink_to(1 << 16);
        }
        Ok(Some(frame))
    }

    /// How many bytes the frame that has begun, or its head, still needs; at least one.
    #[must_use]
    pub fn missing(&self) -> usize {
        let rest = &self.bytes[self.used..];
        let length = rest.split_first_chunk::<HEAD>().and_then(|(first, _)| parse_head(first, self.limit).ok());
        (HEAD + length.map_or(0, |(_, _, length)| length)).saturating_sub(rest.len()).max(1)
    }

    /// Has a frame begun that is not complete?
    #[must_use]
    pub fn is_midway(&self) -> bool {
        self.used < self.bytes.len()
    }
}

/// Writes the fields of a body.
#[derive(Clone, Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One byte.
    #[must_use]
    pub fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    /// Four bytes.
    #[must_use]
    pub fn u32(mut self, value: u32) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Eight bytes.
    #[must_use]
    pub fn u64(mut self, value: u64) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// A length and so many bytes; of more than 4 GiB, only the first.
    #[must_use]
    pub fn bytes(self, value: &[u8]) -> Self {
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        let mut this = self.u32(length);
        this.0.extend_from_slice(&value[..length as usize]);
        this
    }

    /// The bytes as they are, without a length: for what comes last.
    #[must_use]
    pub fn rest(mut self, value: &[u8]) -> Self {
        self.0.extend_from_slice(value);
        self
    }

    /// The body.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads the fields of a body, in the order in which [`Writer`] wrote them.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Those of `body`.
    #[must_use]
    pub fn of(body: &'a [u8]) -> Self {
        Self(body)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, Malformed> {
        self.array().map(u8::from_le_bytes)
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_le_bytes)
    }

    /// A length and so many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(self.u32()?).map_err(|_| Malformed)?;
        let (first, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(first)
    }

    /// Everything that is left.
    #[must_use]
    pub fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Nothing may be left.
    pub fn finish(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(frame: &Frame) -> Vec<u8> {
        let head = head(frame.operation, frame.tag, u32::try_from(frame.body.len()).unwrap());
        [&head[..], &frame.body].concat()
    }

    fn frames() -> impl Strategy<Value = Vec<Frame>> {
        let frame = (any::<u16>(), any::<u64>(), prop::collection::vec(any::<u8>(), 0..200));
        prop::collection::vec(frame.prop_map(|(operation, tag, body)| Frame { operation, tag, body }), 0..12)
    }

    proptest! {
        #[test]
        fn frames_survive_every_way_of_cutting_their_bytes(frames in frames(), cuts in prop::collection::vec(1_usize..50, 1..40)) {
            let bytes: Vec<u8> = frames.iter().flat_map(encode).collect();
            let (mut decoder, mut out, mut rest) = (Decoder::new(200), Vec::new(), &bytes[..]);
            let mut cuts = cuts.iter().cycle();
            while !rest.is_empty() {
                let (now, later) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
                decoder.push(now);
                while let Some(frame) = decoder.next_frame().unwrap() {
                    out.push(frame);
                }
                rest = later;
            }
            prop_assert_eq!(out, frames);
            prop_assert!(!decoder.is_midway());
        }

        #[test]
        fn any_bytes_are_frames_or_malformed(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut decoder = Decoder::new(64);
            decoder.push(&bytes);
            while let Ok(Some(frame)) = decoder.next_frame() {
                prop_assert!(frame.body.len() <= 64);
            }
        }
    }

    #[test]
    fn another_version_a_long_body_and_a_set_zero_are_malformed() {
        let good = encode(&Frame { operation: 1, tag: 2, body: vec![0; 8] });
        let spoiled = |at: usize, value: u8| {
            let mut bytes = good.clone();
            bytes[at] = value;
            let mut decoder = Decoder::new(8);
            decoder.push(&bytes);
            decoder.next_frame()
        };
        assert!(spoiled(8, 7).is_ok_and(|frame| frame.is_some_and(|frame| frame.tag == 7)));
        for (at, value) in [(6, 1), (7, 1), (0, 9), (3, 0x80)] {
            assert_eq!(spoiled(at, value), Err(Malformed), "byte {at}");
        }
    }

    #[test]
    fn fields_end_inside_their_body_and_leave_nothing() {
        let body = Writer::new().u8(1).u32(2).u64(3).bytes(b"four").rest(b"five").finish();
        let mut fields = Fields::of(&body);
        assert_eq!((fields.u8(), fields.u32(), fields.u64()), (Ok(1), Ok(2), Ok(3)));
        assert_eq!(fields.bytes(), Ok(&b"four"[..]));
        assert_eq!(fields.finish(), Err(Malformed));
        assert_eq!(fields.rest(), b"five");
        let mut short = Fields::of(&body[..15]);
        assert_eq!((short.u8(), short.u32(), short.u64()), (Ok(1), Ok(2), Ok(3)));
        assert_eq!((short.bytes(), Fields::of(&[9, 0, 0, 0]).bytes()), (Err(Malformed), Err(Malformed)));
    }
}
