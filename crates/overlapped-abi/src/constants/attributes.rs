//! File attributes (contract 01 §2.4).

consts! { u32;
    FILE_ATTRIBUTE_READONLY = 0x1 => "Not to be written or deleted.";
    FILE_ATTRIBUTE_HIDDEN = 0x2 => "Left out of ordinary listings.";
    FILE_ATTRIBUTE_SYSTEM = 0x4 => "Belongs to the system.";
    FILE_ATTRIBUTE_DIRECTORY = 0x10 => "A directory.";
    FILE_ATTRIBUTE_ARCHIVE = 0x20 => "Changed since the last backup.";
    FILE_ATTRIBUTE_DEVICE = 0x40 => "Reserved.";
    FILE_ATTRIBUTE_NORMAL = 0x80 => "No other attribute; valid only alone.";
    FILE_ATTRIBUTE_TEMPORARY = 0x100 => "Short-lived: avoid writing it back.";
    FILE_ATTRIBUTE_SPARSE_FILE = 0x200 => "Sparse.";
    FILE_ATTRIBUTE_REPARSE_POINT = 0x400 => "A link or other reparse point.";
    FILE_ATTRIBUTE_COMPRESSED = 0x800 => "Compressed.";
    FILE_ATTRIBUTE_OFFLINE = 0x1000 => "Its data is not at hand.";
    FILE_ATTRIBUTE_NOT_CONTENT_INDEXED = 0x2000 => "Not to be indexed.";
    FILE_ATTRIBUTE_ENCRYPTED = 0x4000 => "Encrypted.";
    FILE_ATTRIBUTE_VIRTUAL = 0x1_0000 => "Reserved.";
    INVALID_FILE_ATTRIBUTES = 0xFFFF_FFFF => "`GetFileAttributes` failed.";
}

/// The attributes that creating a file can set: read-only, hidden, system, archive, normal, temporary,
/// offline, encrypted. The name is ours.
pub const SETTABLE_AT_CREATION: u32 = FILE_ATTRIBUTE_READONLY
    | FILE_ATTRIBUTE_HIDDEN
    | FILE_ATTRIBUTE_SYSTEM
    | FILE_ATTRIBUTE_ARCHIVE
    | FILE_ATTRIBUTE_NORMAL
    | FILE_ATTRIBUTE_TEMPORARY
    | FILE_ATTRIBUTE_OFFLINE
    | FILE_ATTRIBUTE_ENCRYPTED;
