//! user32, shlwapi, shell32, rpcrt4, winmm, ole32, version and psapi: text, names, identifiers and what is asked of the process.

use super::{shown, told, wide};
use overlapped_win32::dbghelp::{ovl_SymGetOptions, ovl_SymSetOptions};
use overlapped_win32::modules::*;
use overlapped_win32::power::*;
use overlapped_win32::processenv::ovl_CommandLineToArgvW;
use overlapped_win32::psapi::*;
use overlapped_win32::shlobj::*;
use overlapped_win32::shlwapi::paths::*;
use overlapped_win32::shlwapi::strings::*;
use overlapped_win32::uuids::*;
use overlapped_win32::winnls::oem::*;
use overlapped_win32::winnls::*;
use overlapped_win32::winver::*;
use std::ffi::CStr;
use std::ptr::{null, null_mut};

const MAX_PATH: usize = 260;

#[test]
fn letters_change_their_case_and_their_page() {
    let (mut text, mut wide_text) = (*b"aBc\0", [0x61_u16, 0xE4, 0x436, 0]);
    // SAFETY: the rooms are those of the buffers; a number below 0x10000 is a letter, no place.
    unsafe {
        let (n, w) = (text.as_mut_ptr(), wide_text.as_mut_ptr());
        assert_eq!((ovl_CharUpperBuffA(n, 2), text), (2, *b"ABc\0"));
        assert_eq!((ovl_CharLowerBuffA(n, 1), text), (1, *b"aBc\0"));
        assert_eq!((ovl_CharLowerA(n), text), (n, *b"abc\0"));
        assert_eq!((ovl_CharUpperBuffW(w, 3), wide_text), (3, [0x41, 0xC4, 0x416, 0]));
        assert_eq!((ovl_CharLowerBuffW(w, 2), wide_text), (2, [0x61, 0xE4, 0x416, 0]));
        assert_eq!((ovl_CharLowerW(w), wide_text[2]), (w, 0x436));
        assert_eq!((ovl_CharUpperBuffW(null_mut::<u16>(), 3), ovl_CharLowerBuffA(null_mut::<u8>(), 3)), (0, 0));
        assert_eq!(ovl_CharLowerA(std::ptr::without_provenance_mut::<u8>(0x51)).addr(), 0x71);
        assert_eq!((ovl_CharNextA(n).addr() - n.addr(), ovl_CharNextW(w.wrapping_add(3)).addr() - w.addr()), (1, 6));
        assert_eq!((ovl_CharPrevA(n, n.wrapping_add(2)).addr() - n.addr(), ovl_CharPrevW(w, w)), (1, w.cast_const()));
        assert_eq!([b'a', b'Z', b'1', b'_'].map(|byte| ovl_IsCharAlphaA(byte) != 0), [true, true, false, false]);
        assert_eq!([b'a', b'Z', b'1', b'_'].map(|byte| ovl_IsCharAlphaNumericA(byte) != 0), [true, true, true, false]);
        assert_eq!([0xE4, 0x416, 0x39].map(|unit| ovl_IsCharAlphaW(unit) != 0), [true, true, false]);
        assert_eq!([0xE4, 0x39, 0x20].map(|unit| ovl_IsCharAlphaNumericW(unit) != 0), [true, true, false]);
        let (mut oem, mut back) = ([1_u8; 4], [1_u16; 4]);
        assert_eq!((ovl_CharToOemA(n, oem.as_mut_ptr()), oem, ovl_CharToOemA(null(), n)), (1, *b"abc\0", 0));
        assert_eq!((ovl_OemToCharA(oem.as_ptr(), n), ovl_OemToCharW(oem.as_ptr(), back.as_mut_ptr())), (1, 1));
        assert_eq!((shown(&back), ovl_OemToCharW(null(), back.as_mut_ptr())), ("abc".into(), 0));
        assert_eq!((ovl_CharToOemW(back.as_ptr(), oem.as_mut_ptr()), ovl_CharToOemW(null(), n)), (1, 0));
        assert_eq!((ovl_OemToCharBuffA(c"xy".as_ptr().cast(), n, 1), text), (1, *b"xbc\0"));
        assert_eq!((ovl_OemToCharBuffW(c"xy".as_ptr().cast(), back.as_mut_ptr(), 1), shown(&back)), (1, "xbc".into()));
    }
}

