//! Variadic functions as C compiles them: what the library reads from a `va_list` is what was passed.

use overlapped_win32::crt::{numbers, printf, scanf};
use overlapped_win32::formatmessage::{ovl_FormatMessageA, ovl_FormatMessageW};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::process::Command;
use std::sync::LazyLock;

const SOURCE: &str = r#"
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

typedef int (*print_fn)(char *, size_t, const char *, va_list);
typedef int (*scan_fn)(const char *, const char *, va_list);
typedef unsigned (*message_fn)(unsigned, const void *, unsigned, unsigned, void *, unsigned, va_list *);
typedef long double (*number_fn)(const unsigned short *, unsigned short **);

int call_print(print_fn print, char *to, size_t room, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int length = print(to, room, format, list);
    va_end(list);
    return length;
}

int call_twice(print_fn print, char *to, size_t room, const char *format, ...) {
    va_list list;
    va_start(list, format);
    print(to, 2, format, list);
    int length = print(to, room, format, list);
    va_end(list);
    return length;
}

int call_scan(scan_fn scan, const char *text, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int count = scan(text, format, list);
    va_end(list);
    return count;
}

unsigned call_message(message_fn message, const void *format, void *to, unsigned room, ...) {
    va_list list;
    va_start(list, room);
    unsigned length = message(0x400, format, 0, 0, to, room, &list);
    va_end(list);
    return length;
}

int long_doubles(print_fn print, char *to, size_t room) {
    return call_print(print, to, room, "%d %Lf %g %Lg %d %d %d %d %d %Lf %d", 1, 2.5L, 0.5, -1e10L, 2, 3, 4, 5, 6, 7.25L, 8);
}

int scan_long_double(scan_fn scan) {
    long double value = 0;
    return call_scan(scan, "-12.5", "%Lf", &value) == 1 && value == -12.5L;
}

int number(number_fn number) {
    static const unsigned short text[] = {'-', '2', '.', '5', 'x', 0};
    unsigned short *end = 0;
    return number(text, &end) == -2.5L && end == text + 4;
}
"#;

/// The handle of a library with the functions above, which the C compiler has made.
struct Library(usize);

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::new);

