/** @returns the known name that is fewest edits away, or null when none is near enough to be meant */
export function nearestName(given: string, known: Iterable<string>): string | null {
  let nearest: string | null = null;
  let fewest = Math.ceil(given.length / 3) + 1;
  for (const name of known) {
    const edits = editDistance(given, name);
    if (edits < fewest) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

/** Levenshtein: insertions, deletions and replacements that turn one into the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
