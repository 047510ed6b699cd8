//! Control codes of `DeviceIoControl` (contract 01 §6). Members of enumerations keep their mixed-case names.

#![allow(non_upper_case_globals)]

/// Composes a control code, as `CTL_CODE` does.
#[must_use]
pub const fn ctl_code(device_type: u32, function: u32, method: u32, access: u32) -> u32 {
    device_type << 16 | access << 14 | function << 2 | method
}

/// The transfer method of a control code: one of `METHOD_*`.
#[must_use]
pub const fn method_of(code: u32) -> u32 {
    code & 3
}

/// The access that a control code needs: `FILE_READ_ACCESS` and `FILE_WRITE_ACCESS`, or neither.
#[must_use]
pub const fn access_of(code: u32) -> u32 {
    code >> 14 & 3
}

/// The device type of a control code: one of `FILE_DEVICE_*`.
#[must_use]
pub const fn device_type_of(code: u32) -> u32 {
    code >> 16
}

// The parts of a code.
consts! { u32;
    METHOD_BUFFERED = 0 => "Input and output are copied.";
    METHOD_IN_DIRECT = 1 => "The second buffer is input too.";
    METHOD_OUT_DIRECT = 2 => "The second buffer is filled in place.";
    METHOD_NEITHER = 3 => "Both addresses as they are.";
    FILE_ANY_ACCESS = 0 => "Any handle will do.";
    FILE_READ_ACCESS = 1 => "The handle must be able to read.";
    FILE_WRITE_ACCESS = 2 => "The handle must be able to write.";

    FILE_DEVICE_DISK = 0x7 => "Disk.";
    FILE_DEVICE_FILE_SYSTEM = 0x9 => "File system.";
    FILE_DEVICE_NAMED_PIPE = 0x11 => "Named pipe.";
    FILE_DEVICE_SERIAL_PORT = 0x1B => "Serial port.";
    FILE_DEVICE_MASS_STORAGE = 0x2D => "Storage.";
}

// Disks and volumes.
consts! { u32;
    IOCTL_DISK_GET_DRIVE_GEOMETRY = 0x7_0000 => "Answers `DISK_GEOMETRY`.";
    IOCTL_DISK_IS_WRITABLE = 0x7_0024 => "Fails with 19 if the medium is protected.";
    IOCTL_DISK_GET_PARTITION_INFO_EX = 0x7_0048 => "Answers `PARTITION_INFORMATION_EX`.";
    IOCTL_DISK_GET_DRIVE_LAYOUT_EX = 0x7_0050 => "Answers `DRIVE_LAYOUT_INFORMATION_EX`.";
    IOCTL_DISK_GET_DRIVE_GEOMETRY_EX = 0x7_00A0 => "Answers `DISK_GEOMETRY_EX`.";
    IOCTL_DISK_GET_LENGTH_INFO = 0x7_405C => "Answers the length in bytes.";
    IOCTL_STORAGE_GET_DEVICE_NUMBER = 0x2D_1080 => "Answers `STORAGE_DEVICE_NUMBER`.";
    IOCTL_STORAGE_QUERY_PROPERTY = 0x2D_1400 => "Takes `STORAGE_PROPERTY_QUERY`.";
    IOCTL_STORAGE_CHECK_VERIFY = 0x2D_4800 => "Fails with 21 if there is no medium.";
    IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS = 0x56_0000 => "Answers `VOLUME_DISK_EXTENTS`.";
    FSCTL_LOCK_VOLUME = 0x9_0018 => "Exclusive use of a volume.";
    FSCTL_UNLOCK_VOLUME = 0x9_001C => "Ends it.";
    FSCTL_DISMOUNT_VOLUME = 0x9_0020 => "Unmounts the file system.";
    FSCTL_IS_VOLUME_MOUNTED = 0x9_0028 => "Succeeds if it is mounted.";
    FSCTL_ALLOW_EXTENDED_DASD_IO = 0x9_0083 => "Lets transfers go beyond the file system; here they always may.";

    RemovableMedia = 11 => "`MediaType`: removable.";
    FixedMedia = 12 => "`MediaType`: fixed.";
    StorageDeviceProperty = 0 => "`PropertyId`: the device itself.";
    StorageAdapterProperty = 1 => "`PropertyId`: its adapter.";
    StorageAccessAlignmentProperty = 6 => "`PropertyId`: sector sizes.";
    PropertyStandardQuery = 0 => "`QueryType`: the property.";
    PropertyExistsQuery = 1 => "`QueryType`: whether it exists.";
    PARTITION_STYLE_MBR = 0 => "`PartitionStyle`: master boot record.";
    PARTITION_STYLE_GPT = 1 => "`PartitionStyle`: GUID table.";
    PARTITION_STYLE_RAW = 2 => "`PartitionStyle`: none.";
}

// Files.
consts! { u32;
    FSCTL_GET_COMPRESSION = 0x9_003C => "Answers `COMPRESSION_FORMAT_*`.";
    FSCTL_SET_COMPRESSION = 0x9_C040 => "Takes `COMPRESSION_FORMAT_*`.";
    FSCTL_GET_REPARSE_POINT = 0x9_00A8 => "Fails with 4390 if the file is not a link.";
    FSCTL_SET_REPARSE_POINT = 0x9_00A4 => "Makes an empty file or directory a link.";
    FSCTL_DELETE_REPARSE_POINT = 0x9_00AC => "Makes a link an empty file or directory.";
    FSCTL_SET_SPARSE = 0x9_00C4 => "Makes a file sparse.";
    FSCTL_SET_ZERO_DATA = 0x9_80C8 => "Zeroes a range.";
    FSCTL_QUERY_ALLOCATED_RANGES = 0x9_40CF => "Lists the ranges that hold data.";
}

