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
      count('tradesStored', 2);
      count('tradesStored', 3);
      count('tradesRepeated');
    });
    await run(undefined, invocation);
    expect(info.mock.calls[0]![1]).toMatchObject({
      function: 'store-trades',
      tradesStored: 5,
      tradesRepeated: 1,
      _aws: {
        CloudWatchMetrics: [
          {
            Namespace: 'Millrace',
            Dimensions: [['function']],
            Metrics: [
              { Name: 'tradesStored', Unit: 'Count' },
              { Name: 'tradesRepeated', Unit: 'Count' },
            ],
          },
        ],
      },
    });
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
