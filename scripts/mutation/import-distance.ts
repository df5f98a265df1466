import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

/** How many imports lie between one file and others: the test that imports a file itself knows most about it. */
export class ImportDistances {
  private readonly imported = new Map<string, readonly string[]>();
  private readonly distances = new Map<string, ReadonlyMap<string, number>>();

  /** @returns Infinity where no import leads there; file names are absolute */
  between(from: string, to: string): number {
    let known = this.distances.get(from);
    if (known === undefined) this.distances.set(from, (known = this.walk(from)));
    return known.get(to) ?? Infinity;
  }

  private walk(from: string): ReadonlyMap<string, number> {
    const distances = new Map([[from, 0]]);
    // A map goes on over what is added to it meanwhile: breadth first.
    for (const [file, distance] of distances) {
      for (const next of this.importsOf(file)) if (!distances.has(next)) distances.set(next, distance + 1);
    }
    return distances;
  }

  private importsOf(file: string): readonly string[] {
    let found = this.imported.get(file);
    if (found === undefined) {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      found = [...text.matchAll(IMPORT)].map(([, path]) => resolve(dirname(file), path!));
      this.imported.set(file, found);
    }
    return found;
  }
}
