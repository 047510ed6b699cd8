//! Constants, error numbers and layouts are those of `overlapped-abi`, which has its own oracle for them.

use crate::compilers::compilers;
use crate::{all_silent, include, product, scratch, write_sources};
use overlapped_abi as abi;
use std::fmt::Write as _;
use std::fs;
use std::mem::offset_of;
use std::path::Path;

/// A C program that asserts all this.
pub(crate) fn assert_in_c(name: &str, assertions: &str) {
    let text = format!(
        "#define WIN32_NO_STATUS\n#include <winsock2.h>\n#include <mswsock.h>\n#include <mstcpip.h>\n#include <winioctl.h>\n#include <ntddser.h>\n#include <winternl.h>\n#undef WIN32_NO_STATUS\n#include <ntstatus.h>\n{assertions}"
    );
    let sources = write_sources(&scratch(name), &[("assertions.c".into(), text)]);
    let variants: Vec<_> = compilers()
        .into_iter()
        .filter(|compiler| !compiler.is_cxx())
        .map(|compiler| (compiler, vec!["-std=c11"]))
        .collect();
    all_silent(&include(), &product(&sources, &variants));
}

#[test]
fn structures_have_the_sizes_of_overlapped_abi() {
    let mut text = String::new();
    let mut size =
        |name: &str, bytes: usize| writeln!(text, "_Static_assert(sizeof({name}) == {bytes}, \"{name}\");").unwrap();
    macro_rules! sizes {
        ($($ours:ident = $name:literal)+) => {
            $(size($name, size_of::<abi::$ours>());)+
        };
    }
    sizes! {
        Overlapped = "OVERLAPPED" OverlappedEntry = "OVERLAPPED_ENTRY" SecurityAttributes = "SECURITY_ATTRIBUTES" FileTime = "FILETIME"
        Guid = "GUID" LargeInteger = "LARGE_INTEGER" ByHandleFileInformation = "BY_HANDLE_FILE_INFORMATION" FileBasicInfo = "FILE_BASIC_INFO"
        FileStandardInfo = "FILE_STANDARD_INFO" FileNameInfo = "FILE_NAME_INFO" FileRenameInfo = "FILE_RENAME_INFO"
        FileDispositionInfo = "FILE_DISPOSITION_INFO" FileDispositionInfoEx = "FILE_DISPOSITION_INFO_EX"
        FileAllocationInfo = "FILE_ALLOCATION_INFO" FileEndOfFileInfo = "FILE_END_OF_FILE_INFO" FileStreamInfo = "FILE_STREAM_INFO"
        FileCompressionInfo = "FILE_COMPRESSION_INFO" FileAttributeTagInfo = "FILE_ATTRIBUTE_TAG_INFO"
        FileIdBothDirInfo = "FILE_ID_BOTH_DIR_INFO" FileFullDirInfo = "FILE_FULL_DIR_INFO" FileIoPriorityHintInfo = "FILE_IO_PRIORITY_HINT_INFO"
        FileStorageInfo = "FILE_STORAGE_INFO" FileAlignmentInfo = "FILE_ALIGNMENT_INFO" FileIdInfo = "FILE_ID_INFO"
        FileSegmentElement = "FILE_SEGMENT_ELEMENT" Dcb = "DCB" CommTimeouts = "COMMTIMEOUTS" ComStat = "COMSTAT" CommProp = "COMMPROP"
        CommConfig = "COMMCONFIG" Coord = "COORD" SmallRect = "SMALL_RECT" CharInfo = "CHAR_INFO"
        ConsoleScreenBufferInfo = "CONSOLE_SCREEN_BUFFER_INFO" ConsoleCursorInfo = "CONSOLE_CURSOR_INFO"
        ConsoleReadConsoleControl = "CONSOLE_READCONSOLE_CONTROL" KeyEventRecord = "KEY_EVENT_RECORD" MouseEventRecord = "MOUSE_EVENT_RECORD"
        InputRecord = "INPUT_RECORD" WsaBuf = "WSABUF" WsaMsg = "WSAMSG" WsaPollFd = "WSAPOLLFD" WsaNetworkEvents = "WSANETWORKEVENTS"
        WsaData = "WSADATA" TransmitFileBuffers = "TRANSMIT_FILE_BUFFERS" TransmitPacketsElement = "TRANSMIT_PACKETS_ELEMENT"
        FdSet = "fd_set" TimeVal = "struct timeval" Linger = "struct linger" TcpKeepalive = "struct tcp_keepalive"
        DiskGeometry = "DISK_GEOMETRY" DiskGeometryEx = "DISK_GEOMETRY_EX" GetLengthInformation = "GET_LENGTH_INFORMATION"
        StorageDeviceNumber = "STORAGE_DEVICE_NUMBER" StoragePropertyQuery = "STORAGE_PROPERTY_QUERY"
        StorageAccessAlignmentDescriptor = "STORAGE_ACCESS_ALIGNMENT_DESCRIPTOR" DiskExtent = "DISK_EXTENT"
        VolumeDiskExtents = "VOLUME_DISK_EXTENTS" FileSetSparseBuffer = "FILE_SET_SPARSE_BUFFER"
        FileZeroDataInformation = "FILE_ZERO_DATA_INFORMATION" FileAllocatedRangeBuffer = "FILE_ALLOCATED_RANGE_BUFFER"
        PartitionInformationEx = "PARTITION_INFORMATION_EX"
    }
    writeln!(
        text,
        "_Static_assert(offsetof(FILE_NOTIFY_INFORMATION, FileName) == {}, \"\");",
        abi::FileNotifyInformation::NAME_OFFSET
    )
    .unwrap();
    assert_in_c("sizes", &text);
}

