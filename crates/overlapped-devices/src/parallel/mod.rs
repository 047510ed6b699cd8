//! Parallel ports (contract 01 §4.5): printers, or whatever the table has in the place of one, a FIFO or a file.
//!
//! A parallel port is a [serial port](crate::serial) without the line's affairs: writes wait for the printer, and COMMTIMEOUTS
//! limit them, with one difference: a write of which the printer has taken nothing in its time fails (121). A printer that
//! says it is off line or has no paper ends it at once (21).

mod printer;

use crate::serial::any_device;
use crate::serial::device::{Kind, PortDevice};
use crate::serial::line::Line;
use crate::serial::open::{check, opened};
use crate::serial::port::Port;
use crate::serial::settings::Settings;
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::{Driver, OpenParams, Opened};
use overlapped_kernel::namespace::Target;
use overlapped_kernel::system::Grant;
use printer::Printer;
use std::path::Path;
use std::sync::Arc;

/// Opens parallel ports.
#[derive(Clone, Copy, Debug, Default)]
pub struct ParallelDriver;

impl Driver for ParallelDriver {
    fn open(&self, system: &System, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
        match target {
            Target::Parallel { path, .. } => Some(open(system, path, params)),
            _ => None,
        }
    }
}

/// 87 for sharing or a disposition that makes something, 2 if the printer is not there, 5 if somebody has it.
fn open(system: &System, path: &Path, params: &OpenParams) -> Result<Opened, Win32Error> {
    check(params).or_else(|error| Printer::find(path).and(Err(error)))?;
    let printer = Printer::open(path, params.access.map_generic_file().contains(AccessMask::READ_DATA))?;
    let port = Port::open(system, Arc::new(printer) as Arc<dyn Line>, Settings::fresh());
    Ok(opened(PortDevice::new(port, Kind::Parallel), params))
}

/// Is it a parallel port?
#[must_use]
pub fn is_port(grant: &Grant) -> bool {
    any_device(grant).is_some_and(|device| !device.is_serial())
}