impl Library {
    fn new() -> Self {
        let directory = std::env::temp_dir().join(format!("ovl-variadic-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let (source, library) = (directory.join("variadic.c"), directory.join("libvariadic.so"));
        std::fs::write(&source, SOURCE).unwrap();
        // Rust links with this compiler, so it is there.
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let status = Command::new(compiler).args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(&source).status();
        assert!(status.unwrap().success());
        let name = CString::new(library.to_str().unwrap()).unwrap();
        // SAFETY: a string; the library does nothing when it is loaded.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW) };
        assert!(!handle.is_null());
        std::fs::remove_dir_all(directory).unwrap();
        Self(handle as usize)
    }

    fn symbol(&self, name: &CStr) -> *mut c_void {
        // SAFETY: an open library and a string.
        let symbol = unsafe { libc::dlsym(self.0 as *mut c_void, name.as_ptr()) };
        assert!(!symbol.is_null());
        symbol
    }
}

type CallPrint = unsafe extern "C" fn(*const c_void, *mut c_char, usize, *const c_char, ...) -> c_int;
type CallScan = unsafe extern "C" fn(*const c_void, *const c_char, *const c_char, ...) -> c_int;
type CallMessage = unsafe extern "C" fn(*const c_void, *const c_void, *mut c_void, u32, ...) -> u32;

fn text(room: &[c_char]) -> &str {
    // SAFETY: the functions end what they write with a zero.
    unsafe { CStr::from_ptr(room.as_ptr()) }.to_str().unwrap()
}

#[test]
fn integers_doubles_and_strings_in_any_order() {
    let mut room = [0; 300];
    // SAFETY: the signature of that function; the arguments are those that the format asks for.
    unsafe {
        let call: CallPrint = std::mem::transmute(LIBRARY.symbol(c"call_print"));
        let print = printf::ovl_vsnprintf as *const c_void;
        let format = c"%d %s %I64d %g %u %x %d %d %d %f %f %f %f %f %f %f %g %g %s %c";
        let wide = [0x20ACu16, 0];
        let length = call(
            print,
            room.as_mut_ptr(),
            300,
            format.as_ptr(),
            -1,
            c"two".as_ptr(),
            -3i64,
            4.5f64,
            5u32,
            6,
            7,
            8,
            9,
            1.0f64,
            2.0f64,
            3.0f64,
            4.0f64,
            5.0f64,
            6.0f64,
            7.0f64,
            8.5f64,
            9.5f64,
            c"ten".as_ptr(),
            i32::from(b'x'),
        );
        let expected =
            "-1 two -3 4.5 5 6 7 8 9 1.000000 2.000000 3.000000 4.000000 5.000000 6.000000 7.000000 8.5 9.5 ten x";
        assert_eq!((text(&room), length as usize), (expected, expected.len()));
        assert_eq!(call(print, room.as_mut_ptr(), 4, c"%S%d".as_ptr(), wide.as_ptr(), 77), 5);
        assert_eq!(text(&room), "€");
    }
}

/// Where a list is a pointer that is passed by value, programs ask for the length and then print with the same list.
#[test]
fn a_list_can_be_used_again() {
    let mut room = [0; 40];
    // SAFETY: the signature of that function; the arguments are those that the format asks for.
    unsafe {
        let call: CallPrint = std::mem::transmute(LIBRARY.symbol(c"call_twice"));
        let print = printf::ovl_vsnprintf as *const c_void;
        let format = c"%d %s %g %d %d";
        assert_eq!(call(print, room.as_mut_ptr(), 40, format.as_ptr(), 1, c"two".as_ptr(), 3.5f64, 4, 5), 13);
        assert_eq!(text(&room), "1 two 3.5 4 5");
    }
}

#[test]
fn long_doubles_have_their_own_place() {
    let mut room = [0; 200];
    // SAFETY: the signatures of those functions.
    unsafe {
        let call: unsafe extern "C" fn(*const c_void, *mut c_char, usize) -> c_int =
            std::mem::transmute(LIBRARY.symbol(c"long_doubles"));
        call(printf::ovl_vsnprintf as *const c_void, room.as_mut_ptr(), 200);
        assert_eq!(text(&room), "1 2.500000 0.5 -1e+10 2 3 4 5 6 7.250000 8");
        let scan: unsafe extern "C" fn(*const c_void) -> c_int =
            std::mem::transmute(LIBRARY.symbol(c"scan_long_double"));
        assert_eq!(scan(scanf::ovl_vsscanf as *const c_void), 1);
        if cfg!(target_arch = "x86_64") {
            let number: unsafe extern "C" fn(*const c_void) -> c_int = std::mem::transmute(LIBRARY.symbol(c"number"));
            assert_eq!(number(numbers::ovl_wcstold as *const c_void), 1);
        }
    }
}

#[test]
fn scanned_values_reach_their_places() {
    let (mut int, mut long, mut double, mut word) = (0i32, 0i64, 0f64, [0 as c_char; 16]);
    // SAFETY: the signature of that function; the arguments are places for what the format asks for.
    unsafe {
        let call: CallScan = std::mem::transmute(LIBRARY.symbol(c"call_scan"));
        let (scan, checked) = (scanf::ovl_vsscanf as *const c_void, scanf::ovl_vsscanf_s as *const c_void);
        let (line, format) = (c"7 -8 GET 2.5", c"%d %I64d %s %lf");
        assert_eq!(
            call(scan, line.as_ptr(), format.as_ptr(), &raw mut int, &raw mut long, word.as_mut_ptr(), &raw mut double),
            4
        );
        assert_eq!((int, long, double, text(&word)), (7, -8, 2.5, "GET"));
        assert_eq!(call(checked, c"abc 9".as_ptr(), c"%s %d".as_ptr(), word.as_mut_ptr(), 16u32, &raw mut int), 2);
        assert_eq!((text(&word), int), ("abc", 9));
    }
}

#[test]
fn messages_take_a_pointer_to_a_list() {
    let mut room = [0; 100];
    // SAFETY: the signature of that function; the arguments are those that the messages ask for.
    unsafe {
        let call: CallMessage = std::mem::transmute(LIBRARY.symbol(c"call_message"));
        let narrow = ovl_FormatMessageA as *const c_void;
        let format = c"%2 has %1!d! of %3!I64u!".as_ptr().cast();
        let length = call(narrow, format, room.as_mut_ptr().cast(), 100, 5, c"it".as_ptr(), u64::MAX);
        assert_eq!((text(&room), length), ("it has 5 of 18446744073709551615", 32));
        let wide: Vec<u16> = "%1!s!%2!c!\0".encode_utf16().collect();
        let (mut room, insert) = ([0u16; 20], [0x416u16, 0]);
        let to = room.as_mut_ptr().cast();
        assert_eq!(call(ovl_FormatMessageW as *const c_void, wide.as_ptr().cast(), to, 20, insert.as_ptr(), 0x20AC), 2);
        assert_eq!(room[..3], [0x416, 0x20AC, 0]);
    }
}
