//! The C headers, with every compiler that is here: each alone, all in any order, in the oldest and newest languages; the values
//! and layouts of `overlapped-abi`; and that what they declare exists.

mod header_compilers;

use header_compilers::{Compiler, compilers, flags};
use overlapped_abi as abi;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// `include/overlapped`.
fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include/overlapped")
}

/// A directory of this test's own.
fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("headers-{name}"));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

fn headers(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.filter(|name| name.ends_with(".h")).collect();
    names.sort();
    names
}

/// The headers with every feature switched on, as they will be.
fn complete(name: &str) -> PathBuf {
    let (from, to) = (include(), scratch(name));
    for directory in ["", "ovl"] {
        fs::create_dir_all(to.join(directory)).unwrap();
        for entry in
            fs::read_dir(from.join(directory)).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file())
        {
            fs::copy(entry.path(), to.join(directory).join(entry.file_name())).unwrap();
        }
    }
    let features = fs::read_to_string(from.join("ovl/features.h")).unwrap();
    let on =
        |line: &str| if line.starts_with("#define OVL_HAVE_") { line.replacen(" 0 ", " 1 ", 1) } else { line.into() };
    fs::write(to.join("ovl/features.h"), features.lines().map(|line| on(line) + "\n").collect::<String>()).unwrap();
    to
}

