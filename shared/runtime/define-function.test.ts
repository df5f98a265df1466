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
