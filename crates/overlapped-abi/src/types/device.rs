//! Structures of control codes (contract 01 §6).

structs! {
    /// `DISK_GEOMETRY`.
    pub struct DiskGeometry: 24 {
        /// `Cylinders`.
        pub cylinders: i64,
        /// `MediaType`: `FixedMedia` 12, `RemovableMedia` 11.
        pub media_type: u32,
        /// `TracksPerCylinder`.
        pub tracks_per_cylinder: u32,
        /// `SectorsPerTrack`.
        pub sectors_per_track: u32,
        /// `BytesPerSector`.
        pub bytes_per_sector: u32,
    }

    /// `DISK_GEOMETRY_EX`; an answer needs room for 32 bytes at least.
    pub struct DiskGeometryEx: 40 {
        /// `Geometry`.
        pub geometry: DiskGeometry,
        /// `DiskSize` in bytes.
        pub disk_size: i64,
        /// `Data`: partition and detection records may follow.
        pub data: [u8; 1],
    }

    /// `GET_LENGTH_INFORMATION`.
    pub struct GetLengthInformation: 8 {
        /// `Length` in bytes.
        pub length: i64,
    }

    /// `STORAGE_DEVICE_NUMBER`.
    pub struct StorageDeviceNumber: 12 {
        /// `DeviceType`: `FILE_DEVICE_DISK`.
        pub device_type: u32,
        /// `DeviceNumber`: the N of `PhysicalDriveN`.
        pub device_number: u32,
        /// `PartitionNumber`; 0 for the whole disk, −1 if it has none.
        pub partition_number: u32,
    }

    /// `STORAGE_PROPERTY_QUERY`.
    pub struct StoragePropertyQuery: 12 {
        /// `PropertyId`.
        pub property_id: u32,
        /// `QueryType`: 0 the property itself, 1 whether it exists.
        pub query_type: u32,
        /// `AdditionalParameters`.
        pub additional_parameters: [u8; 1],
    }

    /// `STORAGE_ACCESS_ALIGNMENT_DESCRIPTOR`.
    pub struct StorageAccessAlignmentDescriptor: 28 {
        /// `Version`: the size of this structure.
        pub version: u32,
        /// `Size`: the size of the whole answer.
        pub size: u32,
        /// `BytesPerCacheLine`.
        pub bytes_per_cache_line: u32,
        /// `BytesOffsetForCacheAlignment`.
        pub bytes_offset_for_cache_alignment: u32,
        /// `BytesPerLogicalSector`.
        pub bytes_per_logical_sector: u32,
        /// `BytesPerPhysicalSector`.
        pub bytes_per_physical_sector: u32,
        /// `BytesOffsetForSectorAlignment`.
        pub bytes_offset_for_sector_alignment: u32,
    }

    /// `DISK_EXTENT`.
    pub struct DiskExtent: 24 {
        /// `DiskNumber`.
        pub disk_number: u32,
        /// `StartingOffset`.
        pub starting_offset: i64,
        /// `ExtentLength`.
        pub extent_length: i64,
    }

    /// `VOLUME_DISK_EXTENTS` with its first extent.
    pub struct VolumeDiskExtents: 32 {
        /// `NumberOfDiskExtents`.
        pub number_of_disk_extents: u32,
        /// `Extents`: the first of them.
        pub extents: [DiskExtent; 1],
    }

    /// `FILE_SET_SPARSE_BUFFER`.
    pub struct FileSetSparseBuffer: 1 {
        /// `SetSparse`, a BOOLEAN.
        pub set_sparse: u8,
    }

    /// `FILE_ZERO_DATA_INFORMATION`: zero from the first offset up to, not including, the second.
    pub struct FileZeroDataInformation: 16 {
        /// `FileOffset`.
        pub file_offset: i64,
        /// `BeyondFinalZero`.
        pub beyond_final_zero: i64,
    }

    /// `FILE_ALLOCATED_RANGE_BUFFER`.
    pub struct FileAllocatedRangeBuffer: 16 {
        /// `FileOffset`.
        pub file_offset: i64,
        /// `Length`.
        pub length: i64,
    }

    /// `PARTITION_INFORMATION_EX`, its union of MBR and GPT details as bytes.
    pub struct PartitionInformationEx: 144 no default {
        /// `PartitionStyle`: 0 MBR, 1 GPT, 2 raw.
        pub partition_style: u32,
        /// `StartingOffset`.
        pub starting_offset: i64,
        /// `PartitionLength`.
        pub partition_length: i64,
        /// `PartitionNumber`, from 1.
        pub partition_number: u32,
        /// `RewritePartition`, a BOOLEAN.
        pub rewrite_partition: u8,
        /// `IsServicePartition`, a BOOLEAN.
        pub is_service_partition: u8,
        /// Rounds up to the union's alignment.
        pub padding: [u8; 2],
        /// The union.
        pub details: [u64; 14],
    }

    /// The fixed part of `DRIVE_LAYOUT_INFORMATION_EX`; the partitions follow.
    pub struct DriveLayoutInformationEx: 48 {
        /// `PartitionStyle`: 0 MBR, 1 GPT, 2 raw.
        pub partition_style: u32,
        /// `PartitionCount`.
        pub partition_count: u32,
        /// The union of MBR and GPT details.
        pub details: [u64; 5],
    }

    /// The fixed part of `FILE_PIPE_PEEK_BUFFER`, the answer of `FSCTL_PIPE_PEEK`; the data follows.
    pub struct FilePipePeekBuffer: 16 {
        /// `NamedPipeState`: `FILE_PIPE_*_STATE`.
        pub named_pipe_state: u32,
        /// `ReadDataAvailable`.
        pub read_data_available: u32,
        /// `NumberOfMessages`.
        pub number_of_messages: u32,
        /// `MessageLength`.
        pub message_length: u32,
    }
}
