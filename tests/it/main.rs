//! The one test binary: the program as a whole, by topic.

mod analyses;
mod answers;
mod certain;
mod cli;
mod export;
mod files;
mod findings;
mod fixture;
mod formats;
mod graphs;
mod history;
mod hostile;
mod identity;
mod influence;
mod judgements;
mod knowledge;
mod laws;
mod ledgers;
mod queries;
mod selections;
mod shared;
mod store;
mod vocabulary;
mod written;
