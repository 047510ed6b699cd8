//! Code pages: how bytes become characters and back.
//!
//! CP_ACP, CP_OEMCP, CP_MACCP and CP_THREAD_ACP are UTF-8 (decision D9). Besides UTF-8 there are tables for 1252, 437, Latin-1
//! and ASCII; for other code pages libc's `iconv` is asked, which knows most of them if its data is installed. Of those with one byte
//! a character it is asked byte by byte, once: given a text, it joins letters and accents to one character and keeps the last letter back.

mod iconv;
mod odd;

use iconv::Iconv;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Tables that were made, by code page.
static MADE: Mutex<BTreeMap<u32, &'static [u16; 128]>> = Mutex::new(BTreeMap::new());

/// A code page that can be converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePage {
    /// UTF-8.
    Utf8,
    /// One byte a character; the upper half as in the table, 0xFFFD for bytes without meaning.
    Table(&'static [u16; 128]),
    /// Another one, by its number.
    Other(u32),
}

const fn latin1(ascii: bool) -> [u16; 128] {
    let mut table = [0xFFFD; 128];
    let mut index = 0;
    while index < 128 && !ascii {
        table[index] = index as u16 + 128;
        index += 1;
    }
    table
}

static LATIN1: [u16; 128] = latin1(false);
static ASCII: [u16; 128] = latin1(true);

/// Windows-1252: Latin-1 but for the first 32, of which those that are not assigned mean themselves.
static WINDOWS_1252: [u16; 128] = {
    let mut table = latin1(false);
    let first: [u16; 32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ];
    let mut index = 0;
    while index < 32 {
        table[index] = first[index];
        index += 1;
    }
    table
};

/// The upper half of the character set of the first PCs.
static IBM_437: [u16; 128] = [
    0xC7, 0xFC, 0xE9, 0xE2, 0xE4, 0xE0, 0xE5, 0xE7, 0xEA, 0xEB, 0xE8, 0xEF, 0xEE, 0xEC, 0xC4, 0xC5, 0xC9, 0xE6, 0xC6,
    0xF4, 0xF6, 0xF2, 0xFB, 0xF9, 0xFF, 0xD6, 0xDC, 0xA2, 0xA3, 0xA5, 0x20A7, 0x192, 0xE1, 0xED, 0xF3, 0xFA, 0xF1,
    0xD1, 0xAA, 0xBA, 0xBF, 0x2310, 0xAC, 0xBD, 0xBC, 0xA1, 0xAB, 0xBB, 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561,
    0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C,
    0x2500, 0x253C, 0x255E, 0x255F, 0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564,
    0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
    0x3B1, 0xDF, 0x393, 0x3C0, 0x3A3, 0x3C3, 0xB5, 0x3C4, 0x3A6, 0x398, 0x3A9, 0x3B4, 0x221E, 0x3C6, 0x3B5, 0x2229,
    0x2261, 0xB1, 0x2265, 0x2264, 0x2320, 0x2321, 0xF7, 0x2248, 0xB0, 0x2219, 0xB7, 0x221A, 0x207F, 0xB2, 0x25A0, 0xA0,
];

/// Converted text, and whether something in it could not be converted and was replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Converted<U> {
    /// The text.
    pub text: Vec<U>,
    /// Something was replaced.
    pub lossy: bool,
}

