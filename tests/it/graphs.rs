//! Whole-graph algorithms: known graphs by hand, random graphs against the plain definitions, planted structure found again.

use std::collections::BTreeSet;

use proptest::prelude::*;
use xiangtu::graph::central::{betweenness, cores, pagerank};
use xiangtu::graph::chance::{groups_touched, place_fitness};
use xiangtu::graph::communities::{communities, leiden, modularity};
use xiangtu::graph::random::Random;
use xiangtu::graph::statistics::adjusted_rand_index;
use xiangtu::graph::undirected::Undirected;

/// Zachary's karate club (1977): 34 members, 78 friendships.
const KARATE: &str = "0-1 0-2 0-3 0-4 0-5 0-6 0-7 0-8 0-10 0-11 0-12 0-13 0-17 0-19 0-21 0-31 1-2 1-3 1-7 1-13 1-17 1-19 \
1-21 1-30 2-3 2-7 2-8 2-9 2-13 2-27 2-28 2-32 3-7 3-12 3-13 4-6 4-10 5-6 5-10 5-16 6-16 8-30 8-32 8-33 9-33 13-33 14-32 \
14-33 15-32 15-33 18-32 18-33 19-33 20-32 20-33 22-32 22-33 23-25 23-27 23-29 23-32 23-33 24-25 24-27 24-31 25-31 26-29 \
26-33 27-33 28-31 28-33 29-32 29-33 30-32 30-33 31-32 31-33 32-33";

fn karate() -> Undirected {
    let edges = KARATE.split_whitespace().map(|edge| {
        let (a, b) = edge.split_once('-').unwrap();
        (a.parse().unwrap(), b.parse().unwrap(), 1.0)
    });
    Undirected::from_edges(34, edges)
}

fn edges(n: usize) -> impl Strategy<Value = Vec<(usize, usize, f64)>> {
    prop::collection::vec((0..n, 0..n, 1_u8..4), 0..3 * n).prop_map(|edges| {
        edges
            .into_iter()
            .map(|(a, b, w)| (a, b, f64::from(w)))
            .collect()
    })
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
}

#[test]
fn a_graph_adds_parallel_edges_and_leaves_loops_out() {
    let graph = Undirected::from_edges(3, [(0, 1, 1.0), (1, 0, 2.0), (2, 2, 5.0)]);
    assert_eq!((graph.len(), graph.n_edges()), (3, 1));
    assert_eq!(graph.ends(0).collect::<Vec<_>>(), [(1, 3.0)]);
    assert_eq!((graph.degree(2), graph.strength(1)), (0, 3.0));
}

#[test]
fn centrality_of_known_graphs() {
    // A path of three: every way between the ends leads through the middle.
    let path = Undirected::from_edges(3, [(0, 1, 1.0), (1, 2, 1.0)]);
    assert!(close(&betweenness(&path, 9, 1), &[0.0, 1.0, 0.0]));
    // Rank of the middle: x = 0.05 + 0.85 · 2y, y = 0.05 + 0.85 · x / 2.
    let middle = (0.05 + 1.7 * 0.05) / (1.0 - 0.85 * 0.85);
    let end = 0.05 + 0.425 * middle;
    assert!(close(&pagerank(&path, 0.85), &[end, middle, end]));
    // networkx 3: betweenness_centrality and core_number of the karate club.
    let between = betweenness(&karate(), 34, 1);
    assert!(
        (between[0] - 0.437_635_281_385_281_36).abs() < 1e-9,
        "{}",
        between[0]
    );
    assert!(
        (between[33] - 0.304_074_975_949_975_96).abs() < 1e-9,
        "{}",
        between[33]
    );
    let cores = cores(&karate());
    assert_eq!((cores[0], cores[11], cores.iter().max()), (4, 1, Some(&4)));
    assert_eq!(cores.iter().filter(|core| **core == 4).count(), 10);
    // networkx 3: pagerank of the karate club without weights.
    let rank = pagerank(&karate(), 0.85);
    assert!(
        (rank[0] - 0.096_997_285_388_373_84).abs() < 1e-9
            && (rank[33] - 0.100_919_182_332_551_62).abs() < 1e-9
    );
}

#[test]
fn sampled_betweenness_is_near_the_exact_one_and_repeats() {
    let graph = karate();
    let exact = betweenness(&graph, 34, 1);
    let sampled = betweenness(&graph, 20, 7);
    assert_eq!(sampled, betweenness(&graph, 20, 7));
    let worst = exact
        .iter()
        .zip(&sampled)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    assert!(worst > 0.0 && worst < 0.15, "{worst}");
}

