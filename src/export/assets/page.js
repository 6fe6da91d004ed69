// The page of `xiangtu export --format html`: draws the graph in #data, finds things in it, shows their facts with quotes.
// Texts from the data enter the page as text only, never as markup.
"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
let lang = data.lang;
const say = (key) => data.texts[key][lang];
const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  Object.assign(element, attributes);
  element.append(...children);
  return element;
};

// ---------------------------------------------------------------- state
const hidden = new Set();
let showsLonely = false;
let [from, to] = [data.years[0], data.years[1]];
let chosen = null;   // { node } or { edge }
let near = null;     // nodes to keep bright
const degree = new Array(data.nodes.length).fill(0);
for (const edge of data.edges) { degree[edge.f]++; degree[edge.t]++; }
const lonely = degree.filter((n) => n === 0).length;
const edgesOf = data.nodes.map(() => []);
data.edges.forEach((edge, i) => { edgesOf[edge.f].push(i); if (edge.t !== edge.f) edgesOf[edge.t].push(i); });
const factsOf = data.nodes.map(() => []);
data.facts.forEach((fact, i) => { factsOf[fact.s].push(i); if (fact.o !== null && fact.o !== fact.s) factsOf[fact.o].push(i); });
// Edges without facts of their own: divisions and projections.
const plainOf = data.nodes.map((_, i) => edgesOf[i].filter((e) => data.edges[e].x.length === 0));

const inYears = (years) => years.length === 0 || years.some((year) => from <= year && year <= to);
const allYears = () => from === data.years[0] && to === data.years[1];
const edgeShows = (edge) => allYears() || inYears(edge.y);
const nodeShows = (i) => {
  const node = data.nodes[i];
  if (hidden.has(node.k)) return false;
  if (degree[i] === 0) return showsLonely && (allYears() || inYears(node.y));
  return allYears() || edgesOf[i].some((e) => edgeShows(data.edges[e]));
};

// ---------------------------------------------------------------- the drawing
let sigma = null;
const graph = new graphology.MultiGraph({ type: data.directed ? "directed" : "undirected" });
const linked = data.nodes.length - lonely;
// The more there is to see, the smaller it is drawn.
const scale = Math.max(0.4, Math.min(1, Math.sqrt(500 / Math.max(1, linked))));
const size = (i) => scale * (3.2 + 1.9 * Math.sqrt(degree[i]));
const namesakes = new Map();
for (const node of data.nodes) namesakes.set(node.n, (namesakes.get(node.n) || 0) + 1);
/** A town that shares its name with another stands with its county. */
const fullName = (node) => {
  const above = node.p.split(" › ").slice(0, -1).pop();
  return namesakes.get(node.n) > 1 && above ? node.n + "（" + above + "）" : node.n;
};
const short = (name) => ([...name].length > 14 ? [...name].slice(0, 13).join("") + "…" : name);
const rank = [];
[...data.nodes.keys()].sort((a, b) => degree[b] - degree[a] || a - b).forEach((i, at) => { rank[i] = at; });
data.nodes.forEach((node, i) => {
  // A sunflower, the most linked in the middle: the layout starts from it and so comes out the same each time.
  const [r, a] = [10 * Math.sqrt(rank[i] + 1), rank[i] * 2.399963];
  graph.addNode(i, { label: short(fullName(node)), x: r * Math.cos(a), y: r * Math.sin(a), size: size(i), color: data.kinds[node.k].colour, forceLabel: rank[i] < 20 });
});
data.edges.forEach((edge, i) => {
  const width = Math.min(4, 0.6 + 0.5 * Math.log2(1 + edge.w));
  const attributes = { size: width, weight: edge.w, color: edge.d ? "#c9ced6" : "#e3e6ea", type: data.directed ? "arrow" : "line" };
  if (data.directed) graph.addDirectedEdgeWithKey(i, edge.f, edge.t, attributes);
  else graph.addUndirectedEdgeWithKey(i, edge.f, edge.t, attributes);
});

