//! File pointers, information classes, locks, directory watches, notification modes
//! (contract 02, 03 §6). The information classes keep their mixed-case names.

#![allow(non_upper_case_globals)]

// File pointer and size (02 §1, §2).
consts! { u32;
    FILE_BEGIN = 0 => "Move from the start.";
    FILE_CURRENT = 1 => "Move from where the pointer is.";
    FILE_END = 2 => "Move from the end.";
    INVALID_FILE_SIZE = 0xFFFF_FFFF => "`GetFileSize` failed, if the last error is not 0.";
    INVALID_SET_FILE_POINTER = 0xFFFF_FFFF => "`SetFilePointer` failed, if the last error is not 0.";
    FILE_WRITE_TO_END_OF_FILE = 0xFFFF_FFFF => "With a high half of −1: this write appends (02 §12).";
    FILE_USE_FILE_POINTER_POSITION = 0xFFFF_FFFE => "With a high half of −1: use the file pointer (02 §12).";
}

// FILE_INFO_BY_HANDLE_CLASS (02 §4).
consts! { i32;
    FileBasicInfo = 0 => "Times and attributes.";
    FileStandardInfo = 1 => "Sizes, links, delete-pending.";
    FileNameInfo = 2 => "The name.";
    FileRenameInfo = 3 => "Rename.";
    FileDispositionInfo = 4 => "Delete.";
    FileAllocationInfo = 5 => "Reserved space.";
    FileEndOfFileInfo = 6 => "Size.";
    FileStreamInfo = 7 => "Data streams.";
    FileCompressionInfo = 8 => "Compression.";
    FileAttributeTagInfo = 9 => "Attributes and reparse tag.";
    FileIdBothDirectoryInfo = 10 => "Listing with file numbers.";
    FileIdBothDirectoryRestartInfo = 11 => "The same from the start.";
    FileIoPriorityHintInfo = 12 => "Priority.";
    FileRemoteProtocolInfo = 13 => "Network protocol.";
    FileFullDirectoryInfo = 14 => "Listing.";
    FileFullDirectoryRestartInfo = 15 => "The same from the start.";
    FileStorageInfo = 16 => "Sector sizes.";
    FileAlignmentInfo = 17 => "Buffer alignment.";
    FileIdInfo = 18 => "128-bit file number.";
    FileIdExtdDirectoryInfo = 19 => "Listing with 128-bit file numbers.";
    FileIdExtdDirectoryRestartInfo = 20 => "The same from the start.";
    FileDispositionInfoEx = 21 => "Delete, with flags.";
    FileRenameInfoEx = 22 => "Rename, with flags.";

    IoPriorityHintVeryLow = 0 => "Background.";
    IoPriorityHintLow = 1 => "Below normal.";
    IoPriorityHintNormal = 2 => "Normal.";
}

// Flags of FileDispositionInfoEx and FileRenameInfoEx (02 §4).
consts! { u32;
    FILE_DISPOSITION_FLAG_DO_NOT_DELETE = 0x0 => "Keep the file.";
    FILE_DISPOSITION_FLAG_DELETE = 0x1 => "Delete the file.";
    FILE_DISPOSITION_FLAG_POSIX_SEMANTICS = 0x2 => "The name goes at once.";
    FILE_DISPOSITION_FLAG_FORCE_IMAGE_SECTION_CHECK = 0x4 => "Refuse while it is mapped.";
    FILE_DISPOSITION_FLAG_ON_CLOSE = 0x8 => "Change delete-on-close instead.";
    FILE_DISPOSITION_FLAG_IGNORE_READONLY_ATTRIBUTE = 0x10 => "Delete read-only files too.";
    FILE_RENAME_FLAG_REPLACE_IF_EXISTS = 0x1 => "Replace an existing target.";
    FILE_RENAME_FLAG_POSIX_SEMANTICS = 0x2 => "Replace a target that is open.";
}

// LockFileEx (02 §9).
consts! { u32;
    LOCKFILE_FAIL_IMMEDIATELY = 0x1 => "Do not wait for the range.";
    LOCKFILE_EXCLUSIVE_LOCK = 0x2 => "Exclusive instead of shared.";
}

// ReadDirectoryChangesW (02 §10).
consts! { u32;
    FILE_NOTIFY_CHANGE_FILE_NAME = 0x1 => "Files created, deleted, renamed.";
    FILE_NOTIFY_CHANGE_DIR_NAME = 0x2 => "Directories created, deleted, renamed.";
    FILE_NOTIFY_CHANGE_ATTRIBUTES = 0x4 => "Attributes changed.";
    FILE_NOTIFY_CHANGE_SIZE = 0x8 => "Size changed.";
    FILE_NOTIFY_CHANGE_LAST_WRITE = 0x10 => "Written.";
    FILE_NOTIFY_CHANGE_LAST_ACCESS = 0x20 => "Read.";
    FILE_NOTIFY_CHANGE_CREATION = 0x40 => "Creation time changed.";
    FILE_NOTIFY_CHANGE_SECURITY = 0x100 => "Permissions changed.";
    FILE_NOTIFY_VALID_MASK = 0x17F => "Every filter above. The name is ours.";

    FILE_ACTION_ADDED = 0x1 => "Created or moved in.";
    FILE_ACTION_REMOVED = 0x2 => "Deleted or moved out.";
    FILE_ACTION_MODIFIED = 0x3 => "Changed.";
    FILE_ACTION_RENAMED_OLD_NAME = 0x4 => "Renamed: the old name.";
    FILE_ACTION_RENAMED_NEW_NAME = 0x5 => "Renamed: the new name.";
}

// SetFileCompletionNotificationModes (03 §6).
consts! { u8;
    FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 1 => "No packet for a request that succeeds at once.";
    FILE_SKIP_SET_EVENT_ON_HANDLE = 2 => "Completions do not signal the instance.";
    FILE_SKIP_SET_USER_EVENT_ON_FAST_IO = 4 => "Native level only.";
}

// Volumes (01 §6).
consts! { u32;
    FILE_CASE_SENSITIVE_SEARCH = 0x1 => "Names can differ by case only.";
    FILE_CASE_PRESERVED_NAMES = 0x2 => "The case of names is kept.";
    FILE_UNICODE_ON_DISK = 0x4 => "Names are Unicode.";
    FILE_PERSISTENT_ACLS = 0x8 => "Permissions are kept.";
    FILE_FILE_COMPRESSION = 0x10 => "Files can be compressed.";
    FILE_VOLUME_QUOTAS = 0x20 => "Quotas.";
    FILE_SUPPORTS_SPARSE_FILES = 0x40 => "Sparse files.";
    FILE_SUPPORTS_REPARSE_POINTS = 0x80 => "Links.";
    FILE_READ_ONLY_VOLUME = 0x8_0000 => "Read-only.";
    FILE_SUPPORTS_HARD_LINKS = 0x40_0000 => "Files can have several names.";
    FILE_SUPPORTS_OPEN_BY_FILE_ID = 0x100_0000 => "Files can be opened by their numbers.";

    DRIVE_UNKNOWN = 0 => "Unknown.";
    DRIVE_NO_ROOT_DIR = 1 => "No such root.";
    DRIVE_REMOVABLE = 2 => "Removable medium.";
    DRIVE_FIXED = 3 => "Fixed disk.";
    DRIVE_REMOTE = 4 => "Network drive.";
    DRIVE_CDROM = 5 => "Compact disc.";
    DRIVE_RAMDISK = 6 => "In memory.";
}
