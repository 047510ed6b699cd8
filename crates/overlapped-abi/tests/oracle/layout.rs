//! Size, alignment and the offset of every field.

use core::mem::{align_of, offset_of, size_of};
use overlapped_abi as abi;
use windows_sys::Win32::Devices::Communication as comm;
use windows_sys::Win32::Networking::WinSock as winsock;
use windows_sys::Win32::Storage::FileSystem as fs;
use windows_sys::Win32::System::Console as console;
use windows_sys::Win32::System::IO as io;
use windows_sys::Win32::System::Ioctl as ioctl;

macro_rules! layout {
    ($test:ident: $($ours:ident = $theirs:path { $($field:ident $original:ident)* })+) => {
        #[test]
        fn $test() {
            $({
                type Theirs = $theirs;
                let name = stringify!($theirs);
                assert_eq!(size_of::<abi::$ours>(), size_of::<Theirs>(), "size of {name}");
                assert_eq!(align_of::<abi::$ours>(), align_of::<Theirs>(), "alignment of {name}");
                $(
                    assert_eq!(
                        offset_of!(abi::$ours, $field),
                        offset_of!(Theirs, $original),
                        "{name}.{}",
                        stringify!($original),
                    );
                )*
            })+
        }
    };
}

layout! { common:
    OverlappedEntry = io::OVERLAPPED_ENTRY { completion_key lpCompletionKey  overlapped lpOverlapped
        internal Internal  bytes_transferred dwNumberOfBytesTransferred }
    SecurityAttributes = windows_sys::Win32::Security::SECURITY_ATTRIBUTES { length nLength
        security_descriptor lpSecurityDescriptor  inherit_handle bInheritHandle }
    FileTime = windows_sys::Win32::Foundation::FILETIME { low dwLowDateTime  high dwHighDateTime }
}

layout! { files:
    ByHandleFileInformation = fs::BY_HANDLE_FILE_INFORMATION { file_attributes dwFileAttributes
        creation_time ftCreationTime  last_access_time ftLastAccessTime
        last_write_time ftLastWriteTime  volume_serial_number dwVolumeSerialNumber
        file_size_high nFileSizeHigh  file_size_low nFileSizeLow  number_of_links nNumberOfLinks
        file_index_high nFileIndexHigh  file_index_low nFileIndexLow }
    FileBasicInfo = fs::FILE_BASIC_INFO { creation_time CreationTime  last_access_time LastAccessTime
        last_write_time LastWriteTime  change_time ChangeTime  file_attributes FileAttributes }
    FileStandardInfo = fs::FILE_STANDARD_INFO { allocation_size AllocationSize  end_of_file EndOfFile
        number_of_links NumberOfLinks  delete_pending DeletePending  directory Directory }
    FileNameInfo = fs::FILE_NAME_INFO { file_name_length FileNameLength  file_name FileName }
    FileRenameInfo = fs::FILE_RENAME_INFO { flags Anonymous  root_directory RootDirectory
        file_name_length FileNameLength  file_name FileName }
    FileDispositionInfo = fs::FILE_DISPOSITION_INFO { delete_file DeleteFile }
    FileDispositionInfoEx = fs::FILE_DISPOSITION_INFO_EX { flags Flags }
    FileAllocationInfo = fs::FILE_ALLOCATION_INFO { allocation_size AllocationSize }
    FileEndOfFileInfo = fs::FILE_END_OF_FILE_INFO { end_of_file EndOfFile }
    FileStreamInfo = fs::FILE_STREAM_INFO { next_entry_offset NextEntryOffset
        stream_name_length StreamNameLength  stream_size StreamSize
        stream_allocation_size StreamAllocationSize  stream_name StreamName }
    FileCompressionInfo = fs::FILE_COMPRESSION_INFO { compressed_file_size CompressedFileSize
        compression_format CompressionFormat  compression_unit_shift CompressionUnitShift
        chunk_shift ChunkShift  cluster_shift ClusterShift  reserved Reserved }
    FileAttributeTagInfo = fs::FILE_ATTRIBUTE_TAG_INFO { file_attributes FileAttributes
        reparse_tag ReparseTag }
    FileIdBothDirInfo = fs::FILE_ID_BOTH_DIR_INFO { next_entry_offset NextEntryOffset
        file_index FileIndex  creation_time CreationTime  last_access_time LastAccessTime
        last_write_time LastWriteTime  change_time ChangeTime  end_of_file EndOfFile
        allocation_size AllocationSize  file_attributes FileAttributes
        file_name_length FileNameLength  ea_size EaSize  short_name_length ShortNameLength
        short_name ShortName  file_id FileId  file_name FileName }
    FileFullDirInfo = fs::FILE_FULL_DIR_INFO { next_entry_offset NextEntryOffset  file_index FileIndex
        creation_time CreationTime  last_access_time LastAccessTime  last_write_time LastWriteTime
        change_time ChangeTime  end_of_file EndOfFile  allocation_size AllocationSize
        file_attributes FileAttributes  file_name_length FileNameLength  ea_size EaSize
        file_name FileName }
    FileIoPriorityHintInfo = fs::FILE_IO_PRIORITY_HINT_INFO { priority_hint PriorityHint }
    FileStorageInfo = fs::FILE_STORAGE_INFO { logical_bytes_per_sector LogicalBytesPerSector
        physical_bytes_per_sector_for_atomicity PhysicalBytesPerSectorForAtomicity
        physical_bytes_per_sector_for_performance PhysicalBytesPerSectorForPerformance
        effective_physical_bytes_per_sector FileSystemEffectivePhysicalBytesPerSectorForAtomicity
        flags Flags  byte_offset_for_sector_alignment ByteOffsetForSectorAlignment
        byte_offset_for_partition_alignment ByteOffsetForPartitionAlignment }
    FileAlignmentInfo = fs::FILE_ALIGNMENT_INFO { alignment_requirement AlignmentRequirement }
    FileIdInfo = fs::FILE_ID_INFO { volume_serial_number VolumeSerialNumber  file_id FileId }
}

