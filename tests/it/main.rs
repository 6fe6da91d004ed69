//! The one test binary: the program as a whole, by topic.

mod analyses;
mod answers;
mod cli;
mod fixture;
mod graphs;
mod laws;
mod ledgers;
mod queries;
mod shared;
mod store;
mod vocabulary;
mod written;
