#!/usr/bin/env python3
"""Holds a graph that xiangtu wrote against ontology/shapes.ttl.

    shacl.py GRAPH.nq [ONTOLOGY] [--with FILE.ttl ...]
                                    load all graphs of GRAPH.nq as one, with findings of analyses beside it; validate, print a short report
    shacl.py --self-test [ONTOLOGY] a small good graph must pass, and each graph broken on purpose must be caught for its own reason

ONTOLOGY is the ontology folder (default: the one beside this folder). Needs: pip install rdflib pyshacl.
Exit code: 0 the shapes hold, 1 they do not, 2 a file cannot be read.

SHACL does not see a term that nobody declared, so that is looked for here: every class and property of our namespace
that the data uses must stand in the ontology.
"""
import argparse
import logging
import sys
from collections import defaultdict
from pathlib import Path

from pyshacl import validate
from rdflib import RDF, Dataset, Graph, Namespace, URIRef
from rdflib.exceptions import ParserError

XT = "https://w3id.org/xiangtu/ontology#"
XS = "https://w3id.org/xiangtu/shapes#"
SH = Namespace("http://www.w3.org/ns/shacl#")
UNDECLARED = "undeclared-term"
EXAMPLES = 3


def load_ontology(folder: Path) -> tuple[Graph, Graph]:
    """The ontology with its thesaurus, and the shapes."""
    ontology, shapes = Graph(), Graph()
    for path in sorted(folder.rglob("*.ttl")):
        (shapes if path.name == "shapes.ttl" else ontology).parse(path)
    return ontology, shapes


def load_data(path: Path) -> Graph:
    """All graphs of the file as one; a triple that stands in several is there once."""
    dataset, union = Dataset(), Graph()
    try:
        dataset.parse(path, format="nquads")
    except ParserError as error:
        raise ValueError(f"{path}: not N-Quads: {error}") from error
    for subject, predicate, object_, _ in dataset.quads():
        union.add((subject, predicate, object_))
    return union


def undeclared(data: Graph, ontology: Graph) -> dict[str, list[str]]:
    used = set(data.predicates(unique=True)) | set(data.objects(predicate=RDF.type, unique=True))
    missing = [t for t in sorted(used) if str(t).startswith(XT) and (t, RDF.type, None) not in ontology]
    return {UNDECLARED: [str(t) for t in missing]} if missing else {}


def constraint_name(results: Graph, shapes: Graph, result) -> str:
    shape = results.value(result, SH.sourceShape)
    return str(shape).removeprefix(XS) if isinstance(shape, URIRef) else "unnamed shape"


def check(data: Graph, ontology: Graph, shapes: Graph) -> dict[str, list[str]]:
    """What is wrong: name of the constraint -> the offenders."""
    broken = defaultdict(list, undeclared(data, ontology))
    # pyshacl's own ont_graph takes over classes and properties only; the shapes also speak of domains, values and campaigns.
    _, results, text = validate(data + ontology, shacl_graph=shapes, inference="none")
    if not isinstance(results, Graph):
        raise ValueError(f"shapes.ttl: {text}")
    for result in results.subjects(RDF.type, SH.ValidationResult):
        focus, value = results.value(result, SH.focusNode), results.value(result, SH.value)
        # The focus of a query over the whole graph is a class; who offends is the value.
        path = results.value(result, SH.resultPath)
        words = [focus, path if isinstance(path, URIRef) else None, value if value != focus else None]
        offender = " ".join(str(word) for word in words if word is not None)
        broken[constraint_name(results, shapes, result)].append(offender)
    return {name: sorted(set(offenders)) for name, offenders in sorted(broken.items())}


def message(shapes: Graph, name: str, lang: str) -> str:
    shape = URIRef(XS + name)
    texts = [*shapes.objects(shape, SH.message)]
    texts += [text for query in shapes.objects(shape, SH.sparql) for text in shapes.objects(query, SH.message)]
    for text in texts:
        if text.language == lang:
            return str(text).replace("：{?value}", "").replace(": {?value}", "")
    return "the ontology does not declare the term" if name == UNDECLARED else name


def report(path: Path, data: Graph, broken: dict[str, list[str]], shapes: Graph, lang: str) -> None:
    counts = ", ".join(
        f"{len(set(data.subjects(RDF.type, URIRef(XT + name))))} {name.lower()}s" for name in ("Document", "Statement", "Observation", "Mention"))
    print(f"{path}: {len(data)} triples; {counts}")
    for name, offenders in broken.items():
        print(f"  {name}: {message(shapes, name, lang)} ({len(offenders)})")
        for offender in offenders[:EXAMPLES]:
            print(f"    {offender}")
        if len(offenders) > EXAMPLES:
            print(f"    … and {len(offenders) - EXAMPLES} more")
    print("the shapes hold" if not broken else f"{len(broken)} constraints broken")


