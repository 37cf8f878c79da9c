//! The evidence as proof: what is altered is found and named, one record is proved alone, what may be removed is removed
//! without a gap in the proof, a third party says when, and the operator can stop a host.

#[path = "evidence/proofs.rs"]
mod proofs;
#[path = "evidence/removal.rs"]
mod removal;
#[path = "evidence/small_run.rs"]
mod small_run;
#[path = "evidence/stamps.rs"]
mod stamps;
#[path = "evidence/stopping.rs"]
mod stopping;
#[path = "evidence/tampering.rs"]
mod tampering;
