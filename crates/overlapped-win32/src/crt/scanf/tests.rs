use super::super::args::Words;
use super::*;
use crate::text::of;

/// Scans in both units, with places for the arguments; what was stored must be the same.
fn check<const N: usize>(text: &str, format: &str, stored: i32, expected: [i64; N]) {
    let run = |wide: bool| {
        let mut places = [0i64; N];
        let at: Vec<u64> = places.iter_mut().map(|place| std::ptr::from_mut(place) as u64).collect();
        let mut args = Words(&at);
        // SAFETY: every place has room for any number.
        let got = unsafe {
            if wide {
                scan(&mut Text::new(&of::<u16>(text)), &of::<u16>(format), &mut args, false)
            } else {
                scan(&mut Text::new(text.as_bytes()), format.as_bytes(), &mut args, false)
            }
        };
        (got, places)
    };
    assert_eq!(run(false), (stored, expected), "narrow {format} of {text}");
    assert_eq!(run(true), (stored, expected), "wide {format} of {text}");
}

#[test]
fn integers() {
    check("42", "%d", 1, [42]);
    check("  -42xyz", "%d", 1, [0xFFFF_FFD6]);
    check("+7 8", "%d%d", 2, [7, 8]);
    check("1,2,3", "%d,%d,%d", 3, [1, 2, 3]);
    check("1;2", "%d,%d", 1, [1, 0]);
    check("", "%d", -1, [0]);
    check("   ", "%d", -1, [0]);
    check("abc", "%d", 0, [0]);
    check("12345", "%2d%d", 2, [12, 345]);
    check("12 34", "%*d %d", 1, [34]);
    check("0x1F 1f 017 0 08", "%i %x %i %i %i", 5, [31, 31, 15, 0, 0]);
    check("0xFF", "%x", 1, [255]);
    check("777", "%o", 1, [511]);
    check("99999999999", "%d", 1, [0x7FFF_FFFF]);
    check("99999999999", "%u", 1, [0xFFFF_FFFF]);
    check("99999999999", "%I64d", 1, [99_999_999_999]);
    check("-1", "%lld", 1, [-1]);
    check("-1", "%ld", 1, [0xFFFF_FFFF]);
    check("65535 300", "%hd%hhu", 2, [65535, 44]);
    check("00000000DEADBEEF", "%p", 1, [0xDEAD_BEEF]);
    check("7 12 rest", "%d %d%n", 2, [7, 12, 4]);
    check("50%", "%d%%", 1, [50]);
    check("5", "%d%d", 1, [5, 0]);
}

#[test]
fn floats() {
    for (text, value) in
        [("1.5", 1.5), ("-2e3", -2000.0), (".5", 0.5), ("5.", 5.0), ("0", 0.0), ("0x1.8p1", 3.0), ("1e", 1.0)]
    {
        check(text, "%lf", 1, [f64::to_bits(value) as i64]);
    }
    check("1.5", "%f", 1, [i64::from(1.5f32.to_bits())]);
    check("inf", "%lg", 1, [f64::INFINITY.to_bits() as i64]);
    check(".", "%lf", 0, [0]);
    check("3.25789", "%4lf", 1, [3.25f64.to_bits() as i64]);
    let mut long = 0u128;
    // SAFETY: a place of 16 bytes.
    let got =
        unsafe { scan(&mut Text::new(b"-2.5"), b"%Lf", &mut Words(&[std::ptr::from_mut(&mut long) as u64]), false) };
    assert_eq!((got, crate::crt::va::LongDouble(long).to_f64()), (1, -2.5));
}

/// Scans bytes into two buffers of 16 bytes.
fn words(text: &str, format: &str, rooms: Option<u64>) -> (i32, String, String) {
    let mut buffers = [[0u8; 16]; 2];
    let at: Vec<u64> = buffers.iter_mut().flat_map(|b| [Some(b.as_mut_ptr() as u64), rooms]).flatten().collect();
    // SAFETY: the texts are shorter than the buffers.
    let got = unsafe { scan(&mut Text::new(text.as_bytes()), format.as_bytes(), &mut Words(&at), rooms.is_some()) };
    let show = |buffer: [u8; 16]| String::from_utf8_lossy(&buffer).trim_end_matches('\0').to_owned();
    (got, show(buffers[0]), show(buffers[1]))
}

#[test]
fn text() {
    let pair = |count, a: &str, b: &str| (count, a.to_owned(), b.to_owned());
    assert_eq!(words("GET /x HTTP", "%s %s", None), pair(2, "GET", "/x"));
    assert_eq!(words("key=value", "%[^=]=%s", None), pair(2, "key", "value"));
    assert_eq!(words("abc123", "%[a-z]%[0-9]", None), pair(2, "abc", "123"));
    assert_eq!(words("]-x", "%[]-]%c", None), pair(2, "]-", "x"));
    assert_eq!(words("abcdef", "%3c%2s", None), pair(2, "abc", "de"));
    assert_eq!(words("abc", "%[0-9]", None), pair(0, "", ""));
    assert_eq!(words("hello you", "%s%s", Some(16)), pair(2, "hello", "you"));
    assert_eq!(words("hello you", "%s%s", Some(4)), pair(0, "", ""));
    assert_eq!(words("hey you", "%s%s", Some(4)), pair(2, "hey", "you"));
}

#[test]
fn text_of_the_other_unit() {
    let mut wide = [0u16; 8];
    let mut narrow = [0u8; 8];
    // SAFETY: the texts are shorter than the buffers.
    unsafe {
        let at = [wide.as_mut_ptr() as u64, 8];
        assert_eq!(scan(&mut Text::new("Жx".as_bytes()), b"%S", &mut Words(&at), true), 1);
        assert_eq!(wide[..3], [0x416, 0x78, 0]);
        let at = [narrow.as_mut_ptr() as u64];
        assert_eq!(scan(&mut Text::new(&of::<u16>("Ж")), &of::<u16>("%hs"), &mut Words(&at), false), 1);
        assert_eq!(&narrow[..3], "Ж\0".as_bytes());
    }
}

#[test]
fn streams_keep_what_is_not_used() {
    let content = "17 añ\u{1F600} 9";
    // SAFETY: the stream is over memory that outlives it.
    unsafe {
        for wide in [false, true] {
            let file = libc::fmemopen(content.as_ptr().cast_mut().cast(), content.len(), c"r".as_ptr());
            let (mut number, mut text, mut last) = (0u32, [0u16; 16], 0u32);
            let at = |place: *mut u8| [place as u64];
            let mut input = Stream::new(file, wide);
            assert_eq!(scan(&mut input, b"%d", &mut Words(&at((&raw mut number).cast())), false), 1);
            drop(input);
            let mut input = Stream::new(file, wide);
            assert_eq!(scan(&mut input, b"%ls", &mut Words(&at(text.as_mut_ptr().cast())), false), 1);
            assert_eq!(scan(&mut input, b"%d", &mut Words(&at((&raw mut last).cast())), false), 1);
            drop(input);
            assert_eq!((number, last, crate::text::units(text.as_ptr())), (17, 9, &of::<u16>("añ\u{1F600}")[..]));
            libc::fclose(file);
        }
    }
}