#[test]
fn communities_of_known_graphs() {
    let triangles = [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5), (3, 5)];
    let graph = Undirected::from_edges(6, triangles.map(|(a, b)| (a, b, 1.0)));
    let found = communities(&graph, 1.0, 5, 1);
    assert_eq!(found.of, [0, 0, 0, 1, 1, 1]);
    // Of 7 edges 3 lie in each half, which holds half of all ends: 2 · (3/7 - 1/4).
    assert!((found.modularity - 5.0 / 14.0).abs() < 1e-12);
    assert!((found.agreement - 1.0).abs() < 1e-12 && found.stability == [1.0, 1.0]);
    // The best modularity of the karate club is known (Brandes et al. 2008).
    let found = communities(&karate(), 1.0, 10, 1);
    assert!(
        (found.modularity - 0.419_789_612_1).abs() < 1e-9,
        "{}",
        found.modularity
    );
    assert_eq!(found.of.iter().max(), Some(&3));
}

#[test]
fn planted_communities_are_found_again() {
    let mut random = Random::new(5);
    let of: Vec<usize> = (0..400).map(|node| node / 40).collect();
    let mut edges = Vec::new();
    for a in 0..400 {
        for b in a + 1..400 {
            let odds = if of[a] == of[b] { 0.3 } else { 0.01 };
            if random.unit() < odds {
                edges.push((a, b, 1.0));
            }
        }
    }
    let graph = Undirected::from_edges(400, edges);
    let found = communities(&graph, 1.0, 4, 1);
    let agreement = adjusted_rand_index(&of, &found.of);
    assert!(agreement > 0.98, "{agreement}");
    assert!(
        found.agreement > 0.95 && found.stability.iter().all(|s| *s > 0.9),
        "{found:?}"
    );
    // A random graph of the same density has no stable communities, and says so.
    let mut random = Random::new(6);
    let noise = (0..400).flat_map(|a| (a + 1..400).map(move |b| (a, b)));
    let noise: Vec<_> = noise
        .filter(|_| random.unit() < 0.02)
        .map(|(a, b)| (a, b, 1.0))
        .collect();
    let found = communities(&Undirected::from_edges(400, noise), 1.0, 4, 1);
    assert!(found.agreement < 0.5, "{}", found.agreement);
}

fn is_connected(graph: &Undirected, members: &BTreeSet<usize>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<usize> = members.first().copied().into_iter().collect();
    while let Some(node) = open.pop() {
        if seen.insert(node) {
            let ends = graph.ends(node).map(|(end, _)| end);
            open.extend(ends.filter(|end| members.contains(end)));
        }
    }
    seen.len() == members.len()
}

/// The best modularity of all partitions, by trying each.
fn best_modularity(graph: &Undirected) -> f64 {
    fn extend(graph: &Undirected, of: &mut Vec<usize>, most: usize, best: &mut f64) {
        if of.len() == graph.len() {
            *best = best.max(modularity(graph, of, 1.0));
            return;
        }
        for community in 0..=most {
            of.push(community);
            extend(graph, of, most.max(community + 1), best);
            of.pop();
        }
    }
    let mut best = f64::MIN;
    extend(graph, &mut Vec::new(), 0, &mut best);
    best
}

