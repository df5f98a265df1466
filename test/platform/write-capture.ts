import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { SyntheticMarket, type MarketParameters } from '../../simulator/synthetic-market.ts';

/** 2026-01-01T00:00:00Z. */
export const FIRST_SECOND = 1_767_225_600;

/** Lines of a capture: so many seconds of a simulated market. */
export function syntheticLines(parameters: MarketParameters, seconds: number): string[] {
  const market = new SyntheticMarket(parameters);
  const lines: string[] = [];
  for (let second = FIRST_SECOND; second < FIRST_SECOND + seconds; second++) {
    lines.push(...market.messagesOf(second, 0, market.messagesPerSecond).map(({ text }) => text));
  }
  return lines;
}

export function writeCapture(path: string, lines: readonly string[]): void {
  writeFileSync(path, gzipSync(lines.map((line) => `${line}\n`).join('')));
}
