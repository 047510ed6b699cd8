use super::super::args::Arguments;
use super::*;
use crate::text::{Unit, of};

/// An argument of a test.
#[derive(Clone, Copy)]
enum Arg {
    Int(i64),
    Float(f64),
    Bytes(&'static [u8]),
    Units(&'static [u16]),
}
use Arg::*;

struct List<'a>(&'a [Arg]);

impl List<'_> {
    fn take(&mut self) -> Arg {
        let (&first, rest) = self.0.split_first().expect("an argument is missing");
        self.0 = rest;
        first
    }
}

impl Arguments for List<'_> {
    fn word(&mut self) -> u64 {
        match self.take() {
            Int(value) => value as u64,
            Bytes(text) => text.as_ptr() as u64,
            Units(text) => text.as_ptr() as u64,
            Float(_) => panic!("not a word"),
        }
    }

    fn double(&mut self) -> f64 {
        match self.take() {
            Float(value) => value,
            _ => panic!("not a double"),
        }
    }

    fn long_double(&mut self) -> f64 {
        self.double()
    }
}

fn in_unit<U: Unit>(pattern: &str, args: &[Arg]) -> String {
    let (mut text, mut list) = (Vec::<U>::new(), List(args));
    // SAFETY: the tables below give the arguments that their formats ask for.
    let len = unsafe { format(&mut text, &of::<U>(pattern), &mut list) };
    assert!(list.0.is_empty(), "{pattern}: arguments are left");
    assert_eq!(len, Some(text.len()), "{pattern}");
    U::to_os(&text).into_string().unwrap()
}

/// Both units give the same.
fn check(pattern: &str, args: &[Arg], expected: &str) {
    assert_eq!(in_unit::<u8>(pattern, args), expected, "narrow {pattern}");
    assert_eq!(in_unit::<u16>(pattern, args), expected, "wide {pattern}");
}

#[test]
fn integers() {
    let table: &[(&str, i64, &str)] = &[
        ("%d", 0, "0"),
        ("%d", -5, "-5"),
        ("%i", 2147483647, "2147483647"),
        ("%d", 0xFFFF_FFFF, "-1"),
        ("%u", -1, "4294967295"),
        ("%5d|", 42, "   42|"),
        ("%-5d|", 42, "42   |"),
        ("%05d", 42, "00042"),
        ("%05d", -42, "-0042"),
        ("%-05d|", 42, "42   |"),
        ("%+d", 42, "+42"),
        ("% d", 42, " 42"),
        ("%+ d", 42, "+42"),
        ("%.5d", 42, "00042"),
        ("%8.5d", -42, "  -00042"),
        ("%08.5d", 42, "   00042"),
        ("%.0d", 0, ""),
        ("%.d|", 0, "|"),
        ("%+.0d", 0, "+"),
        ("%x", 0xBEEF, "beef"),
        ("%X", 0xBEEF, "BEEF"),
        ("%#x", 0xBEEF, "0xbeef"),
        ("%#X", 0xBEEF, "0XBEEF"),
        ("%#x", 0, "0"),
        ("%#010x", 0xBEEF, "0x0000beef"),
        ("%02X", 0xA, "0A"),
        ("%08lX", -1, "FFFFFFFF"),
        ("%o", 8, "10"),
        ("%#o", 8, "010"),
        ("%#o", 0, "0"),
        ("%#.0o", 0, "0"),
        ("%hd", 0x1_8000, "-32768"),
        ("%hu", 0x1_8000, "32768"),
        ("%hhd", 0x1FF, "-1"),
        ("%hhu", 0x1FF, "255"),
        ("%ld", 0x1_FFFF_FFFE, "-2"),
        ("%lu", -1, "4294967295"),
        ("%lld", i64::MIN, "-9223372036854775808"),
        ("%llu", -1, "18446744073709551615"),
        ("%I64d", -1, "-1"),
        ("%I64u", -1, "18446744073709551615"),
        ("%I64x", -1, "ffffffffffffffff"),
        ("%016I64X", 0x1234, "0000000000001234"),
        ("%I32d", 0x1_0000_0001, "1"),
        ("%I32u", -1, "4294967295"),
        ("%Id", -7, "-7"),
        ("%Iu", -1, "18446744073709551615"),
        ("%zu", 1 << 40, "1099511627776"),
        ("%zd", -1, "-1"),
        ("%td", -3, "-3"),
        ("%jd", i64::MAX, "9223372036854775807"),
        ("%p", 0xDEAD_BEEF, "00000000DEADBEEF"),
        ("%20p", 1, "    0000000000000001"),
        ("%-20p|", 0, "0000000000000000    |"),
        ("0x%p", 0xABC, "0x0000000000000ABC"),
    ];
    for &(pattern, value, expected) in table {
        check(pattern, &[Int(value)], expected);
    }
}