impl CodePage {
    /// The code page of a number; `None` if there is no such one here.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        Some(match number {
            0..=3 | 65001 => Self::Utf8,
            1252 => Self::Table(&WINDOWS_1252),
            437 => Self::Table(&IBM_437),
            28591 => Self::Table(&LATIN1),
            20127 => Self::Table(&ASCII),
            _ => {
                let mut made = MADE.lock();
                if let Some(table) = made.get(&number) {
                    return Some(Self::Table(table));
                }
                match table_of(&Iconv::open("UTF-16LE", &name_of(number))?, number) {
                    Some(table) => Self::Table(made.entry(number).or_insert(Box::leak(Box::new(table)))),
                    None => Self::Other(number),
                }
            }
        })
    }

    /// To UTF-16. What cannot be becomes U+FFFD, in pages with two bytes a character what Windows puts there.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Converted<u16> {
        match self {
            Self::Utf8 => {
                let lossy = std::str::from_utf8(bytes).is_err();
                Converted { text: String::from_utf8_lossy(bytes).encode_utf16().collect(), lossy }
            }
            Self::Table(table) => {
                let unit = |&byte: &u8| if byte < 128 { byte.into() } else { table[usize::from(byte) - 128] };
                let text: Vec<u16> = bytes.iter().map(unit).collect();
                Converted { lossy: text.iter().any(|&unit| unit == 0xFFFD || odd::is_placeholder(unit)), text }
            }
            Self::Other(number) => {
                let Some(iconv) = Iconv::open("UTF-16LE", &name_of(number)) else { return Converted::default() };
                let (bytes, lossy) = iconv.run(bytes, |rest| {
                    let (unit, length, lossy) = match odd::unit_of(number, rest[0]) {
                        Some(unit) => (unit, 1, odd::is_placeholder(unit)),
                        // A first byte takes the next one with it, which is not looked at for itself.
                        None if self.is_lead(rest[0]) && rest.get(1).is_some_and(|&second| second != 0) => {
                            (odd::default_unit(number), 2, true)
                        }
                        None => (odd::default_unit(number), 1, true),
                    };
                    iconv::Instead { put: unit.to_le_bytes().to_vec(), skip: length, lossy }
                });
                let text = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
                Converted { text, lossy }
            }
        }
    }

    /// From UTF-16. What cannot be becomes `instead`, in UTF-8 U+FFFD.
    #[must_use]
    pub fn encode(self, units: &[u16], instead: &[u8]) -> Converted<u8> {
        match self {
            Self::Utf8 => {
                let lossy = char::decode_utf16(units.iter().copied()).any(|c| c.is_err());
                Converted { text: String::from_utf16_lossy(units).into_bytes(), lossy }
            }
            Self::Table(table) => {
                let mut out = Converted::default();
                for c in char::decode_utf16(units.iter().copied()) {
                    let value = c.map_or(0xFFFD, u32::from);
                    let upper = table.iter().position(|&unit| u32::from(unit) == value && unit != 0xFFFD);
                    match (value < 128, upper) {
                        (true, _) => out.text.push(value as u8),
                        (_, Some(index)) => out.text.push(index as u8 + 128),
                        _ => {
                            out.text.extend_from_slice(instead);
                            out.lossy = true;
                        }
                    }
                }
                out
            }
            Self::Other(number) => {
                let Some(iconv) = Iconv::open(&name_of(number), "UTF-16LE") else { return Converted::default() };
                let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
                let (text, lossy) = iconv.run(&bytes, |rest| {
                    let unit = u16::from_le_bytes([rest[0], rest.get(1).copied().unwrap_or(0)]);
                    let byte = (0x80..=0xFF).find(|&byte| odd::unit_of(number, byte) == Some(unit));
                    iconv::Instead {
                        put: byte.map_or_else(|| instead.to_vec(), |b| vec![b]),
                        skip: 2,
                        lossy: byte.is_none(),
                    }
                });
                Converted { text, lossy }
            }
        }
    }

    /// Is this the first of two bytes, in a code page that has such?
    #[must_use]
    pub fn is_lead(self, byte: u8) -> bool {
        match self {
            // Katakana are single bytes there.
            Self::Other(932) => matches!(byte, 0x81..=0x9F | 0xE0..=0xFC),
            _ => self.longest() == 2 && matches!(byte, 0x81..=0xFE),
        }
    }

    /// How many of these bytes are whole characters: the end may be the beginning of one.
    #[must_use]
    pub fn whole(self, bytes: &[u8]) -> usize {
        if self == Self::Utf8 {
            let tail = bytes.len().saturating_sub(3);
            let open = |at: &usize| {
                std::str::from_utf8(&bytes[*at..])
                    .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
            };
            return (tail..bytes.len()).find(open).unwrap_or(bytes.len());
        }
        let mut at = 0;
        while at < bytes.len() {
            match self.is_lead(bytes[at]) {
                true if at + 1 == bytes.len() => return at,
                true => at += 2,
                false => at += 1,
            }
        }
        at
    }

    /// The most bytes that a character has.
    #[must_use]
    pub fn longest(self) -> u32 {
        match self {
            Self::Utf8 => 4,
            Self::Table(_) => 1,
            Self::Other(number) => match number {
                932 | 936 | 949 | 950 => 2,
                54936 => 4,
                _ => 1,
            },
        }
    }
}

/// What `iconv` calls a code page.
fn name_of(number: u32) -> String {
    match number {
        28592..=28606 => format!("ISO-8859-{}", number - 28590),
        20866 => "KOI8-R".into(),
        54936 => "GB18030".into(),
        51932 => "EUC-JP".into(),
        _ => format!("CP{number}"),
    }
}

