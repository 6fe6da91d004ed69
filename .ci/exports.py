#!/usr/bin/env python3
"""Opens every export of xiangtu in the programs and libraries that it is for.

    exports.py PROGRAM STORE [--pictures DIR]

PROGRAM is the built xiangtu, STORE a store. The same is done with a store whose names are made to do harm
(tests/fixtures/hostile). Needs: pip install networkx rdflib pyld followthemoney ndex2. Graphviz (`dot`) and Chromium are
used where they are installed; what is skipped is said. Not checked for want of the tools: Gephi, Cytoscape and Neo4j themselves,
and GEXF against its XSD, which no registry carries: its elements and types are looked at here instead.
--pictures keeps what was rendered. Exit code: 0 all is well, 1 something is not.
"""
import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import networkx
import rdflib
from followthemoney import model
from ndex2.cx2 import RawCX2NetworkFactory
from pyld import jsonld

ROOT = Path(__file__).resolve().parent.parent
GEXF = "{http://gexf.net/1.3}"
VIZ = "{http://gexf.net/1.3/viz}"
ENDINGS = {
    "html": ".html", "graphml": ".graphml", "gexf": ".gexf", "dot": ".dot", "cytoscape": ".cyjs", "cx2": ".cx2", "neo4j": "-neo4j",
    "csv": "-csv", "ftm": ".ftm.json", "jsonld": ".jsonld", "turtle": ".ttl", "ntriples": ".nt", "trig": ".trig", "nquads": ".nq",
}
# What no name may bring into a network format.
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Fault(Exception):
    pass


def expect(condition, message: str) -> None:
    if not condition:
        raise Fault(message)


def export(program: str, store: Path, folder: Path) -> dict[str, Path]:
    paths = {}
    for name, ending in ENDINGS.items():
        paths[name] = folder / f"graph{ending}"
        subprocess.run([program, "--lang", "zh", "export", "--store", store, "-f", name, "-o", paths[name]], check=True, stdout=subprocess.DEVNULL)
    return paths


def table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------------------------------------ networks

def check_csv(paths, reference) -> str:
    for name in ("nodes", "edges", "facts"):
        for row in table(paths["csv"] / f"{name}.csv"):
            for key, cell in row.items():
                expect(key and cell is not None, f"{name}.csv: a row is longer or shorter than the head: {row}")
                expect(not re.match(r"[=@\t\r＝＋－＠]|[+-](?![\d.]+%?$)", cell), f"{name}.csv: a spreadsheet takes {cell!r} for a formula")
    return f"{len(reference['nodes'])} nodes, {len(reference['edges'])} edges"


def same_graph(graph, reference, label="label") -> None:
    expect(graph.number_of_nodes() == len(reference["nodes"]), f"{graph.number_of_nodes()} nodes instead of {len(reference['nodes'])}")
    expect(graph.number_of_edges() == len(reference["edges"]), f"{graph.number_of_edges()} edges instead of {len(reference['edges'])}")
    labels = Counter(data[label] for _, data in graph.nodes(data=True))
    expect(labels == reference["labels"], f"labels differ: {list((labels - reference['labels']))[:3]} {list(reference['labels'] - labels)[:3]}")


def typed(graph) -> None:
    for _, _, data in graph.edges(data=True):
        expect(isinstance(data["weight"], float) and isinstance(data["documents"], int), f"weight or documents has no number: {data}")
        expect("first" not in data or isinstance(data["first"], int), f"a year is no number: {data}")


def check_graphml(paths, reference) -> str:
    graph = networkx.read_graphml(paths["graphml"], force_multigraph=True)
    same_graph(graph, reference)
    typed(graph)
    return f"networkx {networkx.__version__} reads {graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges"


