//! The one test binary: the program as a whole, by topic.

mod cli;
mod fixture;
mod queries;
mod store;
mod vocabulary;