layout! { serial:
    Dcb = comm::DCB { length DCBlength  baud_rate BaudRate  flags _bitfield  reserved wReserved
        xon_lim XonLim  xoff_lim XoffLim  byte_size ByteSize  parity Parity  stop_bits StopBits
        xon_char XonChar  xoff_char XoffChar  error_char ErrorChar  eof_char EofChar  evt_char EvtChar
        reserved1 wReserved1 }
    CommTimeouts = comm::COMMTIMEOUTS { read_interval_timeout ReadIntervalTimeout
        read_total_timeout_multiplier ReadTotalTimeoutMultiplier
        read_total_timeout_constant ReadTotalTimeoutConstant
        write_total_timeout_multiplier WriteTotalTimeoutMultiplier
        write_total_timeout_constant WriteTotalTimeoutConstant }
    ComStat = comm::COMSTAT { flags _bitfield  in_queue cbInQue  out_queue cbOutQue }
    CommProp = comm::COMMPROP { packet_length wPacketLength  packet_version wPacketVersion
        service_mask dwServiceMask  reserved1 dwReserved1  max_tx_queue dwMaxTxQueue
        max_rx_queue dwMaxRxQueue  max_baud dwMaxBaud  prov_sub_type dwProvSubType
        prov_capabilities dwProvCapabilities  settable_params dwSettableParams
        settable_baud dwSettableBaud  settable_data wSettableData
        settable_stop_parity wSettableStopParity  current_tx_queue dwCurrentTxQueue
        current_rx_queue dwCurrentRxQueue  prov_spec1 dwProvSpec1  prov_spec2 dwProvSpec2
        prov_char wcProvChar }
    CommConfig = comm::COMMCONFIG { size dwSize  version wVersion  reserved wReserved  dcb dcb
        provider_sub_type dwProviderSubType  provider_offset dwProviderOffset
        provider_size dwProviderSize  provider_data wcProviderData }
}

layout! { sockets:
    WsaBuf = winsock::WSABUF { len len  buf buf }
    WsaMsg = winsock::WSAMSG { name name  name_len namelen  buffers lpBuffers
        buffer_count dwBufferCount  control Control  flags dwFlags }
    WsaPollFd = winsock::WSAPOLLFD { fd fd  events events  revents revents }
    WsaNetworkEvents = winsock::WSANETWORKEVENTS { network_events lNetworkEvents  error_code iErrorCode }
    WsaData = winsock::WSADATA { version wVersion  high_version wHighVersion  max_sockets iMaxSockets
        max_udp_dg iMaxUdpDg  vendor_info lpVendorInfo  description szDescription
        system_status szSystemStatus }
    TransmitFileBuffers = winsock::TRANSMIT_FILE_BUFFERS { head Head  head_length HeadLength
        tail Tail  tail_length TailLength }
    FdSet = winsock::FD_SET { count fd_count  sockets fd_array }
    TimeVal = winsock::TIMEVAL { seconds tv_sec  microseconds tv_usec }
    Linger = winsock::LINGER { on_off l_onoff  seconds l_linger }
    TcpKeepalive = winsock::tcp_keepalive { on_off onoff  time keepalivetime
        interval keepaliveinterval }
}

