//! Functions of the base API that programs ask the system with: memory, threads, processes, the machine, sessions.

mod memory;
mod process;
mod system;
mod threads;