/// Modularity by its definition, over all pairs of nodes.
fn plain_modularity(graph: &Undirected, of: &[usize]) -> f64 {
    let n = graph.len();
    let total: f64 = (0..n).map(|node| graph.strength(node)).sum();
    let mut sum = 0.0;
    for a in 0..n {
        for b in 0..n {
            if of[a] == of[b] {
                let ends = graph.ends(a).filter(|(end, _)| *end == b);
                let weight: f64 = ends.map(|(_, weight)| weight).sum();
                sum += weight - graph.strength(a) * graph.strength(b) / total;
            }
        }
    }
    sum / total
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn communities_are_connected_and_no_better_than_the_best(edges in edges(8), seed in 0_u64..1000) {
        let graph = Undirected::from_edges(8, edges);
        let of = leiden(&graph, 1.0, seed);
        for community in of.iter().collect::<BTreeSet<_>>() {
            let members = (0..8).filter(|node| of[*node] == *community).collect();
            prop_assert!(is_connected(&graph, &members), "{:?}", of);
        }
        let quality = modularity(&graph, &of, 1.0);
        if graph.n_edges() > 0 {
            prop_assert!((quality - plain_modularity(&graph, &of)).abs() < 1e-9);
            prop_assert!(quality <= best_modularity(&graph) + 1e-9);
            let alone: Vec<usize> = (0..8).collect();
            prop_assert!(quality >= modularity(&graph, &alone, 1.0) - 1e-9);
        }
    }

    #[test]
    fn pagerank_is_the_walker_s_long_run(edges in edges(7)) {
        let graph = Undirected::from_edges(7, edges);
        let rank = pagerank(&graph, 0.85);
        prop_assert!((rank.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        // One more step of the walk by its definition changes nothing.
        let mut next = [0.0; 7];
        for (from, own) in rank.iter().enumerate() {
            let strength = graph.strength(from);
            for (to, next) in next.iter_mut().enumerate() {
                let ends = graph.ends(from).filter(|(end, _)| *end == to);
                let weight: f64 = ends.map(|(_, weight)| weight).sum();
                let follow = if strength > 0.0 { weight / strength } else { 1.0 / 7.0 };
                *next += own * (0.85 * follow + 0.15 / 7.0);
            }
        }
        prop_assert!(close(&rank, &next), "{:?} {:?}", rank, next);
    }

    #[test]
    fn betweenness_is_that_of_its_definition(edges in edges(8)) {
        let graph = Undirected::from_edges(8, edges);
        let (distance, ways) = all_ways(&graph);
        let mut expected = [0.0; 8];
        for (v, expected) in expected.iter_mut().enumerate() {
            for s in 0..8 {
                for t in 0..8 {
                    let is_between = s != t && v != s && v != t
                        && distance[s][t] < 99 && distance[s][v] + distance[v][t] == distance[s][t];
                    if is_between {
                        *expected += ways[s][v] * ways[v][t] / ways[s][t] / 42.0;
                    }
                }
            }
        }
        prop_assert!(close(&betweenness(&graph, 8, 1), &expected));
    }

    #[test]
    fn cores_are_what_is_left_when_weak_nodes_go(edges in edges(10)) {
        let graph = Undirected::from_edges(10, edges);
        let found = cores(&graph);
        for k in 1..=10 {
            let mut left: BTreeSet<usize> = (0..10).collect();
            loop {
                let weak: Vec<usize> = left.iter().copied().filter(|&node| {
                    graph.ends(node).filter(|(end, _)| left.contains(end)).count() < k
                }).collect();
                if weak.is_empty() {
                    break;
                }
                weak.iter().for_each(|node| { left.remove(node); });
            }
            for (node, core) in found.iter().enumerate() {
                prop_assert_eq!(*core >= k, left.contains(&node));
            }
        }
    }
}

/// Distances and numbers of shortest ways between all pairs, by adding one edge at a time.
fn all_ways(graph: &Undirected) -> ([[usize; 8]; 8], [[f64; 8]; 8]) {
    let (mut distance, mut ways) = ([[99; 8]; 8], [[0.0; 8]; 8]);
    for s in 0..8 {
        (distance[s][s], ways[s][s]) = (0, 1.0);
        for length in 1..8 {
            for v in 0..8 {
                if distance[s][v] != 99 {
                    continue;
                }
                let before = graph.ends(v).map(|(end, _)| end);
                let sum: f64 = before
                    .filter(|&u| distance[s][u] == length - 1)
                    .map(|u| ways[s][u])
                    .sum();
                if sum > 0.0 {
                    (distance[s][v], ways[s][v]) = (length, sum);
                }
            }
        }
    }
    (distance, ways)
}

/// Trades between random rows of a table that keep all degrees (curveball: Strona et al. 2014).
fn trade(table: &mut [BTreeSet<usize>], random: &mut Random, trades: usize) {
    for _ in 0..trades {
        let (a, b) = (random.below(table.len()), random.below(table.len()));
        let own: Vec<usize> = table[a].difference(&table[b]).copied().collect();
        let mut pool: Vec<usize> = table[b].difference(&table[a]).copied().collect();
        let (n, both) = (own.len(), &table[a] & &table[b]);
        if a == b {
            continue;
        }
        pool.extend(own);
        random.shuffle(&mut pool);
        let (to_a, to_b) = pool.split_at(n);
        table[a] = both.iter().chain(to_a).copied().collect();
        table[b] = both.iter().chain(to_b).copied().collect();
    }
}

#[test]
fn chance_is_near_that_of_tables_with_every_degree_fixed() {
    const PLACES: usize = 40;
    let group: Vec<usize> = (0..PLACES).map(|place| place % 7 % 5).collect();
    let mut random = Random::new(3);
    // Rows of very different popularity over places of very different zeal.
    let mut table: Vec<BTreeSet<usize>> = (0..30)
        .map(|row| {
            let is_in = |place: &usize| {
                let odds = 1.2 / (1.0 + row as f64 / 4.0) * (0.3 + *place as f64 / PLACES as f64);
                random.unit() < odds
            };
            (0..PLACES).filter(is_in).collect()
        })
        .collect();
    let rows: Vec<usize> = table.iter().map(BTreeSet::len).collect();
    let columns: Vec<usize> = (0..PLACES)
        .map(|place| table.iter().filter(|row| row.contains(&place)).count())
        .collect();
    let exact = groups_touched(&place_fitness(&rows, &columns), &group, &rows);
    const TABLES: usize = 2000;
    let mut sum = vec![0; rows.len()];
    for _ in 0..TABLES {
        trade(&mut table, &mut random, 150);
        for (sum, row) in sum.iter_mut().zip(&table) {
            let touched: BTreeSet<usize> = row.iter().map(|place| group[*place]).collect();
            *sum += touched.len();
        }
    }
    let kept: Vec<usize> = table.iter().map(BTreeSet::len).collect();
    assert_eq!(kept, rows);
    for (d, sum) in rows.iter().zip(sum).filter(|(d, _)| **d > 0) {
        let expected: f64 = exact[d].iter().enumerate().map(|(t, p)| t as f64 * p).sum();
        let sampled = sum as f64 / TABLES as f64;
        assert!(
            (expected - sampled).abs() < 0.1,
            "{d} places: {expected} {sampled}"
        );
    }
}
