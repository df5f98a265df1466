import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CaptureMessage } from '../../shared/contracts/capture.ts';
import { mergeSources } from './merge-sources.ts';

function message(receivedAtNs: number, line: number): CaptureMessage {
  return {
    line,
    receivedAtNs: String(receivedAtNs),
    exchange: 'binance',
    kind: 'ws',
    url: '',
    message: '',
    text: '',
  };
}

async function* source(times: readonly number[], batch: number): AsyncGenerator<readonly CaptureMessage[]> {
  const messages = times.map((time, n) => message(time, n + 1));
  for (let from = 0; from < messages.length; from += batch) yield messages.slice(from, from + batch);
  yield [];
}

/** Merged messages as [received, source, line]. */
async function merged(sources: readonly (readonly number[])[], batch = 2): Promise<number[][]> {
  const got: number[][] = [];
  for await (const { messages, sources: origins } of mergeSources(
    sources.map((times) => source(times, batch)),
  )) {
    got.push(...messages.map(({ receivedAtNs, line }, n) => [Number(receivedAtNs), origins[n]!, line]));
  }
  return got;
}

describe('several captures as one tape', () => {
  it('come in the order in which they were received', async () => {
    expect(
      await merged([
        [1, 9, 10],
        [2, 3, 100],
      ]),
    ).toEqual([
      [1, 0, 1],
      [2, 1, 1],
      [3, 1, 2],
      [9, 0, 2],
      [10, 0, 3],
      [100, 1, 3],
    ]);
  });

  it('come in the order of the sources where they were received at once', async () => {
    expect((await merged([[5, 5], [5]])).map(([, origin]) => origin)).toEqual([0, 0, 1]);
  });

  it('keep the order of each of them, even where its times do not ascend', async () => {
    expect(await merged([[9, 1], [5]])).toEqual([
      [5, 1, 1],
      [9, 0, 1],
      [1, 0, 2],
    ]);
  });

  it('hold each message once, whatever there is of them', async () => {
    const times = fc.array(fc.nat(50), { maxLength: 20 }).map((all) => all.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(
        fc.array(times, { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (sources, batch) => {
          const expected = sources
            .flatMap((all, origin) => all.map((time, n) => [time, origin, n + 1]))
            .sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!);
          expect(await merged(sources, batch)).toEqual(expected);
        },
      ),
    );
  });
});
