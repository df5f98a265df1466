/**
 * What is fed through the emulator: the recorded capture where it is at hand, else a simulated market. Functions there
 * decide by the time of day, so the tape is moved, by whole minutes, to begin a little from now: orders are then
 * neither late nor early. One trade in it is none.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { captureLine, formatCaptureLine, receivedAtMs } from '../../shared/contracts/capture.ts';
import { dataFolder } from '../conformance/recorded-data.ts';
import { syntheticLines, writeCapture } from '../platform/write-capture.ts';

const RECORDED = `${dataFolder}captures/binance-spot-btcusdt-2024-08-09.ndjson.gz`;
const MINUTE_MS = 60_000;
const SIMULATED_SECONDS = 240;

export interface MovedTape {
  readonly path: string;
  readonly kind: 'recorded' | 'simulated';
  /** Milliseconds added to every time in it. */
  readonly shiftMs: number;
}

export function writeMovedTape(path: string): MovedTape {
  const recorded = existsSync(RECORDED);
  const lines = recorded
    ? gunzipSync(readFileSync(RECORDED)).toString().trimEnd().split('\n')
    : syntheticLines({ seed: 7, instruments: 1, tradesPerSecond: 20 }, SIMULATED_SECONDS);
  const firstMs = receivedAtMs(captureLine.parse(JSON.parse(lines[0]!)).receivedAtNs);
  const shiftMs = (Math.ceil((Date.now() - firstMs) / MINUTE_MS) + 1) * MINUTE_MS;
  const moved = lines.map((line) => moveLine(line, shiftMs));
  writeCapture(path, withPoison(moved));
  return { path, kind: recorded ? 'recorded' : 'simulated', shiftMs };
}

/** Times stand in the envelope and, as Binance's E and T, in the message; nothing else is touched. */
function moveLine(line: string, shiftMs: number): string {
  const { receivedAtNs, exchange, kind, url, message } = captureLine.parse(JSON.parse(line));
  if (typeof message !== 'string') throw new Error('expected the raw text of a message');
  const later = (milliseconds: string): string => String(Number(milliseconds) + shiftMs);
  return formatCaptureLine({
    receivedAtNs: String(BigInt(receivedAtNs) + BigInt(shiftMs) * 1_000_000n),
    exchange,
    kind,
    url,
    message: message
      .replace(/("[ET]":)(\d{13})\b/g, (_, key: string, time: string) => key + later(time))
      .replace(/("venueTimeMs":)(\d{13})\b/g, (_, key: string, time: string) => key + later(time)),
  });
}

/** A copy of a trade in the middle, with a price that is none. */
function withPoison(lines: readonly string[]): string[] {
  const middle = Math.floor(lines.length / 2);
  const at = lines.findIndex((line, index) => index >= middle && line.includes('\\"e\\":\\"trade\\"'));
  if (at < 0) throw new Error('the tape has no trade in its second half');
  const poisoned = lines[at]!.replace(/(\\"p\\":\\")[\d.]+/, '$1-1');
  return [...lines.slice(0, at), poisoned, ...lines.slice(at)];
}
