//! The bits that kernel code combines, as typed sets: access, sharing, open flags (contract 01 §2).
//!
//! Each keeps bits it does not know, so a value from a caller survives the round trip; what must refuse
//! unknown bits says so where the contract does. The same numbers under their Windows names are in
//! [`constants`](crate::constants).

use bitflags::bitflags;

bitflags! {
    /// `dwDesiredAccess`: what a handle may be used for (contract 01 §2.1).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct AccessMask: u32 {
        /// `FILE_READ_DATA`: read a file, pipe or device; `FILE_LIST_DIRECTORY` on a directory.
        const READ_DATA = 0x1;
        /// `FILE_WRITE_DATA`: write anywhere; `FILE_ADD_FILE` on a directory.
        const WRITE_DATA = 0x2;
        /// `FILE_APPEND_DATA`: write at the end; `FILE_ADD_SUBDIRECTORY` on a directory,
        /// `FILE_CREATE_PIPE_INSTANCE` on a pipe.
        const APPEND_DATA = 0x4;
        /// `FILE_READ_EA`: read extended attributes.
        const READ_EA = 0x8;
        /// `FILE_WRITE_EA`: write extended attributes.
        const WRITE_EA = 0x10;
        /// `FILE_EXECUTE`; `FILE_TRAVERSE` on a directory.
        const EXECUTE = 0x20;
        /// `FILE_DELETE_CHILD`: delete entries of a directory.
        const DELETE_CHILD = 0x40;
        /// `FILE_READ_ATTRIBUTES`: query times and attributes.
        const READ_ATTRIBUTES = 0x80;
        /// `FILE_WRITE_ATTRIBUTES`: set times and attributes.
        const WRITE_ATTRIBUTES = 0x100;
        /// `DELETE`: delete or rename through the handle.
        const DELETE = 0x1_0000;
        /// `READ_CONTROL`: read the security descriptor.
        const READ_CONTROL = 0x2_0000;
        /// `WRITE_DAC`: change the access list.
        const WRITE_DAC = 0x4_0000;
        /// `WRITE_OWNER`: change the owner.
        const WRITE_OWNER = 0x8_0000;
        /// `SYNCHRONIZE`: wait on the handle.
        const SYNCHRONIZE = 0x10_0000;
        /// `ACCESS_SYSTEM_SECURITY`: read and write the audit list.
        const ACCESS_SYSTEM_SECURITY = 0x100_0000;
        /// `MAXIMUM_ALLOWED`: all that the object grants.
        const MAXIMUM_ALLOWED = 0x200_0000;
        /// `GENERIC_ALL`: every right of the object's kind.
        const GENERIC_ALL = 0x1000_0000;
        /// `GENERIC_EXECUTE`: the rights for executing.
        const GENERIC_EXECUTE = 0x2000_0000;
        /// `GENERIC_WRITE`: the rights for writing.
        const GENERIC_WRITE = 0x4000_0000;
        /// `GENERIC_READ`: the rights for reading.
        const GENERIC_READ = 0x8000_0000;

        /// `FILE_GENERIC_READ`: what `GENERIC_READ` means on a file.
        const FILE_GENERIC_READ = 0x12_0089;
        /// `FILE_GENERIC_WRITE`: what `GENERIC_WRITE` means on a file.
        const FILE_GENERIC_WRITE = 0x12_0116;
        /// `FILE_GENERIC_EXECUTE`: what `GENERIC_EXECUTE` means on a file.
        const FILE_GENERIC_EXECUTE = 0x12_00A0;
        /// `FILE_ALL_ACCESS`: what `GENERIC_ALL` means on a file.
        const FILE_ALL_ACCESS = 0x1F_01FF;

        // Bits without a name here are kept too.
        const _ = !0;
    }
}

impl AccessMask {
    /// The rights that count for sharing (contract 01 §2.2, rule 1).
    pub const SHARING_RELEVANT: AccessMask = AccessMask::READ_DATA
        .union(AccessMask::EXECUTE)
        .union(AccessMask::WRITE_DATA)
        .union(AccessMask::APPEND_DATA)
        .union(AccessMask::DELETE);

    /// Replaces the four generic rights by what they mean on files, pipes and devices
    /// (contract 01 §2.1): `GENERIC_READ` becomes `0x120089`, and so on. Other bits stay.
    #[must_use]
    pub const fn map_generic_file(self) -> AccessMask {
        self.map_generic(
            AccessMask::FILE_GENERIC_READ,
            AccessMask::FILE_GENERIC_WRITE,
            AccessMask::FILE_GENERIC_EXECUTE,
            AccessMask::FILE_ALL_ACCESS,
        )
    }

    /// Replaces the four generic rights by the given ones, for objects of another kind.
    #[must_use]
    pub const fn map_generic(
        self,
        read: AccessMask,
        write: AccessMask,
        execute: AccessMask,
        all: AccessMask,
    ) -> AccessMask {
        let mut bits = self.bits() & 0x0FFF_FFFF;
        if self.contains(AccessMask::GENERIC_READ) {
            bits |= read.bits();
        }
        if self.contains(AccessMask::GENERIC_WRITE) {
            bits |= write.bits();
        }
        if self.contains(AccessMask::GENERIC_EXECUTE) {
            bits |= execute.bits();
        }
        if self.contains(AccessMask::GENERIC_ALL) {
            bits |= all.bits();
        }
        AccessMask::from_bits_retain(bits)
    }

