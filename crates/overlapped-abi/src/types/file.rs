//! Structures of files and directories (contract 02).

use super::{Bool, FileTime, RawHandle, join_u64};

structs! {
    /// `BY_HANDLE_FILE_INFORMATION` (contract 02 §1).
    pub struct ByHandleFileInformation: 52 {
        /// `dwFileAttributes`.
        pub file_attributes: u32,
        /// `ftCreationTime`.
        pub creation_time: FileTime,
        /// `ftLastAccessTime`.
        pub last_access_time: FileTime,
        /// `ftLastWriteTime`.
        pub last_write_time: FileTime,
        /// `dwVolumeSerialNumber`.
        pub volume_serial_number: u32,
        /// `nFileSizeHigh`.
        pub file_size_high: u32,
        /// `nFileSizeLow`.
        pub file_size_low: u32,
        /// `nNumberOfLinks`.
        pub number_of_links: u32,
        /// `nFileIndexHigh`.
        pub file_index_high: u32,
        /// `nFileIndexLow`.
        pub file_index_low: u32,
    }

    /// `FILE_BASIC_INFO` (contract 02 §4, class 0): times in 100-ns units, 0 leaves one as it is, −1 stops
    /// its automatic update.
    pub struct FileBasicInfo: 40 {
        /// `CreationTime`.
        pub creation_time: i64,
        /// `LastAccessTime`.
        pub last_access_time: i64,
        /// `LastWriteTime`.
        pub last_write_time: i64,
        /// `ChangeTime`.
        pub change_time: i64,
        /// `FileAttributes`.
        pub file_attributes: u32,
    }

    /// `FILE_STANDARD_INFO` (contract 02 §4, class 1).
    pub struct FileStandardInfo: 24 {
        /// `AllocationSize`.
        pub allocation_size: i64,
        /// `EndOfFile`.
        pub end_of_file: i64,
        /// `NumberOfLinks`.
        pub number_of_links: u32,
        /// `DeletePending`, a BOOLEAN.
        pub delete_pending: u8,
        /// `Directory`, a BOOLEAN.
        pub directory: u8,
    }

    /// `FILE_NAME_INFO` (contract 02 §4, class 2): the name follows as `FileNameLength` bytes of UTF-16.
    pub struct FileNameInfo: 8 {
        /// `FileNameLength` in bytes.
        pub file_name_length: u32,
        /// `FileName`: its first unit.
        pub file_name: [u16; 1],
    }

    /// `FILE_RENAME_INFO` (contract 02 §4, classes 3 and 22): the name follows at [`FileRenameInfo::NAME_OFFSET`].
    pub struct FileRenameInfo: 24 {
        /// `ReplaceIfExists` (a BOOLEAN in the low byte) or, for class 22, `Flags`.
        pub flags: u32,
        /// `RootDirectory`: 0, or the directory that the name is relative to.
        pub root_directory: RawHandle,
        /// `FileNameLength` in bytes.
        pub file_name_length: u32,
        /// `FileName`: its first unit.
        pub file_name: [u16; 1],
    }

    /// `FILE_DISPOSITION_INFO` (contract 02 §4, class 4).
    pub struct FileDispositionInfo: 1 {
        /// `DeleteFile`, a BOOLEAN.
        pub delete_file: u8,
    }

    /// `FILE_DISPOSITION_INFO_EX` (contract 02 §4, class 21).
    pub struct FileDispositionInfoEx: 4 {
        /// `Flags`: `FILE_DISPOSITION_FLAG_*`.
        pub flags: u32,
    }

    /// `FILE_ALLOCATION_INFO` (contract 02 §4, class 5).
    pub struct FileAllocationInfo: 8 {
        /// `AllocationSize`.
        pub allocation_size: i64,
    }

    /// `FILE_END_OF_FILE_INFO` (contract 02 §4, class 6).
    pub struct FileEndOfFileInfo: 8 {
        /// `EndOfFile`.
        pub end_of_file: i64,
    }

    /// `FILE_STREAM_INFO` (contract 02 §4, class 7): one record, the name at [`FileStreamInfo::NAME_OFFSET`].
    pub struct FileStreamInfo: 32 {
        /// `NextEntryOffset`; 0 in the last record.
        pub next_entry_offset: u32,
        /// `StreamNameLength` in bytes.
        pub stream_name_length: u32,
        /// `StreamSize`.
        pub stream_size: i64,
        /// `StreamAllocationSize`.
        pub stream_allocation_size: i64,
        /// `StreamName`: its first unit.
        pub stream_name: [u16; 1],
    }

    /// `FILE_COMPRESSION_INFO` (contract 02 §4, class 8).
    pub struct FileCompressionInfo: 16 {
        /// `CompressedFileSize`.
        pub compressed_file_size: i64,
        /// `CompressionFormat`: `COMPRESSION_FORMAT_*`.
        pub compression_format: u16,
        /// `CompressionUnitShift`.
        pub compression_unit_shift: u8,
        /// `ChunkShift`.
        pub chunk_shift: u8,
        /// `ClusterShift`.
        pub cluster_shift: u8,
        /// `Reserved`.
        pub reserved: [u8; 3],
    }

    /// `FILE_ATTRIBUTE_TAG_INFO` (contract 02 §4, class 9).
    pub struct FileAttributeTagInfo: 8 {
        /// `FileAttributes`.
        pub file_attributes: u32,
        /// `ReparseTag`.
        pub reparse_tag: u32,
    }

    /// `FILE_ID_BOTH_DIR_INFO` (contract 02 §4, classes 10 and 11): one record of a listing, the name at
    /// [`FileIdBothDirInfo::NAME_OFFSET`].
    pub struct FileIdBothDirInfo: 112 {
        /// `NextEntryOffset`; 0 in the last record.
        pub next_entry_offset: u32,
        /// `FileIndex`.
        pub file_index: u32,
        /// `CreationTime`.
        pub creation_time: i64,
        /// `LastAccessTime`.
        pub last_access_time: i64,
        /// `LastWriteTime`.
        pub last_write_time: i64,
        /// `ChangeTime`.
        pub change_time: i64,
        /// `EndOfFile`.
        pub end_of_file: i64,
        /// `AllocationSize`.
        pub allocation_size: i64,
        /// `FileAttributes`.
        pub file_attributes: u32,
        /// `FileNameLength` in bytes.
        pub file_name_length: u32,
        /// `EaSize`.
        pub ea_size: u32,
        /// `ShortNameLength` in bytes.
        pub short_name_length: i8,
        /// `ShortName`.
        pub short_name: [u16; 12],
        /// `FileId`.
        pub file_id: i64,
        /// `FileName`: its first unit.
        pub file_name: [u16; 1],
    }

    /// `FILE_FULL_DIR_INFO` (contract 02 §4, classes 14 and 15): one record of a listing, the name at
    /// [`FileFullDirInfo::NAME_OFFSET`].
    pub struct FileFullDirInfo: 72 {
        /// `NextEntryOffset`; 0 in the last record.
        pub next_entry_offset: u32,
        /// `FileIndex`.
        pub file_index: u32,
        /// `CreationTime`.
        pub creation_time: i64,
        /// `LastAccessTime`.
        pub last_access_time: i64,
        /// `LastWriteTime`.
        pub last_write_time: i64,
        /// `ChangeTime`.
        pub change_time: i64,
        /// `EndOfFile`.
        pub end_of_file: i64,
        /// `AllocationSize`.
        pub allocation_size: i64,
        /// `FileAttributes`.
        pub file_attributes: u32,
        /// `FileNameLength` in bytes.
        pub file_name_length: u32,
        /// `EaSize`.
        pub ea_size: u32,
        /// `FileName`: its first unit.
        pub file_name: [u16; 1],
    }

    /// `FILE_IO_PRIORITY_HINT_INFO` (contract 02 §4, class 12); to be aligned to 8 bytes by the caller.
    pub struct FileIoPriorityHintInfo: 4 {
        /// `PriorityHint`: 0 very low, 1 low, 2 normal.
        pub priority_hint: i32,
    }

    /// `FILE_STORAGE_INFO` (contract 02 §4, class 16).
    pub struct FileStorageInfo: 28 {
        /// `LogicalBytesPerSector`.
        pub logical_bytes_per_sector: u32,
        /// `PhysicalBytesPerSectorForAtomicity`.
        pub physical_bytes_per_sector_for_atomicity: u32,
        /// `PhysicalBytesPerSectorForPerformance`.
        pub physical_bytes_per_sector_for_performance: u32,
        /// `FileSystemEffectivePhysicalBytesPerSectorForAtomicity`.
        pub effective_physical_bytes_per_sector: u32,
        /// `Flags`.
        pub flags: u32,
        /// `ByteOffsetForSectorAlignment`.
        pub byte_offset_for_sector_alignment: u32,
        /// `ByteOffsetForPartitionAlignment`.
        pub byte_offset_for_partition_alignment: u32,
    }

    /// `FILE_ALIGNMENT_INFO` (contract 02 §4, class 17).
    pub struct FileAlignmentInfo: 4 {
        /// `AlignmentRequirement`: a mask; 511 asks for multiples of 512.
        pub alignment_requirement: u32,
    }

    /// `FILE_ID_INFO` (contract 02 §4, class 18).
    pub struct FileIdInfo: 24 {
        /// `VolumeSerialNumber`.
        pub volume_serial_number: u64,
        /// `FileId`.
        pub file_id: [u8; 16],
    }

    /// `FILE_SEGMENT_ELEMENT` (contract 02 §11): the address of one page; 0 ends the array.
    pub struct FileSegmentElement: 8 {
        /// `Buffer`, 64 bits wide on every machine.
        pub buffer: u64,
    }

    /// The header of `FILE_NOTIFY_INFORMATION` (contract 02 §10); the name follows at offset 12.
    pub struct FileNotifyInformation: 12 {
        /// `NextEntryOffset`: distance to the next record, a multiple of 4; 0 in the last one.
        pub next_entry_offset: u32,
        /// `Action`: `FILE_ACTION_*`.
        pub action: u32,
        /// `FileNameLength` in bytes; the name has no terminator.
        pub file_name_length: u32,
    }
}

