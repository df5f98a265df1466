import type { VerifiedCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { tallyText } from '../../shared/adapters/exchanges/tally-text.ts';

/** @returns a line for people about each capture: what is read of it, and what is not. */
export function noteOfCaptures(files: readonly VerifiedCapture[]): string {
  return files.map(({ path, tally }) => `note: ${path}: ${tallyText(tally)}`).join('\n');
}
