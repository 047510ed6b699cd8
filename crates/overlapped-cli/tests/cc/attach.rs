//! DllMain and TLS callbacks: who is told of what, and when.

use crate::{Place, compilers};
use std::process::Command;

const LOADED: &str = "callback 1 1 1
main
library callback 1 1
DllMain 1 0
1 42 1
callback 2 1 0
DllMain 2 0
thread
library callback 3 1
DllMain 3 0
callback 3 1 0
1
library callback 0 1
DllMain 0 0
1
callback 2 1 0
thread
callback 3 1 0
library callback 1 1
DllMain 1 0
library callback 0 1
DllMain 0 1
callback 0 1 1
";

const LINKED: &str = "library callback 1 1
DllMain 1 1
callback 2 1 0
DllMain 2 0
thread
library callback 3 1
DllMain 3 0
callback 3 1 0
42
";

const REFUSED: &str = "callback 1 1 1
main
library callback 1 1
DllMain 1 0
library callback 0 1
DllMain 0 0
refused 1114
callback 0 1 1
";

fn run(place: &Place, refuse: bool) -> (String, Option<i32>) {
    let mut program = Command::new(place.path("program"));
    program.current_dir(place.0.path());
    if refuse {
        program.env("REFUSE", "1");
    }
    let output = program.output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

#[test]
fn libraries_and_programs_are_told_of_libraries_and_threads() {
    let (program, library) = (include_str!("attach.c"), include_str!("attached.c"));
    let place = Place::new(&[("a.c", program), ("b.cpp", program), ("attached.c", library), ("attached.cpp", library)]);
    for compiler in compilers() {
        for (source, of_library) in [("a.c", "attached.c"), ("b.cpp", "attached.cpp")] {
            // Without -fPIC, as on Windows.
            let built = place.ovl(&["cc", &compiler, "-O2", "-shared", of_library, "-o", "attached.dll"]);
            assert!(built.status.success(), "{compiler}: {}", String::from_utf8_lossy(&built.stderr));
            place.compile(&["cc", &compiler, "-O2", source]);
            assert_eq!(run(&place, false), (LOADED.into(), Some(0)), "{compiler} {source}");
            assert_eq!(run(&place, true), (REFUSED.into(), Some(1)), "{compiler} {source}");
            place.compile(&["cc", &compiler, "-DDECLSPEC", "-DLINKED", source, "./attached.dll", "-Wl,-rpath,."]);
            let (said, code) = run(&place, false);
            // Which of the two begins first, and ends last, is the dynamic linker's to say.
            let middle = said.replacen("callback 1 1 1\n", "", 1);
            assert!(middle.starts_with(LINKED) && code == Some(0), "{compiler} {source}: {said}");
            assert!(
                middle.contains("DllMain 0 1\n") && middle.contains("\ncallback 0 1 1\n"),
                "{compiler} {source}: {said}"
            );
            assert_eq!(run(&place, true).1, Some(0x42), "{compiler} {source}");
        }
    }
}