#[test]
fn names_are_joined_and_taken_apart() {
    let joined = |directory: &CStr, file: &CStr| {
        let mut to = [1_u8; MAX_PATH];
        // SAFETY: strings, and room for MAX_PATH.
        unsafe { ovl_PathCombineA(to.as_mut_ptr(), directory.as_ptr().cast(), file.as_ptr().cast()) };
        shown(&to)
    };
    assert_eq!(joined(c"C:\\base", c"x"), "C:\\base\\x");
    assert_eq!(joined(c"C:\\base\\a", c"..\\x"), "C:\\base\\x");
    assert_eq!(joined(c"C:\\base", c""), "C:\\base");
    assert_eq!(joined(c"C:\\base", c"\\"), "C:\\");
    assert_eq!(joined(c"C:\\base", c"\\x"), "C:\\x");
    assert_eq!(joined(c"C:\\base", c"C:"), "C:\\");
    assert_eq!(joined(c"C:\\base", c"\\\\s\\h\\x"), "\\\\s\\h\\x");
    let changed = |name: &str, change: &dyn Fn(*mut u8) -> i32| {
        let mut text = [0_u8; MAX_PATH];
        text[..name.len()].copy_from_slice(name.as_bytes());
        let answer = change(text.as_mut_ptr());
        (answer, shown(&text))
    };
    // SAFETY: strings, and room for MAX_PATH.
    unsafe {
        let new = c".new".as_ptr().cast();
        assert_eq!(changed("C:\\a.b", &|name| ovl_PathRenameExtensionA(name, new)), (1, "C:\\a.new".into()));
        assert_eq!(changed("a.b", &|name| ovl_PathAddExtensionA(name, new)), (0, "a.b".into()));
        assert_eq!(changed("a", &|name| ovl_PathAddExtensionA(name, null())), (1, "a.exe".into()));
        assert_eq!(changed("C:\\d", &|name| ovl_PathAppendA(name, c"\\x".as_ptr().cast())), (1, "C:\\d\\x".into()));
        assert_eq!(changed("C:\\d\\f", &|name| ovl_PathRemoveFileSpecA(name)), (1, "C:\\d".into()));
        assert_eq!(changed("C:\\", &|name| ovl_PathRemoveFileSpecA(name)), (0, "C:\\".into()));
        assert_eq!(changed("a b", &|name| ovl_PathQuoteSpacesA(name)), (1, "\"a b\"".into()));
        assert_eq!(changed("\"a b\"", &|name| ovl_PathUnquoteSpacesA(name)), (1, "a b".into()));
        let mut to = [1_u8; MAX_PATH];
        assert_eq!(told(|| ovl_PathCanonicalizeA(to.as_mut_ptr(), null())), (0, 0, 87));
        assert_eq!(told(|| ovl_PathCanonicalizeA(null_mut(), to.as_ptr())), (0, 0, 87));
        let name = c"C:\\a\\..\\..\\b\\.\\c\\..".as_ptr().cast();
        assert_eq!((ovl_PathCanonicalizeA(to.as_mut_ptr(), name), shown(&to)), (1, "C:\\b".into()));
        assert_eq!((ovl_PathFindFileNameA(name).addr() - name.addr(), ovl_PathIsRelativeA(name)), (17, 0));
        let roots = [c"C:\\", c"\\", c"\\\\s\\h", c"C:", c"C:\\a", c""];
        assert_eq!(roots.map(|name| ovl_PathIsRootA(name.as_ptr().cast())), [1, 1, 1, 0, 0, 0]);
        assert_eq!([c"\\\\s", c"C:\\", c"\\x"].map(|name| ovl_PathIsUNCA(name.as_ptr().cast())), [1, 0, 0]);
        assert_eq!([c"c:x", c"C", c"1:"].map(|name| ovl_PathGetDriveNumberA(name.as_ptr().cast())), [2, -1, -1]);
        let fits = |name: &str, pattern: &str| ovl_PathMatchSpecW(wide(name).as_ptr(), wide(pattern).as_ptr());
        assert_eq!(
            [fits("a.txt", "*.c; *.TXT"), fits("abc", "a?c"), fits("abc", "b*"), fits("a", "*.*")],
            [1, 1, 0, 1]
        );
        assert_eq!(told(|| ovl_PathFileExistsA(c"no\\such".as_ptr().cast())).0, 0);
        assert_eq!(
            (ovl_PathFileExistsA(c"C:\\".as_ptr().cast()), ovl_PathIsDirectoryA(c"C:\\no".as_ptr().cast())),
            (1, 0)
        );
    }
}