#[test]
fn fields_stand_where_overlapped_abi_has_them() {
    let mut text = String::new();
    let mut field = |name: &str, field: &str, at: usize| {
        writeln!(text, "_Static_assert(offsetof({name}, {field}) == {at}, \"{name}.{field}\");").unwrap();
    };
    macro_rules! fields {
        ($($ours:ident = $name:literal { $($field:ident $theirs:literal)+ })+) => {
            $($(field($name, $theirs, offset_of!(abi::$ours, $field));)+)+
        };
    }
    fields! {
        Overlapped = "OVERLAPPED" { internal "Internal" internal_high "InternalHigh" offset "Offset" offset_high "OffsetHigh" h_event "hEvent" }
        OverlappedEntry = "OVERLAPPED_ENTRY" { completion_key "lpCompletionKey" overlapped "lpOverlapped" internal "Internal"
            bytes_transferred "dwNumberOfBytesTransferred" }
        SecurityAttributes = "SECURITY_ATTRIBUTES" { security_descriptor "lpSecurityDescriptor" inherit_handle "bInheritHandle" }
        ByHandleFileInformation = "BY_HANDLE_FILE_INFORMATION" { creation_time "ftCreationTime" volume_serial_number "dwVolumeSerialNumber"
            file_size_high "nFileSizeHigh" number_of_links "nNumberOfLinks" file_index_low "nFileIndexLow" }
        FileBasicInfo = "FILE_BASIC_INFO" { change_time "ChangeTime" file_attributes "FileAttributes" }
        FileStandardInfo = "FILE_STANDARD_INFO" { end_of_file "EndOfFile" number_of_links "NumberOfLinks" delete_pending "DeletePending"
            directory "Directory" }
        FileRenameInfo = "FILE_RENAME_INFO" { root_directory "RootDirectory" file_name_length "FileNameLength" file_name "FileName" }
        FileStreamInfo = "FILE_STREAM_INFO" { stream_size "StreamSize" stream_name "StreamName" }
        FileIdBothDirInfo = "FILE_ID_BOTH_DIR_INFO" { file_attributes "FileAttributes" file_name_length "FileNameLength"
            short_name "ShortName" file_id "FileId" file_name "FileName" }
        FileFullDirInfo = "FILE_FULL_DIR_INFO" { file_name_length "FileNameLength" file_name "FileName" }
        FileIdInfo = "FILE_ID_INFO" { file_id "FileId" }
        Dcb = "DCB" { baud_rate "BaudRate" xon_lim "XonLim" byte_size "ByteSize" evt_char "EvtChar" }
        ComStat = "COMSTAT" { in_queue "cbInQue" out_queue "cbOutQue" }
        CommProp = "COMMPROP" { max_baud "dwMaxBaud" settable_baud "dwSettableBaud" prov_char "wcProvChar" }
        ConsoleScreenBufferInfo = "CONSOLE_SCREEN_BUFFER_INFO" { cursor_position "dwCursorPosition" attributes "wAttributes" window "srWindow" }
        KeyEventRecord = "KEY_EVENT_RECORD" { repeat_count "wRepeatCount" char "uChar" control_key_state "dwControlKeyState" }
        InputRecord = "INPUT_RECORD" { words "Event" }
        WsaBuf = "WSABUF" { len "len" buf "buf" }
        WsaMsg = "WSAMSG" { name_len "namelen" buffers "lpBuffers" control "Control" flags "dwFlags" }
        WsaPollFd = "WSAPOLLFD" { events "events" revents "revents" }
        WsaData = "WSADATA" { max_sockets "iMaxSockets" vendor_info "lpVendorInfo" description "szDescription" system_status "szSystemStatus" }
        TransmitFileBuffers = "TRANSMIT_FILE_BUFFERS" { head_length "HeadLength" tail "Tail" tail_length "TailLength" }
        FdSet = "fd_set" { sockets "fd_array" }
        DiskGeometryEx = "DISK_GEOMETRY_EX" { disk_size "DiskSize" data "Data" }
        DiskExtent = "DISK_EXTENT" { starting_offset "StartingOffset" extent_length "ExtentLength" }
        PartitionInformationEx = "PARTITION_INFORMATION_EX" { starting_offset "StartingOffset" partition_number "PartitionNumber" }
    }
    assert_in_c("fields", &text);
}