/// The upper half of a code page that has one byte a character and ASCII below; `None` if it is another one.
fn table_of(iconv: &Iconv, number: u32) -> Option<[u16; 128]> {
    if (0..128).any(|byte| iconv.one(byte) != iconv::One::Unit(byte.into())) {
        return None;
    }
    let mut table = [0xFFFD; 128];
    for (slot, byte) in table.iter_mut().zip(0x80..=0xFFu8) {
        *slot = match iconv.one(byte) {
            iconv::One::Unit(unit) => unit,
            iconv::One::None => odd::unit_of(number, byte).unwrap_or(0xFFFD),
            iconv::One::More => return None,
        };
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_ways(number: u32, bytes: &[u8], text: &str) {
        let page = CodePage::new(number).unwrap();
        let units: Vec<u16> = text.encode_utf16().collect();
        assert_eq!(page.decode(bytes), Converted { text: units.clone(), lossy: false }, "{number}");
        assert_eq!(page.encode(&units, b"?"), Converted { text: bytes.to_vec(), lossy: false }, "{number}");
    }

    #[test]
    fn tables() {
        both_ways(65001, "aЖ€\u{1F600}".as_bytes(), "aЖ€\u{1F600}");
        both_ways(1252, b"a\x80\xE9\xFF", "a€éÿ");
        both_ways(437, b"\x81\xC9\xE1", "ü╔ß");
        both_ways(28591, b"\x80\xE9", "\u{80}é");
        let ascii = CodePage::new(20127).unwrap();
        assert_eq!(ascii.encode(&[0x61, 0xE9], b"?"), Converted { text: b"a?".to_vec(), lossy: true });
        assert_eq!(ascii.decode(b"\xE9"), Converted { text: vec![0xFFFD], lossy: true });
    }

    #[test]
    fn the_beginning_of_a_character_is_told_from_whole_ones() {
        assert_eq!(CodePage::Utf8.whole("a€b".as_bytes()), 5);
        assert_eq!((CodePage::Utf8.whole(b"a\xE2\x82"), CodePage::Utf8.whole(b"\x82\xE9x")), (1, 3));
        let (one, two, japanese) = (CodePage::Table(&IBM_437), CodePage::Other(936), CodePage::Other(932));
        assert_eq!((one.whole(b"a\xC9"), two.whole(b"\xD6\xD0\xD6"), two.whole(b"a\xD6\xD0")), (2, 2, 3));
        assert_eq!((japanese.whole(b"\xB1\xB2"), japanese.whole(b"\xB1\x82")), (2, 1));
    }

    #[test]
    fn the_last_letter_comes_too_and_accents_stay_what_they_are() {
        if CodePage::new(1255).is_some() {
            both_ways(1255, b"\xF9\xEC\xE5\xED", "שלום");
            // A letter and a point are two characters, as they are two bytes.
            both_ways(1255, b"\xE0\xC7", "\u{5D0}\u{5B7}");
            both_ways(1255, b"\xCA\xD4", "\u{5BA}\u{5F0}");
        }
        if CodePage::new(1258).is_some() {
            both_ways(1258, b"a", "a");
            both_ways(1258, b"a\xCC", "a\u{300}");
            both_ways(1258, b"\xE2\xEC", "â\u{301}");
        }
    }

    #[test]
    fn bytes_that_are_not_assigned_mean_themselves_or_have_a_placeholder() {
        for number in [874, 1250, 1251, 1253, 1254, 1255, 1257, 1258] {
            if let Some(page) = CodePage::new(number) {
                assert_eq!(page.longest(), 1, "{number}");
                both_ways(
                    number,
                    b"\x98a",
                    if number == 1254 || number == 1255 || number == 1258 { "\u{2DC}a" } else { "\u{98}a" },
                );
            }
        }
        if let Some(page) = CodePage::new(1253) {
            assert_eq!(page.decode(b"\xAA"), Converted { text: vec![0xF8F9], lossy: true });
            assert_eq!(page.encode(&[0xF8F9], b"?"), Converted { text: vec![0xAA], lossy: false });
        }
    }

    #[test]
    fn what_two_bytes_do_not_mean_becomes_what_windows_puts_there() {
        for (number, default) in [(932, 0x30FB), (936, 0x3F), (949, 0x3F), (950, 0x3F)] {
            let Some(page) = CodePage::new(number) else { continue };
            let lossy = |text: Vec<u16>| Converted { text, lossy: true };
            assert_eq!(page.decode(b"\x81"), lossy(vec![default]), "{number}, the end is missing");
            assert_eq!(page.decode(b"\x81\x20z"), lossy(vec![default, 0x7A]), "{number}, both go");
            assert_eq!(page.decode(b"\x81\0c"), lossy(vec![default, 0, 0x63]), "{number}, a zero stays");
        }
        if let Some(page) = CodePage::new(949) {
            assert_eq!(page.decode(b"\x80\xFF"), Converted { text: vec![0x80, 0xF8F7], lossy: true });
            assert_eq!(
                page.encode(&[0x80, 0xF8F7, 0x1234], b"#"),
                Converted { text: vec![0x80, 0xFF, b'#'], lossy: true }
            );
        }
    }

    #[test]
    fn others_where_libc_has_them() {
        if CodePage::new(936).is_some() {
            both_ways(936, b"\xD6\xD0a", "中a");
            let page = CodePage::new(936).unwrap();
            assert_eq!(page.encode(&[0x1234, 0x61], b"?"), Converted { text: b"?a".to_vec(), lossy: true });
            assert_eq!(page.longest(), 2);
        }
        assert!(CodePage::new(12345).is_none());
    }
}