def check_gexf(paths, reference) -> str:
    root = ElementTree.parse(paths["gexf"]).getroot()
    expect(root.tag == f"{GEXF}gexf" and root.get("version") == "1.3", "no GEXF 1.3")
    graph = root.find(f"{GEXF}graph")
    expect([child.tag for child in graph] == [f"{GEXF}{name}" for name in ("attributes", "attributes", "nodes", "edges")], "parts of the graph")
    types = {"string", "integer", "double"}
    declared = {(group.get("class"), attribute.get("id")): attribute.get("type") for group in graph.iter(f"{GEXF}attributes") for attribute in group}
    expect(set(declared.values()) <= types, f"types: {declared}")
    spells = 0
    life = {}
    for kind in ("node", "edge"):
        for element in graph.iter(f"{GEXF}{kind}"):
            for value in element.iter(f"{GEXF}attvalue"):
                declared_type = declared[kind, value.get("for")]
                {"string": str, "integer": int, "double": float}[declared_type](value.get("value"))
            years = [range(int(spell.get("start")), int(spell.get("end")) + 1) for spell in element.iter(f"{GEXF}spell")]
            expect(all(years), "a spell ends before it starts")
            spells += len(years)
            covered = {year for spell in years for year in spell}
            if kind == "node":
                life[element.get("id")] = covered
                expect(element.find(f"{VIZ}color") is not None and element.find(f"{VIZ}size") is not None, "a node without colour or size")
            else:
                for end in ("source", "target"):
                    expect(element.get(end) in life, f"an edge from or to nothing: {element.attrib}")
                    expect(not life[element.get(end)] or covered <= life[element.get(end)], f"an edge lives when its end does not: {element.attrib}")
    expect(spells > 0, "no spells")
    read = networkx.read_gexf(paths["gexf"], version="1.3")
    same_graph(read, reference)
    return f"networkx reads the same graph; {spells} spells; structure checked, no XSD at hand"


def check_cytoscape(paths, reference) -> str:
    data = json.loads(paths["cytoscape"].read_text())
    graph = networkx.cytoscape_graph(data)
    same_graph(graph, reference)
    typed(graph)
    return f"networkx reads {graph.number_of_nodes()} nodes"


def check_cx2(paths, reference) -> str:
    aspects = json.loads(paths["cx2"].read_text())
    expect(aspects[0] == {"CXVersion": "2.0", "hasFragments": False}, "the head")
    expect(aspects[-1] == {"status": [{"success": True, "error": ""}]}, "the status")
    content = {name: value for aspect in aspects[1:-1] for name, value in aspect.items()}
    for meta in content["metaData"]:
        expect(len(content[meta["name"]]) == meta["elementCount"], f"count of {meta}")
    expect({meta["name"] for meta in content["metaData"]} == set(content) - {"metaData"}, "an aspect without metadata")
    kinds = {
        "string": lambda v: isinstance(v, str), "integer": lambda v: isinstance(v, int), "double": lambda v: isinstance(v, (int, float)),
        "list_of_string": lambda v: all(isinstance(x, str) for x in v), "list_of_integer": lambda v: all(isinstance(x, int) for x in v),
    }
    ids = [node["id"] for node in content["nodes"]]
    expect(len(set(ids)) == len(ids) == len(reference["nodes"]), "ids of nodes")
    expect(all(edge["s"] in set(ids) and edge["t"] in set(ids) for edge in content["edges"][:2000]), "an edge from or to nothing")
    for part in ("nodes", "edges"):
        declared = content["attributeDeclarations"][0][part]
        for element in content[part]:
            for name, value in element["v"].items():
                expect(kinds[declared[name]["d"]](value), f"{name}: {value!r} is no {declared[name]['d']}")
    expect(Counter(node["v"]["name"] for node in content["nodes"]) == reference["labels"], "names differ")
    network = RawCX2NetworkFactory().get_cx2network(aspects)
    expect(len(network.get_nodes()) == len(reference["nodes"]) and len(network.get_edges()) == len(reference["edges"]), "ndex2 reads another graph")
    return "structure checked, ndex2 reads it"


def check_neo4j(paths, reference) -> str:
    nodes, edges = (table(paths["neo4j"] / name) for name in ("nodes.csv", "relationships.csv"))
    ids = [row["id:ID"] for row in nodes]
    expect(len(set(ids)) == len(ids) == len(reference["nodes"]) and len(edges) == len(reference["edges"]), "counts")
    expect(all(row[":START_ID"] in set(ids) and row[":END_ID"] in set(ids) for row in edges), "an edge from or to nothing")
    for row in nodes + edges:
        for head, cell in row.items():
            if head.endswith(":int") and cell:
                int(cell)
            if head.endswith(":double"):
                float(cell)
            expect("\\" not in cell and "\n" not in cell, f"neo4j reads {cell!r} otherwise")
    script = (paths["neo4j"] / "load.cypher").read_text()
    for name in {row[":LABEL"] for row in nodes} | {row[":TYPE"] for row in edges}:
        expect(re.fullmatch(r"[A-Za-z_;]+", name), f"label or type {name!r}")
        expect(f"'{name}'" in script, f"load.cypher forgets {name}")
    return f"{len(nodes)} nodes, {len(edges)} relationships; structure checked, no server at hand"