/** Things without a link stand in a belt around the rest; where they are not shown they must not widen the picture. */
function surround() {
  let [x, y, n, reach] = [0, 0, 0, 1];
  graph.forEachNode((i, at) => { if (degree[i] !== 0) { x += at.x; y += at.y; n++; } });
  [x, y] = n ? [x / n, y / n] : [0, 0];
  graph.forEachNode((i, at) => { if (degree[i] !== 0) reach = Math.max(reach, Math.hypot(at.x - x, at.y - y)); });
  let k = 0;
  graph.forEachNode((i) => {
    if (degree[i] !== 0) return;
    const r = showsLonely ? reach * Math.sqrt(1.15 + (1.2 * k) / Math.max(linked, lonely)) : 0;
    graph.mergeNodeAttributes(i, { x: x + r * Math.cos(k * 2.399963), y: y + r * Math.sin(k * 2.399963) });
    k++;
  });
}

function arrange(done) {
  const { layoutForceAtlas2, layoutNoverlap } = graphologyLibrary;
  const drawn = graph.copy();
  drawn.forEachNode((i) => { if (degree[i] === 0) drawn.dropNode(i); });
  const n = drawn.order;
  const settings = {
    ...layoutForceAtlas2.inferSettings(drawn), barnesHutOptimize: n > 800, gravity: 0.3, scalingRatio: 6, slowDown: 1.5,
    edgeWeightInfluence: 0.3,
  };
  let left = Math.round(Math.max(140, Math.min(500, 400000 / Math.max(n, 1))));
  const put = () => {
    drawn.forEachNode((i, at) => graph.mergeNodeAttributes(i, { x: at.x, y: at.y }));
    if (lonely) surround();
  };
  const step = () => {
    const now = Math.min(20, left);
    if (n > 1) layoutForceAtlas2.assign(drawn, { iterations: now, settings });
    left -= now;
    if (left > 0 && n > 1) { put(); return setTimeout(step, 0); }
    if (n > 1 && n < 3000) {
      // In the units of the layout a node is about this wide when the whole graph fills the window.
      let reach = 1;
      drawn.forEachNode((_, at) => { reach = Math.max(reach, Math.abs(at.x), Math.abs(at.y)); });
      const unit = reach / 420;
      layoutNoverlap.assign(drawn, {
        maxIterations: 80,
        inputReducer: (_, at) => ({ x: at.x, y: at.y, size: at.size * unit }),
        settings: { margin: 1.5 * unit, ratio: 1.1, expansion: 1.1, gridSize: 30, speed: 3 },
      });
    }
    put();
    done();
  };
  step();
}

// Labels are gathered while sigma draws, then written the largest node first, each where it covers no other.
const waiting = [];
const gatherLabel = (context, node, settings) => { if (node.label) waiting.push({ context, settings, x: node.x, y: node.y, size: node.size, label: node.label }); };

function writeLabels() {
  const taken = [];
  const edge = sigma.getDimensions().width;
  const apart = (a, b) => a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1];
  const isFree = (box) => box[0] >= 0 && box[2] <= edge && taken.every((other) => apart(box, other));
  const discs = waiting.filter((node) => node.size > 6).map(({ x, y, size }) => [x - size, y - size * 0.8, x + size, y + size * 0.8]);
  for (const { context, settings, x, y, size, label } of waiting.sort((a, b) => b.size - a.size)) {
    context.font = settings.labelWeight + " " + settings.labelSize + "px " + settings.labelFont;
    const [width, height] = [context.measureText(label).width, settings.labelSize];
    // Right of the node, left of it, below it, above it.
    const places = [[x + size + 3, y], [x - size - 3 - width, y], [x - width / 2, y + size + height * 0.8], [x - width / 2, y - size - height * 0.8]];
    const boxes = places.map(([left, middle]) => [left, middle - height * 0.6, left + width, middle + height * 0.6]);
    const free = boxes.map(isFree);
    const clear = boxes.findIndex((box, i) => free[i] && discs.every((disc) => apart(box, disc)));
    const at = clear >= 0 ? clear : free.indexOf(true);
    if (at < 0) continue;
    taken.push(boxes[at]);
    const [left, middle] = places[at];
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeStyle = "#ffffff";
    context.strokeText(label, left, middle + height / 3);
    context.fillStyle = "#1f2328";
    context.fillText(label, left, middle + height / 3);
  }
  waiting.length = 0;
}