# ------------------------------------------------------------------------------------------------ self-test

PREFIXES = f"""
@prefix xt: <{XT}> .
@prefix id: <https://w3id.org/xiangtu/id/> .
@prefix place: <https://w3id.org/xiangtu/id/place/> .
@prefix project: <https://w3id.org/xiangtu/id/project/> .
@prefix enterprise: <https://w3id.org/xiangtu/id/enterprise/> .
@prefix campaign: <https://w3id.org/xiangtu/id/campaign/> .
@prefix person: <https://w3id.org/xiangtu/id/person/> .
@prefix honour: <https://w3id.org/xiangtu/id/honour/> .
@prefix document: <https://w3id.org/xiangtu/id/document/> .
@prefix statement: <https://w3id.org/xiangtu/id/statement/> .
@prefix domain: <https://w3id.org/xiangtu/id/domain/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix itsrdf: <http://www.w3.org/2005/11/its/rdf#> .
@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# An invented town. The sentence is 清溪镇推行河长制。, at 100 to 109.
GOOD = """
place:99 a xt:Province ; skos:prefLabel "某省"@zh ; xt:code "99" .
place:990101101 a xt:Township ; skos:prefLabel "清溪镇"@zh ; xt:code "990101101" ; xt:partOf place:99 ; xt:implements campaign:甲 .
place:somewhere a xt:Place ; rdfs:label "清溪"@zh .
enterprise:e a xt:Enterprise ; skos:prefLabel "甲公司"@zh .
project:p a xt:Project ; skos:prefLabel "甲项目"@zh ; xt:status "ongoing" .
person:n a xt:Person ; skos:prefLabel "甲某"@zh .
honour:h a xt:Honour ; skos:prefLabel "先进乡镇"@zh .
campaign:甲 a xt:Campaign , skos:Concept ; skos:inScheme id:campaigns ; skos:prefLabel "甲制"@zh , "System A"@en ;
  skos:altLabel "甲制度"@zh ; skos:broader campaign:乙 ; xt:domain domain:ecology ; xt:level "national" ; xt:startYear "2016"^^xsd:gYear .
campaign:乙 a xt:Campaign , skos:Concept ; skos:inScheme id:campaigns ; skos:prefLabel "乙行动"@zh ; xt:domain domain:ecology .
document:d a xt:Document ; dct:identifier "a.txt" ; xt:contentHash "0123456789abcdef" ; xt:state "done" ; xt:length 500 ;
  xt:year "2024"^^xsd:gYear ; xt:home place:990101101 ; xt:mentions place:990101101 .
document:aside a xt:Document ; dct:identifier "b.pdf" ; xt:contentHash "fedcba9876543210" ; xt:state "set aside" ; xt:reason "no text" .
id:mention a xt:Mention ; prov:wasDerivedFrom document:d ; itsrdf:taIdentRef place:990101101 ; xt:confidence 0.9 ;
  nif:beginIndex "100"^^xsd:nonNegativeInteger ; nif:endIndex "103"^^xsd:nonNegativeInteger ; nif:anchorOf "清溪镇" .
statement:s a xt:Statement ; rdf:subject place:990101101 ; rdf:predicate xt:implements ; rdf:object campaign:甲 ;
  prov:wasDerivedFrom document:d ; xt:quote "清溪镇推行河长制。" ; xt:quoteStart 100 ; xt:quoteEnd 109 ; xt:start 105 ; xt:end 108 ;
  xt:rule "test" ; xt:confidence 0.9 ; xt:year "2024"^^xsd:gYear ; xt:part "review" .
statement:money a xt:Statement ; rdf:subject project:p ; rdf:predicate xt:investment ; xt:value "20" ; xt:unitAsWritten "亿元" ;
  xt:amount 2000000000.0 ; xt:unit "元" ;
  prov:wasDerivedFrom document:d ; xt:quote "投资20亿元。" ; xt:quoteStart 200 ; xt:quoteEnd 207 ; xt:start 200 ; xt:end 206 ;
  xt:rule "test" ; xt:confidence 1.0 .