def check_dot(paths, reference, pictures) -> str:
    if shutil.which("dot") is None:
        return "skipped: Graphviz is not installed"
    out = subprocess.run(["dot", "-Tjson", "-Knop2", paths["dot"]], capture_output=True, text=True)
    expect(out.returncode == 0, out.stderr[:500])
    read = json.loads(out.stdout)
    nodes = read["objects"]
    expect(len(nodes) == len(reference["nodes"]) and len(read.get("edges", [])) == len(reference["edges"]), "counts")
    expect(all(not BAD.search(node["label"]) for node in nodes), "control characters")
    if len(nodes) > 1500:
        return "Graphviz reads it"
    picture = pictures / "graph.svg"
    out = subprocess.run(["dot", "-Tsvg", paths["dot"], "-o", picture], capture_output=True, text=True, timeout=300)
    expect(out.returncode == 0, out.stderr[:500])
    drawn = Counter("".join(text.itertext()) for group in ElementTree.parse(picture).getroot().iter("{http://www.w3.org/2000/svg}g")
                    if group.get("class") == "node" for text in group.iter("{http://www.w3.org/2000/svg}text"))
    squeeze = lambda labels: Counter({re.sub(r"\s+", "", label): n for label, n in labels.items()})
    expect(squeeze(drawn) == squeeze(reference["labels"]), f"drawn names differ: {list(drawn - reference['labels'])[:3]}")
    return f"Graphviz draws {sum(drawn.values())} nodes"


def check_ftm(paths, reference) -> str:
    entities = {}
    for line in paths["ftm"].read_text().splitlines():
        proxy = model.get_proxy(json.loads(line), cleaned=False)
        written = json.loads(line)["properties"]
        for name, values in written.items():
            expect(name in proxy.schema.properties, f"{proxy.schema.name} has no {name}")
            # A date or country that the library does not understand is dropped.
            expect(len(proxy.get(name)) > 0 or not values, f"{proxy.schema.name}.{name}: {values} is not read")
        proxy.schema.validate(proxy.to_dict())
        expect(proxy.id not in entities, f"{proxy.id} twice")
        entities[proxy.id] = proxy
    for proxy in entities.values():
        for prop, value in proxy.itervalues():
            if prop.type.name == "entity":
                expect(value in entities, f"{prop} leads nowhere")
                expect(entities[value].schema.is_a(prop.range), f"{prop}: {entities[value].schema.name} is no {prop.range.name}")
    schemata = Counter(proxy.schema.name for proxy in entities.values())
    things = sum(n for name, n in schemata.items() if name not in ("PlainText", "UnknownLink", "ProjectParticipant"))
    expect(things == len(reference["nodes"]), f"{things} things: {schemata}")
    return ", ".join(f"{n} {name}" for name, n in schemata.most_common())


# ------------------------------------------------------------------------------------------------ RDF

def check_rdf(paths) -> str:
    graphs = {}
    for name, syntax in (("turtle", "turtle"), ("ntriples", "nt"), ("jsonld", "json-ld")):
        graphs[name] = rdflib.Graph().parse(paths[name], format=syntax)
    sizes = {name: len(graph) for name, graph in graphs.items()}
    expect(len(set(sizes.values())) == 1, f"triples: {sizes}")
    quads = {}
    for name in ("trig", "nquads"):
        dataset = rdflib.Dataset()
        dataset.parse(paths[name], format=name)
        quads[name] = len(set(dataset.quads()))
    expect(len(set(quads.values())) == 1, f"quads: {quads}")
    lines = paths["nquads"].read_text().splitlines()
    expect(len(lines) == quads["nquads"] == len(set(lines)), f"{len(lines)} lines, {quads}")
    return f"rdflib {rdflib.__version__} reads {sizes['turtle']} triples three times, {quads['trig']} quads twice"