#[test]
fn text_is_searched_compared_and_read_as_numbers() {
    let text: *const u8 = c"abCabc".as_ptr().cast();
    // SAFETY: strings, or NULL where it is known.
    unsafe {
        let at = |found: *const u8| found.addr().wrapping_sub(text.addr());
        assert_eq!(
            (
                at(ovl_StrChrA(text, 0x62)),
                at(ovl_StrRChrA(text, null(), 0x62)),
                at(ovl_StrRChrA(text, text.add(3), 0x62))
            ),
            (1, 4, 1)
        );
        assert_eq!(
            (at(ovl_StrStrA(text, c"ca".as_ptr().cast())), at(ovl_StrStrIA(text, c"ca".as_ptr().cast()))),
            (text.addr().wrapping_neg(), 2)
        );
        assert_eq!((ovl_StrSpnA(text, c"ab".as_ptr().cast()), ovl_StrCSpnA(text, c"cC".as_ptr().cast())), (2, 2));
        assert_eq!((ovl_StrSpnA(text, null()), ovl_StrCSpnA(null(), text), ovl_StrCSpnA(text, null())), (0, 0, 6));
        assert_eq!(
            (ovl_StrCmpNIA(text, c"ABD".as_ptr().cast(), 2), ovl_StrCmpNIA(text, c"ABD".as_ptr().cast(), 3) < 0),
            (0, true)
        );
        assert_eq!(ovl_StrCmpIW(wide("Ä").as_ptr(), wide("ä").as_ptr()), 0);
        assert_eq!((ovl_ChrCmpIA(0x41, 0x61), ovl_ChrCmpIA(0x41, 0x62), ovl_ChrCmpIW(0xC4, 0xE4)), (0, 1, 0));
        assert_eq!([c"-12x", c"0x1f", c"", c"abc"].map(|text| ovl_StrToIntA(text.as_ptr().cast())), [-12, 0, 0, 0]);
        let mut value = 99;
        assert_eq!((ovl_StrToIntExA(c" 0x1F".as_ptr().cast(), 1, &mut value), value), (1, 31));
        assert_eq!((ovl_StrToIntExA(c" -5z".as_ptr().cast(), 0, &mut value), value), (1, -5));
        assert_eq!(
            (ovl_StrToIntExA(c"z".as_ptr().cast(), 0, &mut value), ovl_StrToIntExW(null(), 0, &mut value)),
            (0, 0)
        );
        let mut large = 0;
        assert_eq!((ovl_StrToInt64ExA(c"123456789012".as_ptr().cast(), 0, &mut large), large), (1, 123_456_789_012));
        let mut blank = *b"  ab \0";
        assert_eq!((ovl_StrTrimA(blank.as_mut_ptr(), c" ".as_ptr().cast()), shown(&blank)), (1, "ab".into()));
        assert_eq!(ovl_StrTrimA(blank.as_mut_ptr(), c" ".as_ptr().cast()), 0);
        let mut count = 0;
        let taken = ovl_CommandLineToArgvW(wide("p \"b c\" d\\\\\\\"e \"f\\\\\" \"a\"\"b\" c").as_ptr(), &mut count);
        let all: Vec<String> =
            (0..count as usize).map(|n| shown(overlapped_win32::text::units(*taken.add(n)))).collect();
        assert_eq!(all, ["p", "b c", "d\\\"e", "f\\", "a\"b c"], "two quotes within quotes are one and the end");
        assert_eq!(overlapped_win32::localglobal::ovl_LocalFree(taken.cast()), null_mut());
    }
}

