//! What must not compile, each beside the same with one difference, which does.
//!
//! A port gives out what was put in by its type, so it is no port of a supertype: what is posted to the one as `fn(&'static str)` would be called
//! with any string by who gets it from the other.
//!
//! ```
//! use overlapped::CompletionPort;
//! type General = for<'a> fn(&'a str);
//! fn same(port: CompletionPort<u32, General>) -> CompletionPort<u32, General> { port }
//! ```
//! ```compile_fail
//! use overlapped::CompletionPort;
//! type General = for<'a> fn(&'a str);
//! type Special = fn(&'static str);
//! fn other(port: CompletionPort<u32, General>) -> CompletionPort<u32, Special> { port }
//! ```
//! ```compile_fail
//! use overlapped::{Associated, OverlappedFile};
//! type General = for<'a> fn(&'a str);
//! type Special = fn(&'static str);
//! fn other(file: Associated<OverlappedFile, u32, Special>) -> Associated<OverlappedFile, u32, General> { file }
//! ```
//! ```compile_fail
//! use overlapped::{Associated, OverlappedFile};
//! type General = for<'a> fn(&'a str);
//! type Special = fn(&'static str);
//! fn other(file: Associated<OverlappedFile, General>) -> Associated<OverlappedFile, Special> { file }
//! ```
//!
//! What a port carries may be taken by another thread.
//!
//! ```
//! use overlapped::CompletionPort;
//! use std::sync::Arc;
//! fn post(port: &CompletionPort<u32, Arc<u8>>) { port.post(1, Arc::new(2)).unwrap(); }
//! ```
//! ```compile_fail
//! use overlapped::CompletionPort;
//! use std::rc::Rc;
//! fn post(port: &CompletionPort<u32, Rc<u8>>) { port.post(1, Rc::new(2)).unwrap(); }
//! ```
//!
//! Requests own their buffers, so that these outlive them whatever becomes of operation or future.
//!
//! ```
//! use overlapped::{Operation, OverlappedFile};
//! fn read(file: &OverlappedFile, room: Vec<u8>) -> Operation<Vec<u8>> { file.read_at(room, 0) }
//! ```
//! ```compile_fail
//! use overlapped::{Operation, OverlappedFile};
//! fn read<'a>(file: &OverlappedFile, room: &'a mut [u8]) -> Operation<&'a mut [u8]> { file.read_at(room, 0) }
//! ```
//! ```compile_fail
//! use overlapped::{Operation, OverlappedFile};
//! fn read(file: &OverlappedFile, room: [u8; 64]) -> Operation<[u8; 64]> { file.read_at(room, 0) }
//! ```
//!
//! Routines run later, and may be dropped by another thread.
//!
//! ```
//! use overlapped::OverlappedFile;
//! use std::sync::mpsc::Sender;
//! fn read(file: &OverlappedFile, tell: Sender<usize>) {
//!     file.read_at_then(vec![0; 8], 0, move |read, _| tell.send(read.unwrap()).unwrap()).unwrap();
//! }
//! ```
//! ```compile_fail
//! use overlapped::OverlappedFile;
//! fn read(file: &OverlappedFile, count: &mut usize) {
//!     file.read_at_then(vec![0; 8], 0, move |read, _| *count = read.unwrap()).unwrap();
//! }
//! ```
//! ```compile_fail
//! use overlapped::OverlappedFile;
//! use std::{cell::Cell, rc::Rc};
//! fn read(file: &OverlappedFile, count: Rc<Cell<usize>>) {
//!     file.read_at_then(vec![0; 8], 0, move |read, _| count.set(read.unwrap())).unwrap();
//! }
//! ```
//!
//! A borrowed descriptor ends with what it was borrowed from.
//!
//! ```
//! use std::os::fd::AsFd;
//! fn look(stream: overlapped::TcpStream) {
//!     let fd = stream.as_fd();
//!     println!("{fd:?}");
//!     drop(stream);
//! }
//! ```
//! ```compile_fail
//! use std::os::fd::AsFd;
//! fn look(stream: overlapped::TcpStream) {
//!     let fd = stream.as_fd();
//!     drop(stream);
//!     println!("{fd:?}");
//! }
//! ```
//!
//! Tasks run on any thread of their pool, and outlive who spawns them; what `block_on` runs need not.
//!
//! ```
//! use overlapped::Executor;
//! use std::rc::Rc;
//! fn run(executor: &Executor, value: Rc<u8>) -> u8 { executor.block_on(async { *value }) }
//! ```
//! ```compile_fail
//! use overlapped::Executor;
//! use std::rc::Rc;
//! fn run(executor: &Executor, value: Rc<u8>) { drop(executor.spawn(async move { *value })); }
//! ```
//!
//! Wishes for connections need their listener.
//!
//! ```compile_fail
//! fn all() -> overlapped::net::Incoming<'static, overlapped::TcpStream> {
//!     let listener = overlapped::TcpListener::bind("127.0.0.1:0").unwrap();
//!     listener.incoming(4)
//! }
//! ```
//!
//! Only devices of this crate report to ports: their word on what was transferred is believed.
//!
//! ```compile_fail
//! struct Own(overlapped::OwnedHandle);
//! impl overlapped::PortDevice for Own {
//!     fn handle(&self) -> &overlapped::OwnedHandle { &self.0 }
//! }
//! ```