/// Compiles sources and expects silence. Two threads, as many as most machines can use.
fn all_silent(include: &Path, sources: &[PathBuf], variants: &[(Compiler, Vec<&str>)]) {
    let jobs: Vec<_> =
        variants.iter().flat_map(|variant| sources.iter().map(move |source| (variant, source))).collect();
    let complaints: Vec<String> = thread::scope(|scope| {
        let run = |jobs: &[(&(Compiler, Vec<&str>), &PathBuf)]| -> Vec<String> {
            jobs.iter()
                .filter_map(|((compiler, options), source)| compiler.complaint(include, options, source))
                .collect()
        };
        let threads: Vec<_> =
            jobs.chunks(jobs.len().div_ceil(2).max(1)).map(|part| scope.spawn(move || run(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn write_sources(directory: &Path, texts: &[(String, String)]) -> Vec<PathBuf> {
    // The same text for C and C++: the compiler is told the language.
    texts
        .iter()
        .map(|(name, text)| {
            let path = directory.join(name);
            fs::write(&path, text).unwrap();
            path
        })
        .collect()
}

fn including<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.fold(String::new(), |mut text, name| {
        writeln!(text, "#include <{name}>").unwrap();
        text
    }) + "extern int nothing;\n"
}

#[test]
fn each_header_compiles_alone() {
    for (name, include) in [("now", include()), ("complete", complete("complete-alone"))] {
        let texts: Vec<_> =
            headers(&include).iter().map(|name| (name.clone() + ".c", including([name].into_iter()))).collect();
        let sources = write_sources(&scratch(&format!("alone-{name}")), &texts);
        let variants: Vec<_> = compilers()
            .into_iter()
            .map(|compiler| {
                let standard = if compiler.is_cxx() { "-std=c++11" } else { "-std=c99" };
                (compiler, vec![standard])
            })
            .collect();
        all_silent(&include, &sources, &variants);
    }
}

#[test]
fn all_headers_compile_together_in_any_order_and_language() {
    for (name, include) in [("now", include()), ("complete", complete("complete-together"))] {
        let names = headers(&include);
        // Sockets first or last, C's own before or after, and both ways through the alphabet.
        let forward = including(names.iter());
        let backward = including(names.iter().rev());
        let rotated = including(names.iter().cycle().skip(names.len() / 3).take(names.len()));
        let texts = [forward, backward, rotated].into_iter().enumerate().map(|(i, text)| (format!("order{i}.c"), text));
        let sources = write_sources(&scratch(&format!("together-{name}")), &texts.collect::<Vec<_>>());
        let mut variants = Vec::new();
        for compiler in compilers() {
            let standards: &[&str] = if compiler.is_cxx() {
                &["-std=c++11", "-std=c++14", "-std=c++17", "-std=c++20", "-std=gnu++17"]
            } else {
                &["-std=c99", "-std=c11", "-std=c17", "-std=gnu17"]
            };
            for standard in standards {
                variants.push((compiler.clone(), vec![*standard]));
                variants.push((compiler.clone(), vec![*standard, "-DUNICODE", "-D_UNICODE", "-O2"]));
                variants.push((compiler.clone(), vec![*standard, "-DWIN32_LEAN_AND_MEAN", "-DNOMINMAX"]));
            }
        }
        all_silent(&include, &sources, &variants);
    }
}

#[test]
fn the_cxx_library_goes_with_them() {
    let library = "#include <algorithm>\n#include <chrono>\n#include <condition_variable>\n#include <filesystem>\n#include <fstream>\n\
        #include <functional>\n#include <iostream>\n#include <map>\n#include <memory>\n#include <mutex>\n#include <random>\n\
        #include <regex>\n#include <sstream>\n#include <string>\n#include <thread>\n#include <vector>\n";
    let windows = "#include <winsock2.h>\n#include <ws2tcpip.h>\n#include <mswsock.h>\n#include <windows.h>\n#include <tchar.h>\n#include <strsafe.h>\n";
    let texts = [("before.c".into(), format!("{library}{windows}")), ("after.c".into(), format!("{windows}{library}"))];
    let sources = write_sources(&scratch("cxx-library"), &texts);
    let variants: Vec<_> = compilers()
        .into_iter()
        .filter(Compiler::is_cxx)
        .flat_map(|compiler| [(compiler.clone(), vec!["-std=c++17"]), (compiler, vec!["-std=c++17", "-DOVL_OLD_SAL"])])
        .collect();
    all_silent(&include(), &sources, &variants);
}

/// A C program that asserts all this.
fn assert_in_c(name: &str, assertions: &str) {
    let text = format!(
        "#define WIN32_NO_STATUS\n#include <winsock2.h>\n#include <mswsock.h>\n#include <mstcpip.h>\n#include <winioctl.h>\n#undef WIN32_NO_STATUS\n#include <ntstatus.h>\n{assertions}"
    );
    let sources = write_sources(&scratch(name), &[("assertions.c".into(), text)]);
    let variants: Vec<_> = compilers()
        .into_iter()
        .filter(|compiler| !compiler.is_cxx())
        .map(|compiler| (compiler, vec!["-std=c11"]))
        .collect();
    all_silent(&include(), &sources, &variants);
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
fn constants_have_the_values_of_overlapped_abi() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../overlapped-abi/src/constants");
    let mut text = String::new();
    for entry in fs::read_dir(directory).unwrap() {
        for line in
            fs::read_to_string(entry.unwrap().path()).unwrap().lines().filter(|line| !line.contains("name is ours"))
        {
            let Some((name, rest)) = line.trim().split_once(" = ") else { continue };
            let Some((value, _)) = rest.split_once(" => \"") else { continue };
            let value = value.replace('_', "");
            let number =
                value.strip_prefix("0x").map_or_else(|| value.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            if let Some(number) = number {
                writeln!(text, "_Static_assert((unsigned)({name}) == {number}u, \"{name}\");").unwrap();
            }
        }
    }
    assert!(text.lines().count() > 400, "the tables of constants were not understood");
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

/// Names of the functions that the headers declare, with features as they are set.
fn declared() -> BTreeSet<String> {
    let compiler = compilers().into_iter().find(|compiler| !compiler.is_cxx()).expect("a C compiler is here");
    let directory = scratch("declared");
    let sources = write_sources(&directory, &[("all.c".into(), including(headers(&include()).iter()))]);
    let text = compiler.preprocessed(&include(), &sources[0]);
    let labels = text.split("__asm__(\"ovl_\" \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    labels.collect()
}

#[test]
fn what_is_declared_exists_and_what_exists_is_declared() {
    let list = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("exports.txt")).unwrap();
    let exports: BTreeSet<String> = list.lines().map(str::to_owned).collect();
    let declared = declared();
    let missing: Vec<_> = declared.difference(&exports).collect();
    let hidden: Vec<_> = exports.difference(&declared).collect();
    assert!(
        missing.is_empty() && hidden.is_empty(),
        "declared but not in exports.txt: {missing:?}\nin exports.txt but not declared: {hidden:?}"
    );
}

#[test]
fn a_function_behind_a_feature_that_is_off_is_an_error() {
    let sources = write_sources(
        &scratch("missing"),
        &[("missing.c".into(), "#include <windows.h>\nint f(void) { return NoSuchFunctionOfWindows(); }\n".into())],
    );
    for compiler in compilers() {
        assert!(compiler.complaint(&include(), &[], &sources[0]).is_some(), "{}", compiler.name());
        let complaint = compiler.complaint(&include(), &[], &sources[0]).unwrap();
        assert!(complaint.contains("error"), "{complaint}");
    }
}

#[test]
fn the_flags_are_those_of_ovl_cc() {
    assert!(flags(&include()).iter().any(|flag| flag == "-fshort-wchar"));
}