#[test]
fn floats() {
    let table: &[(&str, f64, &str)] = &[
        ("%f", 1.5, "1.500000"),
        ("%f", -0.0, "-0.000000"),
        ("%.2f", 3.15159, "3.15"),
        ("%.0f", 2.5, "2"),
        ("%#.0f", 2.0, "2."),
        ("%8.2f|", 3.15159, "    3.15|"),
        ("%-8.2f|", 3.15159, "3.15    |"),
        ("%08.2f", -3.15159, "-0003.15"),
        ("%+.1f", 1.0, "+1.0"),
        ("% .1f", 1.0, " 1.0"),
        ("%e", 12345.678, "1.234568e+04"),
        ("%E", 1e-300, "1.000000E-300"),
        ("%.3e", 1e5, "1.000e+05"),
        ("%g", 0.0001, "0.0001"),
        ("%g", 1e-5, "1e-05"),
        ("%G", 1e20, "1E+20"),
        ("%#g", 1.0, "1.00000"),
        ("%lf", 0.1, "0.100000"),
        ("%Lf", 0.25, "0.250000"),
        ("%f", 1e22, "10000000000000000000000.000000"),
        ("%.70f", 0.5, "0.5000000000000000000000000000000000000000000000000000000000000000000000"),
        ("%a", 1.0, "0x1.0000000000000p+0"),
        ("%.1A", 0.5, "0X1.0P-1"),
        ("%012.1a", 1.0, "0x00001.0p+0"),
        ("%f", f64::INFINITY, "inf"),
        ("%F", f64::NEG_INFINITY, "-INF"),
        ("%06f", f64::INFINITY, "   inf"),
        ("%g", f64::NAN, "nan"),
        ("%g", -f64::NAN, "-nan(ind)"),
    ];
    for &(pattern, value, expected) in table {
        check(pattern, &[Float(value)], expected);
    }
}

const NARROW: Arg = Bytes(b"na\xC3\xAFve\0");
const WIDE: Arg = Units(&[0x6E, 0x61, 0xEF, 0x76, 0x65, 0]);

#[test]
fn text_of_either_unit() {
    let table: &[(&str, Arg, &str, usize)] = &[
        // What the narrow family takes; the wide one takes the other. 0: as it stands, else a case of one family only.
        ("%hs", NARROW, "naïve", 0),
        ("%ls", WIDE, "naïve", 0),
        ("%ws", WIDE, "naïve", 0),
        ("%hS", NARROW, "naïve", 0),
        ("%lS", WIDE, "naïve", 0),
        ("%s", NARROW, "naïve", 1),
        ("%S", WIDE, "naïve", 1),
        ("%s", WIDE, "naïve", 2),
        ("%S", NARROW, "naïve", 2),
        ("%.3s|", NARROW, "na\u{FFFD}|", 9),
        ("%.4s|", NARROW, "naï|", 1),
        ("%.3S|", WIDE, "na|", 1),
        ("%.4S|", WIDE, "naï|", 1),
        ("%.3s|", WIDE, "naï|", 2),
        ("%.3S|", NARROW, "naï|", 2),
        ("%8s|", NARROW, "  naïve|", 1),
        ("%8s|", WIDE, "   naïve|", 2),
        ("%-8s|", WIDE, "naïve   |", 2),
        ("%-8S|", NARROW, "naïve   |", 2),
        ("%.0s|", NARROW, "|", 1),
    ];
    for &(pattern, arg, expected, family) in table {
        match family {
            0 => check(pattern, &[arg], expected),
            1 => assert_eq!(in_unit::<u8>(pattern, &[arg]), expected, "narrow {pattern}"),
            2 => assert_eq!(in_unit::<u16>(pattern, &[arg]), expected, "wide {pattern}"),
            _ => {}
        }
    }
    for pattern in ["%s", "%S", "%hs", "%ls"] {
        check(pattern, &[Int(0)], "(null)");
    }
    check("%.3s", &[Int(0)], "(nu");
}