/** Moves to where all these nodes are in sight. */
function show(nodes) {
  const at = [...nodes].map((i) => sigma.getNodeDisplayData(i)).filter(Boolean);
  const [xs, ys] = [at.map((node) => node.x), at.map((node) => node.y)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const ratio = Math.min(1.1, Math.max(0.12, 1.35 * Math.max(right - left, high - low)));
  sigma.getCamera().animate({ x: (left + right) / 2, y: (low + high) / 2, ratio }, { duration: 350 });
}

function draw() {
  sigma = new Sigma(graph, byId("graph"), {
    labelFont: getComputedStyle(document.body).fontFamily, labelSize: 12.5, labelColor: { color: "#1f2328" },
    labelRenderedSizeThreshold: 4, labelDensity: 1, labelGridCellSize: 70,
    defaultEdgeType: data.directed ? "arrow" : "line", enableEdgeEvents: true, zIndex: true, minCameraRatio: 0.02, maxCameraRatio: 3,
    stagePadding: 44, defaultDrawNodeLabel: gatherLabel,
    edgeReducer: (e, attributes) => {
      const edge = data.edges[e];
      if (!edgeShows(edge)) return { ...attributes, hidden: true };
      if (!near) return attributes;
      const lit = chosen.edge !== undefined ? Number(e) === chosen.edge : edge.f === chosen.node || edge.t === chosen.node;
      return lit ? { ...attributes, color: "#5b6470", zIndex: 1 } : { ...attributes, hidden: true };
    },
    nodeReducer: (i, attributes) => {
      if (!nodeShows(Number(i))) return { ...attributes, hidden: true };
      if (!near) return attributes;
      if (!near.has(Number(i))) return { ...attributes, color: "#e6e8ec", label: "", forceLabel: false, zIndex: 0 };
      const own = Number(i) === chosen.node;
      return { ...attributes, zIndex: own ? 2 : 1, forceLabel: near.size < 45 || own, highlighted: own };
    },
  });
  sigma.on("afterRender", writeLabels);
  sigma.on("clickNode", ({ node }) => choose({ node: Number(node) }));
  sigma.on("clickEdge", ({ edge }) => choose({ edge: Number(edge) }));
  sigma.on("clickStage", () => choose(null));
  for (const [on, off] of [["enterNode", "leaveNode"], ["enterEdge", "leaveEdge"]]) {
    sigma.on(on, () => { byId("graph").style.cursor = "pointer"; });
    sigma.on(off, () => { byId("graph").style.cursor = ""; });
  }
}

const refresh = () => { if (sigma) sigma.refresh(); };

function choose(what, moves) {
  chosen = what;
  near = null;
  if (what && what.node !== undefined) {
    near = new Set([what.node]);
    for (const e of edgesOf[what.node]) if (edgeShows(data.edges[e])) { near.add(data.edges[e].f); near.add(data.edges[e].t); }
    hidden.delete(data.nodes[what.node].k);
    if (degree[what.node] === 0 && !showsLonely) { showsLonely = true; surround(); }
    legend();
  } else if (what) near = new Set([data.edges[what.edge].f, data.edges[what.edge].t]);
  tell();
  refresh();
  if (sigma && moves) setTimeout(() => show(near), 0);
}

// ---------------------------------------------------------------- facts
const thing = (i) => make("a", { className: "thing", onclick: () => choose({ node: i }, true) }, fullName(data.nodes[i]));
const dot = (kind) => {
  const element = make("span", { className: "dot" });
  element.style.background = data.kinds[kind].colour;
  return element;
};

/** The sentence with the words that matter marked. */
function quoted(text, words) {
  const quote = make("blockquote", {});
  let rest = text;
  const names = words.filter((word) => word && word.length > 1);
  while (rest) {
    const hits = names.map((word) => [rest.indexOf(word), word]).filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0] || b[1].length - a[1].length);
    if (hits.length === 0) break;
    const [at, word] = hits[0];
    quote.append(rest.slice(0, at), make("mark", {}, word));
    rest = rest.slice(at + word.length);
  }
  quote.append(rest);
  return quote;
}

const cite = (document, confidence) => {
  const path = document === null ? "" : data.documents[document].path;
  const source = document === null ? say("page.divisions") : path.split(/[/\\]/).pop();
  const sure = confidence === undefined ? "" : " · " + say("page.confidence") + " " + confidence.toFixed(2);
  return make("cite", { title: path }, source + sure);
};

const namesOf = (i) => [data.nodes[i].n, ...data.nodes[i].a];