def check_jsonld(paths) -> str:
    document = json.loads(paths["jsonld"].read_text())
    expanded = jsonld.expand(document)
    n = sum(len(values) for node in expanded for key, values in node.items() if key != "@id")
    lines = sum(1 for _ in open(paths["ntriples"]))
    expect(n == lines, f"{n} values, {lines} triples")
    # Compacted with its own context it stays as it is, node for node.
    few = {"@context": document["@context"], "@graph": document["@graph"][::max(1, len(document["@graph"]) // 200)]}
    again = jsonld.compact(few, document["@context"], {"graph": True})
    by_id = {node["@id"]: node for node in again["@graph"]}
    for node in few["@graph"]:
        expect(by_id[node["@id"]] == node, f"not compact: {node} {by_id[node['@id']]}")
    return f"pyld expands {len(expanded)} nodes; compact"


# ------------------------------------------------------------------------------------------------ the page

def check_html(paths, reference, pictures) -> str:
    page = paths["html"].read_text()
    expect(not BAD.search(page.split("<!--\n====")[0]), "control characters")
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1))
    expect(Counter(node["n"] for node in data["nodes"]) == reference["labels"], "names differ")
    expect(not re.search(r'(?:src|href)\s*=\s*"', page.split("<script>")[0]), "the page fetches something")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        return "data checked; not opened: Chromium is not installed"
    with tempfile.TemporaryDirectory() as home:
        run = [browser, "--headless", "--no-sandbox", "--disable-gpu-sandbox", "--enable-unsafe-swiftshader", "--hide-scrollbars", f"--user-data-dir={home}",
               "--window-size=1500,950", "--virtual-time-budget=60000", "--enable-logging=stderr", "--v=0"]
        out = subprocess.run(run + ["--dump-dom", paths["html"].as_uri()], capture_output=True, text=True, timeout=300)
        faults = [line for line in out.stderr.splitlines() if "CONSOLE" in line and ("rror" in line or "efused" in line)]
        expect(not faults, f"the page complains: {faults[:3]}")
        expect('data-ready="yes"' in out.stdout, "the page did not draw its graph")
        seen = out.stdout.split('id="data"')[0]
        expect("<b>" not in seen and "alert(1)" not in seen, "markup from the data")
        subprocess.run(run + [f"--screenshot={pictures / 'page.png'}", paths["html"].as_uri()], capture_output=True, timeout=300)
        expect((pictures / "page.png").stat().st_size > 20_000, "an empty picture")
    return f"Chromium draws {len(data['nodes'])} nodes"


def check_all(program: str, store: Path, pictures: Path) -> int:
    """Number of formats that do not open."""
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = export(program, store, Path(folder))
        nodes, edges = (table(paths["csv"] / f"{name}.csv") for name in ("nodes", "edges"))
        undo = lambda cell: cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@＝＋－＠") else cell
        reference = {"nodes": nodes, "edges": edges, "labels": Counter(undo(row["label"]) for row in nodes)}
        for name in ("graphml", "gexf", "dot", "cytoscape", "cx2", "ftm"):
            expect(not BAD.search(paths[name].read_text()), f"{name}: control characters")
        checks = {
            "csv": lambda: check_csv(paths, reference), "graphml": lambda: check_graphml(paths, reference), "gexf": lambda: check_gexf(paths, reference),
            "cytoscape": lambda: check_cytoscape(paths, reference), "cx2": lambda: check_cx2(paths, reference), "neo4j": lambda: check_neo4j(paths, reference),
            "dot": lambda: check_dot(paths, reference, pictures), "ftm": lambda: check_ftm(paths, reference), "rdf": lambda: check_rdf(paths),
            "jsonld": lambda: check_jsonld(paths), "html": lambda: check_html(paths, reference, pictures),
        }
        for name, check in checks.items():
            try:
                print(f"  {name}: {check()}", flush=True)
            except Exception as fault:
                faults += 1
                print(f"  {name}: FAULT {type(fault).__name__}: {fault}", flush=True)
    return faults


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("store", type=Path)
    parser.add_argument("--pictures", type=Path)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    with tempfile.TemporaryDirectory() as scratch:
        hostile = Path(scratch) / "store"
        fixtures = ROOT / "tests" / "fixtures"
        subprocess.run([program, "build", fixtures / "hostile", "--extractions", fixtures / "hostile.jsonl", "--store", hostile], check=True, stdout=subprocess.DEVNULL)
        faults = 0
        for name, store in (("store", arguments.store), ("hostile names", hostile)):
            pictures = (arguments.pictures or Path(scratch)) / name.replace(" ", "-")
            pictures.mkdir(parents=True, exist_ok=True)
            print(f"{name}:", flush=True)
            faults += check_all(program, store, pictures)
    print("every export opens" if faults == 0 else f"{faults} exports do not open")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
