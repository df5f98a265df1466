/** @returns the known names that are fewest edits away, nearest first; none that is not near enough to be meant */
export function nearestNames(given: string, known: Iterable<string>, most: number): readonly string[] {
  const bound = Math.ceil(given.length / 3) + 1;
  return [...known]
    .filter((name) => Math.abs(name.length - given.length) < bound)
    .map((name) => ({ name, edits: editDistance(given, name) }))
    .filter(({ edits }) => edits < bound)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, most)
    .map(({ name }) => name);
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