statement:o a xt:Observation ; rdf:subject place:990101101 ; rdf:predicate xt:reportsIndicator ; xt:indicator "财政收入" ;
  xt:change 8.5 ; xt:kind "actual" ; xt:period "2024" ;
  prov:wasDerivedFrom document:d ; xt:quote "收入增长8.5%。" ; xt:quoteStart 300 ; xt:quoteEnd 309 ; xt:start 300 ; xt:end 308 ;
  xt:rule "test" ; xt:confidence 0.8 .
id:finding a xt:Finding ; rdfs:label "甲制" ; xt:about campaign:甲 ; xt:other campaign:乙 ; xt:placeCount 3 ; xt:pValue 0.5 ; xt:qValue 0.5 ;
  prov:wasGeneratedBy id:run ; prov:wasDerivedFrom statement:s .
id:run a xt:Run ; xt:analysis "cooccur" ; xt:settings "min=1" , "top=30" ; prov:used id:store ; prov:wasAssociatedWith id:software ;
  prov:endedAtTime "2024-02-29T00:00:00Z"^^xsd:dateTime .
id:software a prov:SoftwareAgent ; rdfs:label "xiangtu" .
id:store a xt:Store ; rdfs:label "store" ; xt:documentCount 2 .
id:judgement a xt:Judgement ; xt:left place:somewhere ; xt:right place:990101101 ; xt:verdict "undecided" ; xt:confidence 0.5 .
"""

# What to break: the constraint that must notice, and it alone; the triples to take out; the triples to put in.
# A pattern with * takes out every triple of that subject and property.
BROKEN = [
    ("statement-subject", "statement:s rdf:subject *", ""),
    ("statement-predicate", "statement:s rdf:predicate *", "statement:s rdf:predicate xt:code ."),
    ("statement-predicate", "statement:s rdf:predicate *", ""),
    ("statement-object", "", "statement:s rdf:object campaign:乙 ."),
    ("statement-value", "", 'statement:money xt:value "21" .'),
    ("statement-document", "statement:s prov:wasDerivedFrom *", ""),
    ("statement-document", "statement:s prov:wasDerivedFrom *", "statement:s prov:wasDerivedFrom place:99 ."),
    ("statement-quote", "statement:s xt:quote *", ""),
    ("statement-quoteStart", "statement:s xt:quoteStart *", ""),
    ("statement-quoteEnd", "statement:s xt:quoteEnd *", ""),
    ("statement-start", "statement:s xt:start *", "statement:s xt:start 108 ."),
    ("statement-end", "statement:s xt:end *", ""),
    ("statement-start-in-quote", "statement:s xt:start *", "statement:s xt:start 99 ."),
    ("statement-end-in-quote", "statement:s xt:end *", "statement:s xt:end 110 ."),
    ("statement-rule", "statement:s xt:rule *", 'statement:s xt:rule "" .'),
    ("statement-confidence", "statement:s xt:confidence *", "statement:s xt:confidence 1.5 ."),
    ("statement-confidence", "statement:s xt:confidence *", ""),
    ("statement-year", "", 'statement:s xt:year "2023"^^xsd:gYear .'),
    ("statement-part", "", 'statement:s xt:part "plan" .'),
    ("statement-amount", "", "statement:money xt:amount 3.0 ."),
    ("statement-unit", "", 'statement:money xt:unit "美元" .'),
    ("statement-says-something", "statement:s rdf:object *", ""),
    ("statement-says-one-thing", "", "statement:money rdf:object enterprise:e .", "statement-object-class"),
    ("statement-quote-length", "statement:s xt:quote *", 'statement:s xt:quote "清溪镇推行河长制" .'),
    ("statement-subject-class", "statement:s rdf:subject *", "statement:s rdf:subject enterprise:e ."),
    ("statement-subject-class", "statement:s rdf:subject *", "statement:s rdf:subject place:nowhere ."),
    ("statement-object-class", "statement:s rdf:object *", "statement:s rdf:object honour:h ."),
    ("statement-value-for-object", "statement:s rdf:object *", 'statement:s xt:value "河长制" .'),
    ("investment-unit", "statement:money xt:unit *", ""),
    ("observation-predicate", "statement:o rdf:predicate *", "statement:o rdf:predicate xt:implements ."),
    ("observation-indicator", "statement:o xt:indicator *", ""),
    ("observation-kind", "statement:o xt:kind *", ""),
    ("observation-period", "", 'statement:o xt:period "2023" .'),
    ("observation-change", "", "statement:o xt:change 9.0 ."),
    ("observation-says-something", "statement:o xt:change *", ""),
    ("mention-document", "id:mention prov:wasDerivedFrom *", ""),
    ("mention-entity", "id:mention itsrdf:taIdentRef *", "id:mention itsrdf:taIdentRef document:d ."),
    ("mention-begin", "id:mention nif:beginIndex *", ""),
    ("mention-end", "id:mention nif:endIndex *", ""),
    ("mention-text", "id:mention nif:anchorOf *", ""),
    ("mention-confidence", "id:mention xt:confidence *", "id:mention xt:confidence -0.1 ."),
    ("mention-length", "id:mention nif:anchorOf *", 'id:mention nif:anchorOf "清溪" .'),
    ("document-identifier", "document:d dct:identifier *", ""),
    ("document-hash", "document:d xt:contentHash *", ""),
    ("document-state", "document:d xt:state *", ""),
    ("document-home", "", "document:d xt:home place:99 ."),
    ("document-year", "", 'document:d xt:year "2023"^^xsd:gYear .'),
    ("document-length", "document:d xt:length *", "document:d xt:length -1 ."),
    ("document-source", "", 'document:d dct:source "javascript:alert(1)" .'),
    ("document-format", "", 'document:d dct:format "" .'),
    ("document-issued", "", 'document:d dct:issued "2024" .'),
    ("document-reason", "document:aside xt:reason *", ""),
    ("Entity", "", '_:b a xt:Honour ; skos:prefLabel "无名"@zh .'),
    ("entity-label", "person:n skos:prefLabel *", ""),
    ("entity-class", "person:n rdf:type *", "person:n a xt:Entity ."),
    ("entity-one-class", "", "person:n a xt:Honour ."),
    ("entity-one-class", "", "place:99 a xt:County ."),
    ("place-code", "place:990101101 xt:code *", 'place:990101101 xt:code "99010" .'),
    ("place-code-level", "place:990101101 rdf:type *", "place:990101101 a xt:County ."),
    ("place-code-level", "place:990101101 rdf:type *", "place:990101101 a xt:Place ."),
    ("campaign-name", "campaign:甲 skos:prefLabel *", 'campaign:甲 skos:prefLabel "System A"@en .'),
    ("campaign-one-name", "", 'campaign:甲 skos:prefLabel "丙制"@zh .'),
    ("campaign-names-apart", "", 'campaign:甲 skos:altLabel "甲制"@zh .'),
    ("campaign-domain", "", "campaign:甲 xt:domain domain:nonsense .", "property-range"),
    ("campaign-broader", "campaign:乙 skos:inScheme *", ""),
    ("campaign-cycle", "", "campaign:乙 skos:broader campaign:甲 ."),
    ("judgement-left", "id:judgement xt:left *", "id:judgement xt:left place:990101101 ."),
    ("judgement-right", "id:judgement xt:right *", ""),
    ("judgement-verdict", "id:judgement xt:verdict *", ""),
    ("judgement-confidence", "id:judgement xt:confidence *", "id:judgement xt:confidence 2.0 ."),
    ("finding-label", "id:finding rdfs:label *", ""),
    ("finding-run", "id:finding prov:wasGeneratedBy *", ""),
    ("finding-run", "id:finding prov:wasGeneratedBy *", "id:finding prov:wasGeneratedBy id:store ."),
    ("finding-about", "", 'id:finding xt:about "甲制" .', "property-range"),
    ("finding-p", "id:finding xt:pValue *", "id:finding xt:pValue 1.5 ."),
    ("finding-q", "id:finding xt:qValue *", "id:finding xt:qValue -0.5 ."),
    ("run-analysis", "id:run xt:analysis *", ""),
    ("run-used", "id:run prov:used *", ""),
    ("run-ended", "id:run prov:endedAtTime *", ""),
    ("run-ended", "id:run prov:endedAtTime *", 'id:run prov:endedAtTime "yesterday" .'),
    ("run-agent", "id:run prov:wasAssociatedWith *", ""),
    ("store-documents", "id:store xt:documentCount *", ""),
    ("property-domain", "", "place:99 xt:lift 2.0 ."),
    ("property-range", "id:finding xt:other *", "id:finding xt:other id:run ."),
    ("property-datatype", "id:finding xt:placeCount *", "id:finding xt:placeCount 3.0 ."),
    ("property-domain", "", "enterprise:e xt:implements campaign:甲 ."),
    ("property-range", "", "enterprise:e xt:undertakes honour:h ."),
    ("property-datatype", "", "person:n xt:pinyin 5 ."),
    ("property-datatype", "statement:s xt:confidence *", 'statement:s xt:confidence "0.9"^^xsd:double .'),
    ("property-value", "project:p xt:status *", 'project:p xt:status "finished" .'),
    ("property-value", "document:d xt:state *", 'document:d xt:state "skipped" .'),
    ("term-words", "", "xt:thing a xt:LevelValue ."),
    ("class-whole", "", 'xt:Thing a owl:Class ; rdfs:label "物"@zh , "thing"@en ; rdfs:comment "物"@zh , "thing"@en .'),
    ("property-whole", "", 'xt:of a owl:ObjectProperty ; rdfs:label "属"@zh , "of"@en ; rdfs:comment "属"@zh , "of"@en .'),
    ("shown-property", "", "xt:Person xt:caption ( xt:nothing ) ."),
    ("edge-ends", "", "xt:undertakes xt:edgeTo xt:Honour ."),
    ("union-members", "", "xt:rule <https://schema.org/domainIncludes> xt:Place ."),
    (UNDECLARED, "", "person:n xt:height 5 ."),
    (UNDECLARED, "", 'id:boat a xt:Boat ; rdfs:label "船"@zh .'),
]


def turtle(text: str) -> Graph:
    return Graph().parse(data=PREFIXES + text, format="turtle")


def without(graph: Graph, pattern: str) -> None:
    subject, predicate, _ = pattern.split()
    for triple in turtle(f"{subject} {predicate} 0 ."):
        assert (triple[0], triple[1], None) in graph, f"the good graph has no {pattern}"
        graph.remove((triple[0], triple[1], None))


def self_test(folder: Path) -> int:
    # The small core of the ontology: the real thesaurus has laws of its own and would only slow eighty runs down.
    ontology, shapes = Graph(), Graph()
    for name, graph in (("xiangtu", ontology), ("domains", ontology), ("shapes", shapes)):
        graph.parse(folder / f"{name}.ttl")

    failures = 0
    broken = check(turtle(GOOD), ontology, shapes)
    print(f"good graph: {'passes' if not broken else broken}")
    failures += bool(broken)

    prefixes = {str(d): str(shapes.value(b, SH.namespace)) for b in shapes.objects(predicate=SH.declare) for d in shapes.objects(b, SH.prefix)}
    for shape, query in sorted(shapes.subject_objects(SH.sparql)):
        rows = len((turtle(GOOD) + ontology).query(str(shapes.value(query, SH.select)), initNs=prefixes))
        if rows:
            failures += 1
            print(f"NOT AS IT SHOULD: the query of {str(shape).removeprefix(XS)}, run by itself, finds {rows} in the good graph")

    for wanted, out, into, *also in BROKEN:
        data = turtle(GOOD)
        if out:
            without(data, out)
        data += turtle(into)
        caught = set(check(data, ontology, shapes))
        if caught != {wanted, *also}:
            failures += 1
            print(f"NOT AS IT SHOULD: {wanted} (-{out or 'nothing'} +{into or 'nothing'}): caught {sorted(caught)}")

    tested = {wanted for wanted, *_ in BROKEN}
    named = {str(s).removeprefix(XS) for s in set(shapes.subjects(SH.message)) | set(shapes.subjects(SH.sparql)) if isinstance(s, URIRef)}
    for name in sorted(named - tested):
        failures += 1
        print(f"NOT TESTED: {name}")
    print(f"{len(BROKEN)} broken graphs for {len(tested)} constraints: {failures} failures")
    return 1 if failures else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--with", dest="beside", nargs="+", type=Path, default=[])
    args = parser.parse_args()
    # pyshacl repeats every violation in its log; the report is ours.
    logging.getLogger("pyshacl").setLevel(logging.CRITICAL)
    default = Path(__file__).resolve().parent.parent / "ontology"
    try:
        if args.self_test:
            return self_test(args.paths[0] if args.paths else default)
        if not args.paths:
            parser.error("give the graph to check, as N-Quads")
        ontology, shapes = load_ontology(args.paths[1] if len(args.paths) > 1 else default)
        data = load_data(args.paths[0])
        for path in args.beside:
            data.parse(path, format="turtle")
        broken = check(data, ontology, shapes)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except (ValueError, SyntaxError) as error:
        print(error, file=sys.stderr)
        return 2
    report(args.paths[0], data, broken, shapes, args.lang)
    return 1 if broken else 0


sys.exit(main())
