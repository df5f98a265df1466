import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { invocation } from '../../test/support/trading-ports.ts';
import { defineFunction, ThrownAnswer } from './define-function.ts';
import { log } from './log.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

function failing(error: Error) {
  const written = { error: jest.spyOn(log, 'error'), info: jest.spyOn(log, 'info') };
  const run = defineFunction('authorize-request', async () => Promise.reject(error));
  return { written, run: async () => run(undefined, invocation) };
}

describe('what a function counts', () => {
  it('is summed in its line, where CloudWatch finds each metric with the unit that the registry gives it', async () => {
    const info = jest.spyOn(log, 'info');
    const run = defineFunction('store-trades', async (_event, { count }) => {
      count('tradesRepeated', 2);
      count('tradesRepeated', 3);
      count('quarantined');
    });
    await run(undefined, invocation);
    expect(info.mock.calls[0]![1]).toMatchObject({
      function: 'store-trades',
      stage: 'embedded',
      tradesRepeated: 5,
      quarantined: 1,
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'Millrace',
            Dimensions: [['stage', 'function']],
            Metrics: [{ Name: 'tradesRepeated', Unit: 'Count' }],
          },
          {
            Namespace: 'Millrace',
            Dimensions: [['stage']],
            Metrics: [{ Name: 'quarantined', Unit: 'Count' }],
          },
        ],
      },
    });
  });

  it('has a line for each venue, of which the first shares the function’s', async () => {
    const info = jest.spyOn(log, 'info');
    const run = defineFunction('store-trades', async (_event, { countOf, observe }) => {
      countOf('binance', 'tradesStored', 2);
      countOf('kraken', 'tradesStored', 3);
      observe('kraken', 'tradeToQueryableMs', [7, 9]);
    });
    await run(undefined, invocation);
    expect(info.mock.calls.map(([, line]) => line)).toEqual([
      expect.objectContaining({ requestId: 'test', venue: 'binance', tradesStored: 2 }),
      expect.objectContaining({ venue: 'kraken', tradesStored: 3, tradeToQueryableMs: [7, 9] }),
    ]);
  });

  it('has a name in the registry', () => {
    defineFunction('store-trades', async (_event, { count }) => {
      // @ts-expect-error: what nobody has declared has no unit, no help and no alarm.
      count('tradesMislaid');
      return Promise.resolve();
    });
  });
});

describe('a function that throws', () => {
  it('is in the log as an error, with its causes', async () => {
    const { written, run } = failing(new Error('no disk', { cause: new Error('it is full') }));
    await expect(run()).rejects.toThrow('no disk');
    expect(written.error).toHaveBeenCalledTimes(1);
    expect(written.error.mock.calls[0]).toEqual([
      'failed',
      expect.objectContaining({
        function: 'authorize-request',
        error: expect.objectContaining({ message: 'no disk', cause: expect.objectContaining({}) }),
      }),
    ]);
  });

  it('what is its answer is none, and leaves no stack', async () => {
    const { written, run } = failing(new ThrownAnswer('Unauthorized', { cause: 'expired' }));
    await expect(run()).rejects.toThrow('Unauthorized');
    expect(written.error).not.toHaveBeenCalled();
    expect(written.info.mock.calls).toEqual([
      ['invoked', expect.objectContaining({ answer: 'Unauthorized', cause: 'expired' })],
    ]);
  });
});