// 16-bit answers of FSCTL_GET_COMPRESSION.
consts! { u16;
    COMPRESSION_FORMAT_NONE = 0 => "Not compressed.";
    COMPRESSION_FORMAT_DEFAULT = 1 => "The usual one.";
    COMPRESSION_FORMAT_LZNT1 = 2 => "LZNT1.";
}

// Pipes: the primitives under the calls of contract 07.
consts! { u32;
    FSCTL_PIPE_DISCONNECT = 0x11_0004 => "Under `DisconnectNamedPipe`.";
    FSCTL_PIPE_LISTEN = 0x11_0008 => "Under `ConnectNamedPipe`.";
    FSCTL_PIPE_PEEK = 0x11_400C => "Under `PeekNamedPipe`.";
    FSCTL_PIPE_WAIT = 0x11_0018 => "Under `WaitNamedPipe`.";
    FSCTL_PIPE_TRANSCEIVE = 0x11_C017 => "Under `TransactNamedPipe`.";
}

// Serial ports.
consts! { u32;
    IOCTL_SERIAL_SET_BAUD_RATE = 0x1B_0004 => "Takes the rate.";
    IOCTL_SERIAL_SET_QUEUE_SIZE = 0x1B_0008 => "Takes `SERIAL_QUEUE_SIZE`.";
    IOCTL_SERIAL_SET_LINE_CONTROL = 0x1B_000C => "Takes `SERIAL_LINE_CONTROL`.";
    IOCTL_SERIAL_SET_BREAK_ON = 0x1B_0010 => "A break begins.";
    IOCTL_SERIAL_SET_BREAK_OFF = 0x1B_0014 => "And ends.";
    IOCTL_SERIAL_IMMEDIATE_CHAR = 0x1B_0018 => "Takes a byte that goes first.";
    IOCTL_SERIAL_SET_TIMEOUTS = 0x1B_001C => "Takes `SERIAL_TIMEOUTS`.";
    IOCTL_SERIAL_GET_TIMEOUTS = 0x1B_0020 => "Answers `SERIAL_TIMEOUTS`.";
    IOCTL_SERIAL_SET_DTR = 0x1B_0024 => "DTR on.";
    IOCTL_SERIAL_CLR_DTR = 0x1B_0028 => "DTR off.";
    IOCTL_SERIAL_RESET_DEVICE = 0x1B_002C => "Does nothing.";
    IOCTL_SERIAL_SET_RTS = 0x1B_0030 => "RTS on.";
    IOCTL_SERIAL_CLR_RTS = 0x1B_0034 => "RTS off.";
    IOCTL_SERIAL_SET_XOFF = 0x1B_0038 => "As if XOFF had come.";
    IOCTL_SERIAL_SET_XON = 0x1B_003C => "As if XON had come.";
    IOCTL_SERIAL_GET_WAIT_MASK = 0x1B_0040 => "Answers the events that are waited for.";
    IOCTL_SERIAL_SET_WAIT_MASK = 0x1B_0044 => "Takes them.";
    IOCTL_SERIAL_WAIT_ON_MASK = 0x1B_0048 => "Answers the events, when there are any.";
    IOCTL_SERIAL_PURGE = 0x1B_004C => "Takes `PURGE_*`.";
    IOCTL_SERIAL_GET_BAUD_RATE = 0x1B_0050 => "Answers the rate.";
    IOCTL_SERIAL_GET_LINE_CONTROL = 0x1B_0054 => "Answers `SERIAL_LINE_CONTROL`.";
    IOCTL_SERIAL_GET_CHARS = 0x1B_0058 => "Answers `SERIAL_CHARS`.";
    IOCTL_SERIAL_SET_CHARS = 0x1B_005C => "Takes `SERIAL_CHARS`.";
    IOCTL_SERIAL_GET_HANDFLOW = 0x1B_0060 => "Answers `SERIAL_HANDFLOW`.";
    IOCTL_SERIAL_SET_HANDFLOW = 0x1B_0064 => "Takes `SERIAL_HANDFLOW`.";
    IOCTL_SERIAL_GET_MODEMSTATUS = 0x1B_0068 => "Answers `MS_*_ON`.";
    IOCTL_SERIAL_GET_COMMSTATUS = 0x1B_006C => "Answers `SERIAL_STATUS`, and forgets the errors.";
    IOCTL_SERIAL_GET_PROPERTIES = 0x1B_0074 => "Answers `SERIAL_COMMPROP`.";
    IOCTL_SERIAL_GET_DTRRTS = 0x1B_0078 => "Answers whether DTR (1) and RTS (2) are on.";
    IOCTL_SERIAL_LSRMST_INSERT = 0x1B_007C => "Takes the byte behind which line and modem status are received.";
    IOCTL_SERIAL_CONFIG_SIZE = 0x1B_0080 => "Answers 0.";
    IOCTL_SERIAL_GET_MODEM_CONTROL = 0x1B_0094 => "Answers the modem control register.";
    IOCTL_SERIAL_SET_MODEM_CONTROL = 0x1B_0098 => "Takes it.";
}