layout! { devices:
    DiskGeometry = ioctl::DISK_GEOMETRY { cylinders Cylinders  media_type MediaType
        tracks_per_cylinder TracksPerCylinder  sectors_per_track SectorsPerTrack
        bytes_per_sector BytesPerSector }
    DiskGeometryEx = ioctl::DISK_GEOMETRY_EX { geometry Geometry  disk_size DiskSize  data Data }
    GetLengthInformation = ioctl::GET_LENGTH_INFORMATION { length Length }
    StorageDeviceNumber = ioctl::STORAGE_DEVICE_NUMBER { device_type DeviceType
        device_number DeviceNumber  partition_number PartitionNumber }
    StoragePropertyQuery = ioctl::STORAGE_PROPERTY_QUERY { property_id PropertyId
        query_type QueryType  additional_parameters AdditionalParameters }
    StorageAccessAlignmentDescriptor = ioctl::STORAGE_ACCESS_ALIGNMENT_DESCRIPTOR { version Version
        size Size  bytes_per_cache_line BytesPerCacheLine
        bytes_offset_for_cache_alignment BytesOffsetForCacheAlignment
        bytes_per_logical_sector BytesPerLogicalSector
        bytes_per_physical_sector BytesPerPhysicalSector
        bytes_offset_for_sector_alignment BytesOffsetForSectorAlignment }
    DiskExtent = ioctl::DISK_EXTENT { disk_number DiskNumber  starting_offset StartingOffset
        extent_length ExtentLength }
    VolumeDiskExtents = ioctl::VOLUME_DISK_EXTENTS { number_of_disk_extents NumberOfDiskExtents
        extents Extents }
    FileSetSparseBuffer = ioctl::FILE_SET_SPARSE_BUFFER { set_sparse SetSparse }
    FileZeroDataInformation = ioctl::FILE_ZERO_DATA_INFORMATION { file_offset FileOffset
        beyond_final_zero BeyondFinalZero }
    FileAllocatedRangeBuffer = ioctl::FILE_ALLOCATED_RANGE_BUFFER { file_offset FileOffset
        length Length }
}

layout! { consoles:
    Coord = console::COORD { x X  y Y }
    SmallRect = console::SMALL_RECT { left Left  top Top  right Right  bottom Bottom }
    CharInfo = console::CHAR_INFO { char Char  attributes Attributes }
    ConsoleScreenBufferInfo = console::CONSOLE_SCREEN_BUFFER_INFO { size dwSize
        cursor_position dwCursorPosition  attributes wAttributes  window srWindow
        maximum_window_size dwMaximumWindowSize }
    ConsoleCursorInfo = console::CONSOLE_CURSOR_INFO { size dwSize  visible bVisible }
    ConsoleReadConsoleControl = console::CONSOLE_READCONSOLE_CONTROL { length nLength
        initial_chars nInitialChars  ctrl_wakeup_mask dwCtrlWakeupMask
        control_key_state dwControlKeyState }
    KeyEventRecord = console::KEY_EVENT_RECORD { key_down bKeyDown  repeat_count wRepeatCount
        virtual_key_code wVirtualKeyCode  virtual_scan_code wVirtualScanCode  char uChar
        control_key_state dwControlKeyState }
    MouseEventRecord = console::MOUSE_EVENT_RECORD { mouse_position dwMousePosition
        button_state dwButtonState  control_key_state dwControlKeyState  event_flags dwEventFlags }
}

// Structures with a union in them, or with a name or an array after them, are compared by hand.

layout! { with_unions:
    Overlapped = io::OVERLAPPED { internal Internal  internal_high InternalHigh  offset Anonymous
        h_event hEvent }
    InputRecord = console::INPUT_RECORD { event_type EventType  words Event }
    Guid = windows_sys::core::GUID { data1 data1  data2 data2  data3 data3  data4 data4 }
    FileSegmentElement = fs::FILE_SEGMENT_ELEMENT { buffer Buffer }
    PartitionInformationEx = ioctl::PARTITION_INFORMATION_EX { partition_style PartitionStyle
        starting_offset StartingOffset  partition_length PartitionLength
        partition_number PartitionNumber  rewrite_partition RewritePartition
        is_service_partition IsServicePartition  details Anonymous }
    TransmitPacketsElement = winsock::TRANSMIT_PACKETS_ELEMENT { flags dwElFlags  length cLength
        file_offset_or_buffer Anonymous }
}

#[test]
fn halves_of_the_offset_follow_one_another() {
    assert_eq!(offset_of!(abi::Overlapped, offset), 16);
    assert_eq!(offset_of!(abi::Overlapped, offset_high), 20);
}