    /// Whether `ReadFile` is allowed, on a mask without generic rights.
    #[must_use]
    pub const fn can_read(self) -> bool {
        self.contains(AccessMask::READ_DATA)
    }

    /// Whether `WriteFile` is allowed, on a mask without generic rights.
    #[must_use]
    pub const fn can_write(self) -> bool {
        self.intersects(AccessMask::WRITE_DATA.union(AccessMask::APPEND_DATA))
    }

    /// Whether every write goes to the end: `FILE_APPEND_DATA` without `FILE_WRITE_DATA`
    /// (contract 02 §12).
    #[must_use]
    pub const fn is_append_only(self) -> bool {
        self.contains(AccessMask::APPEND_DATA) && !self.contains(AccessMask::WRITE_DATA)
    }

    /// What other openers must share for an instance with this access, by the rule of
    /// contract 01 §2.2.
    #[must_use]
    pub const fn required_share(self) -> ShareMode {
        let mut share = ShareMode::empty();
        if self.intersects(AccessMask::READ_DATA.union(AccessMask::EXECUTE)) {
            share = share.union(ShareMode::READ);
        }
        if self.can_write() {
            share = share.union(ShareMode::WRITE);
        }
        if self.contains(AccessMask::DELETE) {
            share = share.union(ShareMode::DELETE);
        }
        share
    }
}

bitflags! {
    /// `dwShareMode`: what other openers may do meanwhile (contract 01 §2.2).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct ShareMode: u32 {
        /// `FILE_SHARE_READ`.
        const READ = 0x1;
        /// `FILE_SHARE_WRITE`.
        const WRITE = 0x2;
        /// `FILE_SHARE_DELETE`.
        const DELETE = 0x4;

        const _ = !0;
    }
}

impl ShareMode {
    /// Whether two opens of one file exclude each other (contract 01 §2.2): each must share what the
    /// other uses, and an open that uses no data right conflicts with nobody.
    ///
    /// The masks must have their generic rights mapped.
    #[must_use]
    pub const fn conflicts(
        access: AccessMask,
        share: ShareMode,
        other_access: AccessMask,
        other_share: ShareMode,
    ) -> bool {
        if !access.intersects(AccessMask::SHARING_RELEVANT) || !other_access.intersects(AccessMask::SHARING_RELEVANT) {
            return false;
        }
        !(other_share.contains(access.required_share()) && share.contains(other_access.required_share()))
    }
}

bitflags! {
    /// The flag half of `dwFlagsAndAttributes` (contract 01 §2.4). The attribute half is in
    /// [`FileFlags::ATTRIBUTE_MASK`]; its names are in [`constants::attributes`](crate::constants::attributes).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct FileFlags: u32 {
        /// `FILE_FLAG_OPEN_REQUIRING_OPLOCK`; accepted and ignored.
        const OPEN_REQUIRING_OPLOCK = 0x0004_0000;
        /// `FILE_FLAG_FIRST_PIPE_INSTANCE`; only for `CreateNamedPipe`.
        const FIRST_PIPE_INSTANCE = 0x0008_0000;
        /// `FILE_FLAG_OPEN_NO_RECALL`; accepted and ignored. `SECURITY_SQOS_PRESENT` has the same bit.
        const OPEN_NO_RECALL = 0x0010_0000;
        /// `FILE_FLAG_OPEN_REPARSE_POINT`: open a link itself.
        const OPEN_REPARSE_POINT = 0x0020_0000;
        /// `FILE_FLAG_SESSION_AWARE`; accepted and ignored.
        const SESSION_AWARE = 0x0080_0000;
        /// `FILE_FLAG_POSIX_SEMANTICS`: match the name case-sensitively.
        const POSIX_SEMANTICS = 0x0100_0000;
        /// `FILE_FLAG_BACKUP_SEMANTICS`: needed to open a directory.
        const BACKUP_SEMANTICS = 0x0200_0000;
        /// `FILE_FLAG_DELETE_ON_CLOSE`.
        const DELETE_ON_CLOSE = 0x0400_0000;
        /// `FILE_FLAG_SEQUENTIAL_SCAN`: a caching hint.
        const SEQUENTIAL_SCAN = 0x0800_0000;
        /// `FILE_FLAG_RANDOM_ACCESS`: a caching hint.
        const RANDOM_ACCESS = 0x1000_0000;
        /// `FILE_FLAG_NO_BUFFERING`: bypass the cache; offsets, lengths and buffers must be aligned.
        const NO_BUFFERING = 0x2000_0000;
        /// `FILE_FLAG_OVERLAPPED`: an overlapped instance, without file pointer.
        const OVERLAPPED = 0x4000_0000;
        /// `FILE_FLAG_WRITE_THROUGH`: a write reaches the device before it completes.
        const WRITE_THROUGH = 0x8000_0000;

        const _ = !0;
    }
}

impl FileFlags {
    /// The bits of `dwFlagsAndAttributes` that are file attributes.
    pub const ATTRIBUTE_MASK: u32 = 0x0000_FFFF;

    /// The attribute half of the value.
    #[must_use]
    pub const fn attributes(self) -> u32 {
        self.bits() & Self::ATTRIBUTE_MASK
    }
}
