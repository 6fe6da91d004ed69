//! Every term that the program writes is declared or labelled by the ontology.

use xiangtu::ontology::Ontology;
use xiangtu::vocab;

#[test]
fn every_term_is_declared() {
    let ontology = Ontology::get();
    for term in vocab::ALL {
        assert!(
            ontology.declares(term.as_str()),
            "ontology/xiangtu.ttl does not declare {term}"
        );
    }
}

#[test]
fn the_ontology_has_no_fault() {
    let faults: Vec<String> = Ontology::get()
        .faults()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
