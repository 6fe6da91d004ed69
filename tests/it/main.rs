//! The one test binary: the program as a whole, by topic.

mod analyses;
mod answers;
mod cli;
mod export;
mod files;
mod fixture;
mod formats;
mod graphs;
mod history;
mod hostile;
mod identity;
mod laws;
mod ledgers;
mod queries;
mod shared;
mod store;
mod vocabulary;
mod written;
