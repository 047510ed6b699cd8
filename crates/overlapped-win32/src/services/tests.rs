//! The register and its handles; a service that runs is in `overlapped-cli`'s tests, where there are programs.

use super::*;
use crate::support::last_error;
use std::ptr::{null, null_mut};

#[test]
fn a_program_that_nobody_started_as_a_service_is_told_so() {
    unsafe extern "C-unwind" fn main(_: u32, _: *mut std::ffi::c_void) {}
    #[repr(C)]
    struct Entry(*const u8, Option<unsafe extern "C-unwind" fn(u32, *mut std::ffi::c_void)>);
    let table = [Entry(c"x".as_ptr().cast(), Some(main)), Entry(null(), None)];
    // SAFETY: a table with its end.
    unsafe {
        assert_eq!((ovl_StartServiceCtrlDispatcherA(table.as_ptr().cast()), last_error()), (0, 1063));
        assert_eq!((ovl_StartServiceCtrlDispatcherA(table[1..].as_ptr().cast()), last_error()), (0, 13));
        assert_eq!((ovl_RegisterServiceCtrlHandlerA(c"x".as_ptr().cast(), None), last_error()), (0, 87));
        let status = ServiceStatus { kind: 0x10, state: state::RUNNING, ..ServiceStatus::default() };
        assert_eq!((ovl_SetServiceStatus(4, &status), last_error()), (0, 6));
    }
}

#[test]
fn handles_have_the_rights_that_were_asked_for() {
    // SAFETY: strings and places of ours.
    unsafe {
        assert_eq!((ovl_OpenSCManagerA(c"\\\\far".as_ptr().cast(), null(), 1), last_error()), (0, 1722));
        assert_eq!((ovl_OpenSCManagerA(null(), c"Other".as_ptr().cast(), 1), last_error()), (0, 1065));
        let scm = ovl_OpenSCManagerA(null(), null(), 1);
        assert_ne!(scm, 0);
        let (mut needed, mut count) = (0, 0);
        let listed = ovl_EnumServicesStatusA(scm, 0x30, 3, null_mut(), 0, &mut needed, &mut count, null_mut());
        assert_eq!((listed, last_error()), (0, 5));
        let name = c"no such service".as_ptr().cast();
        assert_eq!((ovl_OpenServiceA(scm, name, 1), last_error()), (0, 1060));
        assert_eq!((ovl_OpenServiceA(scm, c"a/b".as_ptr().cast(), 1), last_error()), (0, 123));
        assert_eq!((ovl_OpenServiceA(4, name, 1), last_error()), (0, 6));
        let create = |start| {
            let (none, path) = (null(), c"/bin/true".as_ptr().cast());
            ovl_CreateServiceA(scm, name, none, 0, 0x10, start, 1, path, none, null_mut(), none, none, none)
        };
        assert_eq!((create(3), last_error()), (0, 5));
        assert_eq!((ovl_CloseServiceHandle(scm), ovl_CloseServiceHandle(scm), last_error()), (1, 0, 6));
    }
}
