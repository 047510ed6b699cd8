//! Bytes that no standard assigns and that code pages of Windows have all the same, as the published best-fit tables say: controls
//! that mean themselves, and placeholders in the private use area.

/// Is this one of the placeholders? They count as bytes without meaning.
pub(super) fn is_placeholder(unit: u16) -> bool {
    matches!(unit, 0xF88D..=0xF896 | 0xF8C1..=0xF8C8 | 0xF8F0..=0xF8FD)
}

/// What Windows makes of a byte that `iconv` does not know.
pub(super) fn unit_of(number: u32, byte: u8) -> Option<u16> {
    let from = |first: u16, start: u8| Some(first + u16::from(byte - start));
    match (number, byte) {
        (874 | 1250..=1258, 0x80..=0x9F) | (932 | 949 | 950, 0x80) => Some(byte.into()),
        (936, 0x80) => Some(0x20AC),
        (874, 0xDB..=0xDE) => from(0xF8C1, 0xDB),
        (874, 0xFC..=0xFF) => from(0xF8C5, 0xFC),
        (1253, 0xAA) => Some(0xF8F9),
        (1253, 0xD2) => Some(0xF8FA),
        (1253, 0xFF) => Some(0xF8FB),
        (1255, 0xCA) => Some(0x5BA),
        (1255, 0xD9..=0xDF) => from(0xF88D, 0xD9),
        (1255, 0xFB..=0xFC) => from(0xF894, 0xFB),
        (1255, 0xFF) => Some(0xF896),
        (1257, 0xA1) => Some(0xF8FC),
        (1257, 0xA5) => Some(0xF8FD),
        (932, 0xA0) => Some(0xF8F0),
        (932, 0xFD..=0xFF) => from(0xF8F1, 0xFD),
        (936, 0xFF) => Some(0xF8F5),
        (949, 0xFF) => Some(0xF8F7),
        (950, 0xFF) => Some(0xF8F8),
        _ => None,
    }
}

/// What stands for bytes that mean nothing.
pub(super) fn default_unit(number: u32) -> u16 {
    match number {
        932 => 0x30FB,
        936 | 949 | 950 => b'?'.into(),
        _ => 0xFFFD,
    }
}