function factLine(fact, i) {
  const other = fact.o === null ? null : fact.s === i ? fact.o : fact.s;
  const line = make("li", {});
  if (other !== null) line.append(dot(data.nodes[other].k), " ", thing(other), " ");
  if (fact.v) line.append(fact.v, " ");
  if (fact.y) line.append(make("span", { className: "tag" }, String(fact.y)));
  if (fact.g) line.append(make("span", { className: "tag" }, say("page.target")));
  else if (fact.l) line.append(make("span", { className: "tag" }, say("page.plan")));
  const words = [fact.v, fact.v.split(" ")[0], ...namesOf(i), ...(other === null ? [] : namesOf(other))];
  line.append(quoted(data.quotes[fact.q], words), cite(fact.d, fact.c));
  return line;
}

function edgeLine(edge, i) {
  const other = edge.f === i ? edge.t : edge.f;
  const line = make("li", {}, dot(data.nodes[other].k), " ", thing(other), " ");
  if (edge.y.length) line.append(make("span", { className: "tag" }, edge.y.join(" ")));
  if (edge.d) line.append(quoted(data.quotes[edge.q], [...namesOf(other), ...namesOf(i)]));
  line.append(cite(edge.s));
  return line;
}

function group(heading, lines) {
  const list = make("ol", { className: "lines" });
  const FEW = 12;
  list.append(...lines.slice(0, FEW).map((line) => line()));
  const parts = [make("h3", {}, heading + " ", make("span", {}, String(lines.length))), list];
  if (lines.length > FEW) {
    const more = make("button", { onclick: () => { list.append(...lines.slice(FEW).map((line) => line())); more.remove(); } }, say("page.more").replace("{}", lines.length - FEW));
    parts.push(more);
  }
  return parts;
}

function tell() {
  const panel = byId("facts");
  panel.replaceChildren();
  document.body.classList.toggle("open", chosen !== null);
  if (sigma) setTimeout(() => sigma.resize(), 0);
  if (chosen === null) return;
  panel.scrollTop = 0;
  panel.append(make("button", { id: "close", title: say("page.close"), onclick: () => choose(null) }, "×"));
  if (chosen.edge !== undefined) return tellEdge(panel, data.edges[chosen.edge]);
  const i = chosen.node;
  const node = data.nodes[i];
  panel.append(make("h2", {}, node.n));
  const about = [data.classes[node.c][lang], node.i, node.p].filter(Boolean).join(" · ");
  panel.append(make("div", { className: "soft" }, dot(node.k), " ", about));
  if (node.a.length) panel.append(make("div", { className: "soft" }, say("page.aliases") + (lang ? ": " : "：") + node.a.join("、")));
  const years = node.y.length ? "（" + (node.y.length > 1 ? node.y[0] + "–" + node.y[node.y.length - 1] : node.y[0]) + "）" : "";
  panel.append(make("div", { className: "soft" }, say("page.documents").replace("{}", node.d) + years));
  if (node.s) panel.append(quoted(data.quotes[node.s[1]], namesOf(i)), cite(node.s[0]));
  const groups = new Map();
  const put = (property, back, line) => {
    const key = property + (back ? "<" : ">");
    if (!groups.has(key)) groups.set(key, { property, back, lines: [] });
    groups.get(key).lines.push(line);
  };
  const facts = [...factsOf[i]].sort((a, b) => (data.facts[b].y || 0) - (data.facts[a].y || 0) || a - b);
  for (const f of facts) {
    const fact = data.facts[f];
    if (allYears() || fact.y === null || inYears([fact.y])) put(fact.p, fact.s !== i, () => factLine(fact, i));
  }
  // A post is stated of a person; here it is read from the place too.
  for (const e of edgesOf[i]) {
    const edge = data.edges[e];
    if (edge.t === i && edge.v && edge.x.length) {
      for (const x of edge.x) put(edge.p, true, () => factLine({ ...data.facts[x], o: i }, i));
    }
  }
  for (const e of plainOf[i]) put(data.edges[e].p, data.edges[e].t === i && data.directed, () => edgeLine(data.edges[e], i));
  const place = (g) => {
    const at = data.order[node.k].findIndex(([p, back]) => p === g.property && back === g.back);
    return at < 0 ? 99 : at;
  };
  for (const g of [...groups.values()].sort((a, b) => place(a) - place(b))) {
    panel.append(...group(data.properties[g.property][g.back ? "back" : "label"][lang], g.lines));
  }
}

function tellEdge(panel, edge) {
  const label = data.properties[edge.p].label[lang];
  panel.append(make("h2", {}, thing(edge.f), " — " + label + " — ", thing(edge.t)));
  if (edge.x.length) panel.append(...group(label, edge.x.map((x) => () => factLine(data.facts[x], edge.f))));
  else panel.append(...group(label, [() => edgeLine(edge, edge.f)]));
}

