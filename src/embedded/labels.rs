//! Packs `data/model/labels.tsv`: the weights stay readable text in the repository and load in milliseconds.
//!
//! Little-endian: `u32` number of weights of transitions and each as `f32`; `u32` number of labels, each as a byte of
//! length and its name; then for each attribute its key as `u64`, a `u32` with one bit for each label that has a weight, and
//! the weights in hundredths as `i16`.

/// The packed form of the table; an error names the line.
pub fn pack(table: &str) -> Result<Vec<u8>, String> {
    let mut transitions: Vec<f32> = Vec::new();
    let mut labels: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for (n, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let bad = || {
            let expected =
                "expected key, name and label:weight cells, as `xiangtu train` writes them";
            format!("line {}: {expected}", n + 1)
        };
        let mut cells = line.split('\t');
        let (key, name) = cells.next().zip(cells.next()).ok_or_else(bad)?;
        if key == "t" {
            let at: usize = name.parse().map_err(|_| bad())?;
            let weight = cells.next().and_then(|w| w.parse().ok()).ok_or_else(bad)?;
            transitions.resize(transitions.len().max(at + 1), 0.0);
            transitions[at] = weight;
            continue;
        }
        let mut weights = Vec::new();
        for cell in cells {
            let (label, weight) = cell.split_once(':').ok_or_else(bad)?;
            let weight: f32 = weight.parse().map_err(|_| bad())?;
            let at = labels.iter().position(|l| *l == label).unwrap_or_else(|| {
                labels.push(label);
                labels.len() - 1
            });
            weights.push((at, (weight * 100.0).round() as i16));
        }
        weights.sort_unstable();
        rows.push((u64::from_str_radix(key, 16).map_err(|_| bad())?, weights));
    }
    let mut out = (transitions.len() as u32).to_le_bytes().to_vec();
    out.extend(transitions.iter().flat_map(|w| w.to_le_bytes()));
    out.extend((labels.len() as u32).to_le_bytes());
    for label in labels {
        out.push(label.len() as u8);
        out.extend(label.bytes());
    }
    for (key, weights) in rows {
        out.extend(key.to_le_bytes());
        let told: u32 = weights.iter().map(|(at, _)| 1 << at).sum();
        out.extend(told.to_le_bytes());
        out.extend(weights.iter().flat_map(|(_, w)| w.to_le_bytes()));
    }
    Ok(out)
}
