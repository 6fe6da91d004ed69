//! The one test binary: the program as a whole, by topic.

mod cli;
mod fixture;
mod laws;
mod queries;
mod shared;
mod store;
mod vocabulary;