// ---------------------------------------------------------------- search and legend
const plain = (text) => text.toLowerCase().replace(/[\s“”"'‘’（）()·]/g, "");
const keys = data.nodes.map((node) => [node.n, ...node.a, node.i].map(plain));

function search() {
  const wanted = plain(byId("search").value);
  const list = byId("found");
  list.replaceChildren();
  if (!wanted) return;
  const hits = [];
  keys.forEach((names, i) => {
    const best = Math.min(...names.map((name, k) => (name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 9) + (k ? 0.5 : 0)));
    if (best < 9) hits.push([best, -degree[i], i]);
  });
  hits.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  for (const [, , i] of hits.slice(0, 30)) {
    const node = data.nodes[i];
    const where = node.p ? make("span", { className: "soft" }, " " + node.p.split(" › ").slice(0, -1).join(" ")) : "";
    list.append(make("li", {}, make("button", { onclick: () => choose({ node: i }, true) }, dot(node.k), " ", node.n, where)));
  }
  if (hits.length === 0) list.append(make("li", { className: "soft" }, say("page.none")));
}

function legend() {
  const list = byId("legend");
  list.replaceChildren();
  for (const kind of data.legend) {
    const about = data.kinds[kind];
    const n = data.nodes.filter((node, i) => node.k === kind && (degree[i] > 0 || showsLonely)).length;
    if (!data.nodes.some((node) => node.k === kind)) continue;
    const box = make("input", { type: "checkbox", checked: !hidden.has(kind), onchange: () => { if (box.checked) hidden.delete(kind); else hidden.add(kind); refresh(); } });
    list.append(make("label", {}, box, dot(kind), about.label[lang], make("span", { className: "n" }, String(n))));
  }
  if (lonely) {
    const box = make("input", { type: "checkbox", checked: showsLonely, onchange: () => { showsLonely = box.checked; surround(); legend(); refresh(); } });
    list.append(make("label", { className: "soft" }, box, say("page.lonely"), make("span", { className: "n" }, String(lonely))));
  }
}

function years() {
  const place = byId("years");
  place.replaceChildren();
  const [first, last] = data.years;
  if (first === null || first === last) return;
  const all = Array.from({ length: last - first + 1 }, (_, k) => first + k);
  const pick = (value, set) => {
    const select = make("select", { onchange: () => { set(Number(select.value)); if (chosen) choose(chosen); else refresh(); } });
    select.append(...all.map((year) => make("option", { value: year, selected: year === value }, String(year))));
    return select;
  };
  place.append(make("div", { className: "group" }, say("page.years")), make("div", { className: "years" },
    pick(from, (year) => { from = year; }), "–", pick(to, (year) => { to = year; })));
}

function write() {
  document.documentElement.lang = lang ? "en" : "zh";
  document.title = byId("title").textContent = say("page.title");
  byId("counts").textContent = say("page.counts").replace("{}", data.nodes.length).replace("{}", data.edges.length).replace("{}", data.documents.length);
  byId("search").placeholder = say("page.search");
  byId("types").textContent = say("page.types");
  byId("hint").textContent = say("page.hint");
  byId("whole").textContent = say("page.whole");
  byId("lang").textContent = lang ? "中文" : "English";
  byId("busy").textContent = say("page.busy");
  legend();
  years();
  search();
  tell();
}

byId("search").addEventListener("input", search);
byId("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") byId("found").querySelector("button")?.click();
});
byId("whole").addEventListener("click", () => { choose(null); if (sigma) sigma.getCamera().animatedReset(); });
byId("lang").addEventListener("click", () => { lang = 1 - lang; write(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") choose(null); });
write();
try {
  draw();
} catch (error) {
  // Search and facts work without the drawing.
  byId("graph").append(make("div", { id: "broken" }, say("page.no_webgl") + " (" + error.message + ")"));
}
arrange(() => {
  byId("busy").remove();
  if (!sigma) return;
  sigma.refresh();
  // A link to PAGE.html#NAME opens there.
  const wanted = decodeURIComponent(location.hash.slice(1));
  const i = data.nodes.findIndex((node) => node.n === wanted);
  if (i >= 0) choose({ node: i }, true);
  document.body.dataset.ready = "yes";
});
})();