/// Constants whose values are expressions in `overlapped-abi`.
const EXPRESSIONS: [(&str, u64); 10] = [
    ("(unsigned)SOCKET_ERROR", abi::constants::socket::SOCKET_ERROR as u32 as u64),
    ("(unsigned)SO_EXCLUSIVEADDRUSE", abi::constants::socket::SO_EXCLUSIVEADDRUSE as u32 as u64),
    ("(unsigned)SO_DONTLINGER", abi::constants::socket::SO_DONTLINGER as u32 as u64),
    ("STANDARD_RIGHTS_READ", abi::constants::access::STANDARD_RIGHTS_READ as u64),
    ("STANDARD_RIGHTS_WRITE", abi::constants::access::STANDARD_RIGHTS_WRITE as u64),
    ("STANDARD_RIGHTS_EXECUTE", abi::constants::access::STANDARD_RIGHTS_EXECUTE as u64),
    ("(ULONG_PTR)INVALID_SOCKET", abi::constants::handle::INVALID_SOCKET as u64),
    ("STD_INPUT_HANDLE", abi::constants::handle::STD_INPUT_HANDLE as u64),
    ("STD_OUTPUT_HANDLE", abi::constants::handle::STD_OUTPUT_HANDLE as u64),
    ("STD_ERROR_HANDLE", abi::constants::handle::STD_ERROR_HANDLE as u64),
];

/// Names of `overlapped-abi` that are not compared: no header has them, or C has no constant of them.
fn only_in_abi(name: &str, line: &str) -> bool {
    let own = line.contains("name is ours");
    let guid = name.starts_with("WSAID_");
    // A pointer. Every conformance program compares with it.
    own || guid || name == "INVALID_HANDLE_VALUE"
}