#[test]
fn names_follow_where_windows_puts_them() {
    assert_eq!(abi::FileNameInfo::NAME_OFFSET, offset_of!(fs::FILE_NAME_INFO, FileName));
    assert_eq!(abi::FileRenameInfo::NAME_OFFSET, offset_of!(fs::FILE_RENAME_INFO, FileName));
    assert_eq!(abi::FileStreamInfo::NAME_OFFSET, offset_of!(fs::FILE_STREAM_INFO, StreamName));
    assert_eq!(abi::FileIdBothDirInfo::NAME_OFFSET, offset_of!(fs::FILE_ID_BOTH_DIR_INFO, FileName));
    assert_eq!(abi::FileFullDirInfo::NAME_OFFSET, offset_of!(fs::FILE_FULL_DIR_INFO, FileName));
    assert_eq!(abi::FileNotifyInformation::NAME_OFFSET, offset_of!(fs::FILE_NOTIFY_INFORMATION, FileName));
    assert_eq!(
        size_of::<abi::DriveLayoutInformationEx>(),
        offset_of!(ioctl::DRIVE_LAYOUT_INFORMATION_EX, PartitionEntry)
    );
}

#[test]
fn sizes_of_the_overview() {
    // Contract 00 §0.2, as written there.
    let sizes = [
        (size_of::<abi::Overlapped>(), 32),
        (size_of::<abi::OverlappedEntry>(), 32),
        (size_of::<abi::SecurityAttributes>(), 24),
        (size_of::<abi::Dcb>(), 28),
        (size_of::<abi::CommTimeouts>(), 20),
        (size_of::<abi::ComStat>(), 12),
        (size_of::<abi::CommProp>(), 64),
        (size_of::<abi::CommConfig>(), 52),
        (size_of::<abi::FileSegmentElement>(), 8),
        (size_of::<abi::ByHandleFileInformation>(), 52),
        (size_of::<abi::WsaBuf>(), 16),
        (size_of::<abi::WsaMsg>(), 56),
        (size_of::<abi::WsaPollFd>(), 16),
        (size_of::<abi::WsaNetworkEvents>(), 44),
        (size_of::<abi::WsaData>(), 408),
        (size_of::<abi::TransmitFileBuffers>(), 32),
        (size_of::<abi::InputRecord>(), 20),
        (size_of::<abi::ConsoleScreenBufferInfo>(), 22),
        (size_of::<abi::CharInfo>(), 4),
        (abi::FileNotifyInformation::NAME_OFFSET, 12),
    ];
    for (i, (ours, expected)) in sizes.into_iter().enumerate() {
        assert_eq!(ours, expected, "entry {i}");
    }
}

#[test]
fn structures_are_send() {
    fn send<T: Send + Sync + 'static>() {}
    send::<abi::Overlapped>();
    send::<abi::OverlappedEntry>();
    send::<abi::WsaMsg>();
}

#[test]
fn key_events_survive_the_union() {
    let key = abi::KeyEventRecord {
        key_down: 1,
        repeat_count: 2,
        virtual_key_code: 0x41,
        virtual_scan_code: 0x1E,
        char: 0x61,
        control_key_state: 0x10,
    };
    let record = abi::InputRecord::new(abi::InputEvent::Key(key));
    assert_eq!(record.event_type, 1);
    assert_eq!(record.event(), Some(abi::InputEvent::Key(key)));

    // The same bytes, read as the union of Windows.
    let mut theirs = console::INPUT_RECORD::default();
    assert_eq!(size_of_val(&record), size_of_val(&theirs));
    // SAFETY: both are plain data of one size, and every bit pattern is valid in both.
    unsafe {
        core::ptr::copy_nonoverlapping((&raw const record).cast::<u8>(), (&raw mut theirs).cast::<u8>(), 20);
    }
    // SAFETY: the event type says that this member of the union is the valid one.
    let theirs = unsafe { theirs.Event.KeyEvent };
    assert_eq!((theirs.bKeyDown, theirs.wRepeatCount, theirs.wVirtualKeyCode), (1, 2, 0x41));
    // SAFETY: both members of this union are plain numbers.
    assert_eq!((theirs.wVirtualScanCode, unsafe { theirs.uChar.UnicodeChar }), (0x1E, 0x61));
    assert_eq!(theirs.dwControlKeyState, 0x10);
}

#[test]
fn other_events_survive_the_union() {
    let position = abi::Coord { x: -3, y: 7 };
    for event in [
        abi::InputEvent::Mouse(abi::MouseEventRecord {
            mouse_position: position,
            button_state: 1,
            control_key_state: 8,
            event_flags: 2,
        }),
        abi::InputEvent::WindowBufferSize(position),
        abi::InputEvent::Menu(9),
        abi::InputEvent::Focus(true),
    ] {
        assert_eq!(abi::InputRecord::new(event).event(), Some(event));
    }
    assert_eq!(abi::InputRecord::default().event(), None);
}
