import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Answer } from './api-client.ts';
import { startPoll, type Poll } from './poll.ts';

let poll: Poll;
let answers: Answer<number>[];
let begun: number;
let finish: (() => void) | null;
let everyMs: number | null;
let isHidden: boolean;
let failure: Answer<never> | null;

beforeEach(() => {
  jest.useFakeTimers();
  answers = [];
  begun = 0;
  everyMs = 1000;
  isHidden = false;
  failure = null;
  poll = startPoll<number>({
    read: async () =>
      new Promise((resolve) => {
        const n = ++begun;
        finish = () => resolve(failure ?? { kind: 'done', body: n });
      }),
    onAnswer: (answer) => answers.push(answer),
    everyMs: () => everyMs,
    isHidden: () => isHidden,
  });
});
afterEach(() => {
  poll.stop();
  jest.useRealTimers();
});

const finished = async (): Promise<void> => {
  finish?.();
  await jest.advanceTimersByTimeAsync(0);
};

describe('a poll', () => {
  it('reads at once, and again after the pause that follows each answer', async () => {
    expect(begun).toBe(1);
    await jest.advanceTimersByTimeAsync(5000);
    expect(begun).toBe(1);
    await finished();
    expect(answers).toEqual([{ kind: 'done', body: 1 }]);
    await jest.advanceTimersByTimeAsync(999);
    expect(begun).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(begun).toBe(2);
  });

  it('reads once more when it is asked while it reads', async () => {
    poll.refresh();
    poll.refresh();
    expect(begun).toBe(1);
    await finished();
    expect(begun).toBe(2);
    await finished();
    await jest.advanceTimersByTimeAsync(500);
    expect(begun).toBe(2);
  });

  it('that is refreshed in its pause does not read twice', async () => {
    await finished();
    poll.refresh();
    await finished();
    await jest.advanceTimersByTimeAsync(999);
    expect(begun).toBe(2);
  });

  it('rests while nobody looks, and without a pause to keep', async () => {
    isHidden = true;
    await finished();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(begun).toBe(1);
    isHidden = false;
    everyMs = null;
    poll.refresh();
    await finished();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(begun).toBe(2);
  });

  it('without a pause tries again after a failure all the same', async () => {
    everyMs = null;
    failure = { kind: 'unreachable', detail: 'away' };
    await finished();
    await jest.advanceTimersByTimeAsync(3000);
    expect([begun, answers]).toEqual([2, [failure]]);
    failure = null;
    await finished();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(begun).toBe(2);
  });

  it('says nothing once it is stopped', async () => {
    poll.stop();
    await finished();
    poll.refresh();
    await jest.advanceTimersByTimeAsync(10_000);
    expect([begun, answers]).toEqual([1, []]);
  });
});