#[test]
fn no_byte_behind_the_precision_is_read() {
    // Without a zero at its end, at the end of a page without another behind it, reading on would stop the test.
    let page = crate::memoryapi::pages::page_size();
    let at = crate::memoryapi::ovl_VirtualAlloc(std::ptr::null_mut(), 2 * page, 0x2000, 4);
    crate::memoryapi::ovl_VirtualAlloc(at, page, 0x1000, 4);
    let end = at as usize + page;
    // SAFETY: the first page was committed.
    unsafe { std::ptr::copy_nonoverlapping(b"abc".as_ptr(), (end - 3) as *mut u8, 3) };
    assert_eq!(in_unit::<u8>("%.3s", &[Int(end as i64 - 3)]), "abc");
    assert_eq!(in_unit::<u16>("%.3hs", &[Int(end as i64 - 3)]), "abc");
    // SAFETY: as above.
    unsafe { std::ptr::copy_nonoverlapping([97u16, 98].as_ptr().cast::<u8>(), (end - 4) as *mut u8, 4) };
    assert_eq!(in_unit::<u16>("%.2s", &[Int(end as i64 - 4)]), "ab");
    assert_eq!(in_unit::<u8>("%.2ls", &[Int(end as i64 - 4)]), "ab");
    // SAFETY: nobody uses it any more.
    unsafe { crate::memoryapi::ovl_VirtualFree(at, 0, 0x8000) };
}

#[test]
fn characters() {
    check("%c", &[Int(65)], "A");
    check("%3c|%-3c|", &[Int(65), Int(66)], "  A|B  |");
    check("%hc%lc%wc", &[Int(65), Int(0x416), Int(66)], "AЖB");
    assert_eq!(in_unit::<u8>("%C", &[Int(0xE9)]), "é");
    assert_eq!(in_unit::<u16>("%c", &[Int(0x20AC)]), "€");
    assert_eq!(in_unit::<u16>("%C", &[Int(65)]), "A");
    let mut text = Vec::<u8>::new();
    // SAFETY: one argument, as asked for.
    unsafe { format(&mut text, b"%c%c", &mut List(&[Int(0), Int(0xFF)])) };
    assert_eq!(text, [0, 0xFF]);
}

#[test]
fn stars_and_odd_ends() {
    check("%*d|%-*d|", &[Int(5), Int(42), Int(4), Int(7)], "   42|7   |");
    check("%*d|", &[Int(-5), Int(42)], "42   |");
    check("%.*f", &[Int(2), Float(1.0)], "1.00");
    check("%.*d", &[Int(-1), Int(0)], "0");
    check("%*.*f|", &[Int(8), Int(3), Float(1.0)], "   1.000|");
    check("100%% %d%%", &[Int(1)], "100% 1%");
    check("%", &[], "");
    check("abc%5", &[], "abc");
    check("%y%v", &[], "yv");
    check("", &[], "");
    let mut none = Vec::<u8>::new();
    // SAFETY: no argument is asked for before the width is found too large.
    assert_eq!(unsafe { format(&mut none, b"%99999999999d", &mut List(&[])) }, None);
}

#[test]
fn counted_strings() {
    #[repr(C)]
    struct Counted(u16, u16, *const u8);
    let narrow = Counted(2, 3, b"abc".as_ptr());
    let wide = Counted(4, 6, [97u16, 98, 99].as_ptr().cast());
    let at = |counted: &Counted| Int(std::ptr::from_ref(counted) as i64);
    check("%Z|%4wZ|", &[at(&narrow), at(&wide)], "ab|  ab|");
}

#[test]
fn the_count_so_far() {
    let (mut int, mut short, mut long) = (7i32, 7i16, 7i64);
    let at = |place: *mut u8| Int(place as i64);
    let args = [at((&raw mut int).cast()), at((&raw mut short).cast()), at((&raw mut long).cast()), Int(1)];
    assert_eq!(in_unit::<u8>("ab%nc%hnd%llne%d", &args), "abcde1");
    assert_eq!((int, short, long), (2, 3, 4));
}
