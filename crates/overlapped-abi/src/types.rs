//! The structures of contract 00 §0.2, with the layouts of 64-bit Windows.
//!
//! Fields keep the order and the widths of the originals under Rust names; each structure names its
//! original. All are plain data without padding that matters, and `Send`: handles, sockets and pointers
//! are numbers here (see the [crate page](crate)).

mod console;
mod device;
mod file;
mod serial;
mod socket;

pub use console::*;
pub use device::*;
pub use file::*;
pub use serial::*;
pub use socket::*;

/// A `HANDLE` as a number. Real values are multiples of 4; the two low bits are ignored on look-up.
pub type RawHandle = usize;

/// A `SOCKET` as a number: a [`RawHandle`] of a socket.
pub type RawSocket = usize;

/// A pointer of the caller as a number. What it points to is between the caller and the face it called.
pub type Address = usize;

/// A `BOOL`: zero or not; functions return exactly 0 or 1.
pub type Bool = i32;

structs! {
    /// `OVERLAPPED` (contract 03 §2): the start offset, the event and the status block of a request.
    ///
    /// From the call until its completion has been observed it must stay where it is, and belongs to the
    /// library. A structure filled with zeros is valid.
    pub struct Overlapped: 32 {
        /// `Internal`: the request's [`Status`](crate::Status), zero-extended.
        pub internal: usize,
        /// `InternalHigh`: the bytes transferred.
        pub internal_high: usize,
        /// `Offset`: low half of the start offset; with `offset_high` also the `Pointer` of the union.
        pub offset: u32,
        /// `OffsetHigh`: high half of the start offset.
        pub offset_high: u32,
        /// `hEvent`: 0 or an event; its low bit asks for no packet (contract 06 §5).
        pub h_event: RawHandle,
    }

    /// `OVERLAPPED_ENTRY` (contract 06 §3): one packet taken from a completion port.
    pub struct OverlappedEntry: 32 {
        /// `lpCompletionKey`: the device's key, or the posted one.
        pub completion_key: usize,
        /// `lpOverlapped`: the request's `OVERLAPPED`, or any posted number.
        pub overlapped: Address,
        /// `Internal`: the status, zero-extended; 0 for posted packets.
        pub internal: usize,
        /// `dwNumberOfBytesTransferred`.
        pub bytes_transferred: u32,
    }

    /// `SECURITY_ATTRIBUTES` (contract 01 §2): of these only the inherit flag matters here.
    pub struct SecurityAttributes: 24 {
        /// `nLength`: 24.
        pub length: u32,
        /// `lpSecurityDescriptor`: 0, or a descriptor that is not looked at.
        pub security_descriptor: Address,
        /// `bInheritHandle`: whether child processes inherit the handle.
        pub inherit_handle: Bool,
    }

    /// `FILETIME` (contract 02 §1): 100-nanosecond units since 1601-01-01 UTC.
    #[derive(Hash)]
    pub struct FileTime: 8 {
        /// `dwLowDateTime`.
        pub low: u32,
        /// `dwHighDateTime`.
        pub high: u32,
    }

    /// `GUID`: names an extension function of Winsock (contract 08 §6).
    #[derive(Hash)]
    pub struct Guid: 16 {
        /// `Data1`.
        pub data1: u32,
        /// `Data2`.
        pub data2: u16,
        /// `Data3`.
        pub data3: u16,
        /// `Data4`.
        pub data4: [u8; 8],
    }
}

impl Overlapped {
    /// One for a request that starts at this offset.
    #[must_use]
    pub const fn at(offset: u64) -> Self {
        let (low, high) = split_u64(offset);
        Overlapped { internal: 0, internal_high: 0, offset: low, offset_high: high, h_event: 0 }
    }

    /// The 64-bit start offset.
    #[must_use]
    pub const fn start(&self) -> u64 {
        join_u64(self.offset, self.offset_high)
    }

    /// Sets the 64-bit start offset.
    pub const fn set_start(&mut self, offset: u64) {
        (self.offset, self.offset_high) = split_u64(offset);
    }

    /// The event without the low bit that asks for no packet; 0 if there is none.
    #[must_use]
    pub const fn event(&self) -> RawHandle {
        self.h_event & !1
    }

    /// Whether the low bit of `hEvent` asks that no packet be queued (contract 06 §5).
    #[must_use]
    pub const fn suppresses_packet(&self) -> bool {
        self.h_event & 1 != 0
    }

    /// `HasOverlappedIoCompleted`: whether the status is no longer pending.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        !crate::Status::from_internal(self.internal).is_pending()
    }
}

impl FileTime {
    /// Units of 100 ns from 1601-01-01 to 1970-01-01.
    pub const UNIX_EPOCH_TICKS: i64 = 11_644_473_600 * Self::TICKS_PER_SECOND;

    /// Units in a second.
    pub const TICKS_PER_SECOND: i64 = 10_000_000;

    /// From a count of 100-ns units since 1601.
    #[must_use]
    pub const fn from_ticks(ticks: u64) -> Self {
        let (low, high) = split_u64(ticks);
        FileTime { low, high }
    }

    /// The count of 100-ns units since 1601.
    #[must_use]
    pub const fn ticks(self) -> u64 {
        join_u64(self.low, self.high)
    }

    /// From seconds and nanoseconds since 1970; `None` before 1601 or past what the format can say.
    #[must_use]
    pub const fn from_unix(seconds: i64, nanoseconds: u32) -> Option<Self> {
        let Some(ticks) = seconds.checked_mul(Self::TICKS_PER_SECOND) else {
            return None;
        };
        let Some(ticks) = ticks.checked_add((nanoseconds / 100) as i64) else {
            return None;
        };
        match ticks.checked_add(Self::UNIX_EPOCH_TICKS) {
            Some(ticks) if ticks >= 0 => Some(Self::from_ticks(ticks as u64)),
            _ => None,
        }
    }

    /// Seconds and nanoseconds since 1970; `None` for values above `i64::MAX`, which are no times.
    #[must_use]
    pub const fn to_unix(self) -> Option<(i64, u32)> {
        let ticks = self.ticks();
        if ticks > i64::MAX as u64 {
            return None;
        }
        let ticks = ticks as i64 - Self::UNIX_EPOCH_TICKS;
        let seconds = ticks.div_euclid(Self::TICKS_PER_SECOND);
        let rest = ticks.rem_euclid(Self::TICKS_PER_SECOND) as u32;
        Some((seconds, rest * 100))
    }
}

/// `LARGE_INTEGER`: a signed 64-bit number that C code also takes as two halves (contract 00 §0.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct LargeInteger(
    /// `QuadPart`.
    pub i64,
);

impl LargeInteger {
    /// From `LowPart` and `HighPart`.
    #[must_use]
    pub const fn from_parts(low: u32, high: i32) -> Self {
        LargeInteger(join_u64(low, high as u32) as i64)
    }

    /// `LowPart`.
    #[must_use]
    pub const fn low(self) -> u32 {
        self.0 as u32
    }

    /// `HighPart`.
    #[must_use]
    pub const fn high(self) -> i32 {
        (self.0 >> 32) as i32
    }
}

/// The 64-bit number of two halves, as `nFileSizeLow` and `nFileSizeHigh` are.
#[must_use]
pub const fn join_u64(low: u32, high: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

/// The low and the high half of a 64-bit number.
#[must_use]
pub const fn split_u64(value: u64) -> (u32, u32) {
    (value as u32, (value >> 32) as u32)
}