#[test]
fn identifiers_become_text_and_come_back() {
    // SAFETY: places of ours; zeros are a value.
    unsafe {
        let (mut nil, mut one, mut status): (Uuid, Uuid, i32) = std::mem::zeroed();
        let (mut text, mut wide_text) = (null_mut(), null_mut());
        assert_eq!(ovl_UuidFromStringA(c"01234567-89ab-CDEF-0123-456789abcdef".as_ptr().cast(), &mut one), 0);
        assert_eq!(ovl_UuidToStringA(&one, &mut text), 0);
        assert_eq!(CStr::from_ptr(text.cast()), c"01234567-89ab-cdef-0123-456789abcdef");
        assert_eq!((ovl_RpcStringFreeA(&mut text), text), (0, null_mut()));
        assert_eq!((ovl_UuidToStringW(&one, &mut wide_text), *wide_text.add(8)), (0, u16::from(b'-')));
        assert_eq!(ovl_UuidFromStringW(wide_text, &mut nil), 0);
        assert_eq!((ovl_UuidEqual(&one, &nil, &mut status), ovl_RpcStringFreeW(&mut wide_text)), (1, 0));
        let bad = [c"xyz", c"{01234567-89ab-CDEF-0123-456789abcdef}", c"01234567-89ab-CDEF-0123-456789abcdef0"];
        assert_eq!(bad.map(|text| ovl_UuidFromStringA(text.as_ptr().cast(), &mut nil)), [1705; 3]);
        assert_eq!(
            (ovl_UuidCreateNil(&mut nil), ovl_UuidIsNil(&nil, &mut status), ovl_UuidIsNil(&one, &mut status)),
            (0, 1, 0)
        );
        assert_eq!((ovl_UuidCompare(&nil, &one, &mut status), ovl_UuidCompare(&one, &nil, &mut status)), (-1, 1));
        assert_eq!(
            (ovl_UuidCompare(&one, &one, &mut status), ovl_UuidCompare(null(), &one, &mut status), status),
            (0, -1, 0)
        );
        assert_eq!(
            (ovl_UuidHash(&nil, &mut status), ovl_UuidCreate(&mut one), ovl_UuidIsNil(&one, &mut status)),
            (0, 0, 0)
        );
    }
}

#[test]
fn the_process_tells_of_its_modules_memory_and_versions() {
    const SELF: usize = usize::MAX;
    // SAFETY: places of ours, as large as is said.
    unsafe {
        let (mut all, mut needed) = ([0_usize; 200], 0);
        assert_eq!(ovl_K32EnumProcessModules(SELF, all.as_mut_ptr(), size_of_val(&all) as u32, &mut needed), 1);
        assert!(needed >= 8 && all[0] != 0);
        assert_eq!((ovl_K32EnumProcessModules(SELF, all.as_mut_ptr(), 8, &mut needed), needed > 8), (1, true));
        assert_eq!(told(|| ovl_K32EnumProcessModules(0, all.as_mut_ptr(), 8, &mut needed)), (0, 0, 6));
        let mut little = [1_u8; 4];
        assert_eq!(told(|| ovl_K32GetModuleFileNameExA(SELF, 0, little.as_mut_ptr(), 0)).0, 0);
        assert_eq!((ovl_K32GetModuleBaseNameA(SELF, 0, little.as_mut_ptr(), 3), little[2], little[3]), (2, 0, 1));
        let mut memory: MemoryCounters = std::mem::zeroed();
        let size = size_of::<MemoryCounters>() as u32;
        assert_eq!(ovl_K32GetProcessMemoryInfo(SELF, &mut memory, size), 1);
        assert_eq!(told(|| ovl_K32GetProcessMemoryInfo(SELF, &mut memory, 4)), (0, 0, 122));
        let mut processes = [0_u32; 4000];
        assert_eq!(ovl_K32EnumProcesses(processes.as_mut_ptr(), size_of_val(&processes) as u32, &mut needed), 1);
        assert!(processes[..needed as usize / 4].contains(&std::process::id()));
        let mut zero = 5;
        let (size, _, error) = told(|| ovl_GetFileVersionInfoSizeA(c"no such.exe".as_ptr().cast(), &mut zero));
        assert_eq!((size, error), (0, 2));
        assert_eq!(
            (zero, told(|| ovl_GetFileVersionInfoA(c"no such".as_ptr().cast(), 0, 4, little.as_mut_ptr().cast())).0),
            (0, 0)
        );
        let mut times = [0_u32; 2];
        let to = times.as_mut_ptr().cast();
        assert_eq!((ovl_timeGetDevCaps(to, 8), times[0]), (0, 1));
        assert_eq!((ovl_timeGetDevCaps(to, 4), ovl_timeGetDevCaps(null_mut(), 8)), (97, 97));
        let kept = ovl_CoTaskMemAlloc(4);
        kept.cast::<u8>().write(7);
        let kept = ovl_CoTaskMemRealloc(kept, 4000);
        assert_eq!((kept.cast::<u8>().read(), ovl_CoTaskMemRealloc(kept, 0)), (7, null_mut()));
        ovl_CoTaskMemFree(null_mut());
        assert_eq!((ovl_SymSetOptions(0x10), ovl_SymGetOptions()), (0x10, 0x10));
    }
}