impl ByHandleFileInformation {
    /// The file's size.
    #[must_use]
    pub const fn file_size(&self) -> u64 {
        join_u64(self.file_size_low, self.file_size_high)
    }

    /// The file's number on its volume.
    #[must_use]
    pub const fn file_index(&self) -> u64 {
        join_u64(self.file_index_low, self.file_index_high)
    }
}

/// Where the name starts in each record that ends with one.
macro_rules! name_offsets {
    ($($name:ident $field:ident;)+) => {
        $(impl $name {
            /// Where the name starts, in bytes from the start of the record.
            pub const NAME_OFFSET: usize = core::mem::offset_of!($name, $field);
        })+
    };
}

name_offsets! {
    FileNameInfo file_name;
    FileRenameInfo file_name;
    FileStreamInfo stream_name;
    FileIdBothDirInfo file_name;
    FileFullDirInfo file_name;
}

impl FileNotifyInformation {
    /// Where the name starts, in bytes from the start of the record.
    pub const NAME_OFFSET: usize = size_of::<FileNotifyInformation>();
}

impl FileRenameInfo {
    /// `ReplaceIfExists`, for class 3.
    #[must_use]
    pub const fn replace_if_exists(&self) -> Bool {
        (self.flags & 0xFF != 0) as Bool
    }
}