#[test]
fn constants_have_the_values_of_overlapped_abi() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../overlapped-abi/src/constants");
    let mut text = String::new();
    let mut unread = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        for line in fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            let Some((name, rest)) = line.trim().split_once(" = ") else { continue };
            let Some((value, _)) = rest.split_once(" => \"") else { continue };
            let value = value.replace('_', "");
            let number =
                value.strip_prefix("0x").map_or_else(|| value.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            match number {
                _ if only_in_abi(name, line) => {}
                Some(number) => {
                    writeln!(text, "_Static_assert((unsigned)({name}) == {number}u, \"{name}\");").unwrap();
                }
                None => unread.push(name.to_owned()),
            }
        }
    }
    unread.retain(|name| !EXPRESSIONS.iter().any(|(expression, _)| expression.ends_with(name.as_str())));
    assert!(unread.is_empty(), "compare these in EXPRESSIONS: {unread:?}");
    assert!(text.lines().count() > 400, "the tables of constants were not understood");
    for (expression, value) in EXPRESSIONS {
        writeln!(text, "_Static_assert({expression} == {value}ull, \"{expression}\");").unwrap();
    }
    assert_in_c("constants", &text);
}

#[test]
fn errors_have_the_numbers_of_overlapped_abi() {
    let mut text = String::new();
    for code in 0..20_000 {
        for name in [abi::Win32Error(code).name(), abi::WsaError(code).name()].into_iter().flatten() {
            for name in name.split(" / ") {
                writeln!(text, "_Static_assert((unsigned)({name}) == {code}u, \"{name}\");").unwrap();
            }
        }
    }
    assert!(text.lines().count() > 150);
    assert_in_c("errors", &text);
}

/// Numbers by which programs ask a drive for its properties, and where they find the answers.
#[test]
fn properties_of_drives_have_their_names() {
    let mut text = String::new();
    for (name, value) in [
        ("StorageAdapterProperty", 1),
        ("StorageDeviceIdProperty", 2),
        ("StorageAccessAlignmentProperty", 6),
        ("StorageDeviceSeekPenaltyProperty", 7),
        ("StorageDeviceTrimProperty", 8),
        ("PropertyMaskQuery", 2),
        ("F5_160_512", 10),
        ("FixedMedia", 12),
        ("BusTypeUsb", 7),
        ("BusTypeSata", 11),
        ("BusTypeFileBackedVirtual", 15),
        ("BusTypeNvme", 17),
        ("BusTypeUfs", 19),
        ("BusTypeMaxReserved", 127),
        ("PARTITION_EXTENDED", 5),
        ("PARTITION_IFS", 7),
        ("PARTITION_FAT32", 11),
        ("PARTITION_XINT13_EXTENDED", 15),
        ("PARTITION_UNIX", 99),
        ("sizeof(STORAGE_DESCRIPTOR_HEADER)", 8),
        ("sizeof(STORAGE_DEVICE_DESCRIPTOR)", 40),
        ("offsetof(STORAGE_DEVICE_DESCRIPTOR, RemovableMedia)", 10),
        ("offsetof(STORAGE_DEVICE_DESCRIPTOR, VendorIdOffset)", 12),
        ("offsetof(STORAGE_DEVICE_DESCRIPTOR, SerialNumberOffset)", 24),
        ("offsetof(STORAGE_DEVICE_DESCRIPTOR, BusType)", 28),
        ("offsetof(STORAGE_DEVICE_DESCRIPTOR, RawDeviceProperties)", 36),
        ("sizeof(DEVICE_SEEK_PENALTY_DESCRIPTOR)", 12),
        ("offsetof(DEVICE_SEEK_PENALTY_DESCRIPTOR, IncursSeekPenalty)", 8),
        ("offsetof(DEVICE_TRIM_DESCRIPTOR, TrimEnabled)", 8),
    ] {
        writeln!(text, "_Static_assert({name} == {value}, \"{name}\");").unwrap();
    }
    assert_in_c("properties", &text);
}
