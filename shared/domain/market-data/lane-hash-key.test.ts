import { describe, expect, it } from '@jest/globals';
import type { StreamDefinition } from '../../topology-schema.ts';
import { topology } from '../../topology.ts';
import { EXCHANGES } from './exchanges.ts';
import { hashKeyOf } from './lane-hash-key.ts';
import { lanesOf } from './lane.ts';

const RANGE = 1n << 128n;

/** As Kinesis divides the range of hash keys when a stream is made or scaled evenly. */
function shardOf(lane: string, shards: number): number {
  return Number((BigInt(hashKeyOf(lane)) * BigInt(shards)) / RANGE);
}

/** How many of the lanes each shard has. */
function loads(lanes: readonly string[], shards: number): number[] {
  const counts = Array.from({ length: shards }, () => 0);
  for (const lane of lanes) counts[shardOf(lane, shards)]!++;
  return counts;
}

const streams = Object.entries(topology.streams as Record<string, StreamDefinition>).flatMap(
  ([stream, { shards }]) => Object.entries(shards).map(([stage, count]) => [stream, stage, count] as const),
);

describe('the place of a lane in a stream', () => {
  it.each(streams)('spreads each exchange over the shards of %s in %s (%i)', (_stream, _stage, shards) => {
    for (const exchange of EXCHANGES) {
      const counts = loads(lanesOf(exchange), shards);
      expect(Math.max(...counts)).toBe(Math.ceil(4 / shards));
      expect(Math.min(...counts)).toBe(Math.floor(4 / shards));
    }
  });

  it('gives the lanes of one exchange shards of their own, of four, eight or sixteen', () => {
    for (const exchange of EXCHANGES) {
      for (const shards of [4, 8, 16])
        expect(new Set(lanesOf(exchange).map((lane) => shardOf(lane, shards))).size).toBe(4);
    }
  });

  it('gives the lanes of two exchanges beside each other shards of their own, of eight', () => {
    expect(loads([...lanesOf('binance'), ...lanesOf('coinbase')], 8)).toEqual(Array(8).fill(1));
  });

  it('never moves: what runs has its state where these say', () => {
    expect(EXCHANGES.slice(0, 3)).toEqual(['binance', 'coinbase', 'kraken']);
    const places = EXCHANGES.slice(0, 3).flatMap((exchange) =>
      lanesOf(exchange).map((lane) => [lane, Number((BigInt(hashKeyOf(lane)) * 16n) / RANGE)]),
    );
    expect(Object.fromEntries(places)).toEqual({
      ...{ 'binance#0': 0, 'binance#1': 8, 'binance#2': 4, 'binance#3': 12 },
      ...{ 'coinbase#0': 2, 'coinbase#1': 10, 'coinbase#2': 6, 'coinbase#3': 14 },
      ...{ 'kraken#0': 1, 'kraken#1': 9, 'kraken#2': 5, 'kraken#3': 13 },
    });
  });

  it('is a decimal that Kinesis takes: from 0 up to 2^128, without leading zeros', () => {
    const keys = EXCHANGES.flatMap((exchange) => lanesOf(exchange).map(hashKeyOf));
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatch(/^(0|[1-9]\d{0,38})$/);
      expect(BigInt(key) < RANGE).toBe(true);
    }
    expect(hashKeyOf('binance#1')).toBe('170141183460469231731687303715884105728');
  });

  it.each(['nowhere#0', 'binance#4', 'binance#', 'binance#-1', 'binance', 'binance#1e0', ''])(
    'is refused to %p, which is no lane',
    (lane) => {
      expect(() => hashKeyOf(lane)).toThrow(RangeError);
    },
  );
});
