//! Forms of the C library's functions, and functions as values.

use super::{Place, compilers};

#[test]
fn functions_of_the_c_library_have_their_other_forms() {
    let source = include_str!("forms.c");
    let place = Place::new(&[("a.c", source), ("b.cpp", source)]);
    let expected = "1.50 7|2.5 x|1.5 2.5 12 2 0 3.5 4 111 1\n3 2 1|    4|ab-0007-ab|xyz| 6 -1 1 1 123 67\n2 3 4 1 4\n\
        €béa -1 -1 0 3 2 1 111\n4.7. Wednesday, July 04, 2001 0 28800 1 PDT 28800 1 PST\n\
        3 0 0 0 0 1100000000 -1 2 97 98 cde -1 1 -1 1 0\n1 2147483647 1 1 0 123450 4 1 1 0 x: \n";
    for compiler in compilers() {
        for file in ["a.c", "b.cpp"] {
            place.compile(&["cc", &compiler, "-Wall", file]);
            let made = place.path("made");
            assert_eq!(place.run(&[made.to_str().unwrap()]), (expected.into(), 0), "{compiler} {file}");
        }
    }
}

#[test]
fn a_function_that_the_headers_have_twice_has_an_address_and_a_type() {
    let place = Place::new(&[("a.cpp", include_str!("addresses.cpp"))]);
    for compiler in compilers() {
        place.compile(&["c++", &compiler, "-Wall", "a.cpp"]);
        assert_eq!(place.run(&[]), ("0 258 258 0 0 0 3 4 1 5 7 4\n".into(), 0), "{compiler}");
    }
}
