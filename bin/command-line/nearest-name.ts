import { nearestNames } from '../../shared/domain/nearest-names.ts';

/** @returns the known name that is fewest edits away, or null when none is near enough to be meant */
export function nearestName(given: string, known: Iterable<string>): string | null {
  return nearestNames(given, known, 1)[0] ?? null;
}
