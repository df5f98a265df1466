import { describe, expect, it } from '@jest/globals';
import { SpareBuffers } from './spare-buffers.ts';

describe('spare buffers', () => {
  it('are given to whoever needs no more than they hold', () => {
    const buffers = new SpareBuffers(2);
    const first = buffers.take(1000);
    expect(first.byteLength).toBeGreaterThanOrEqual(1000);
    buffers.giveBack(first);
    expect(buffers.take(10_000)).not.toBe(first);
    expect(buffers.take(1000)).toBe(first);
    expect(buffers.take(1000)).not.toBe(first);
  });

  it('are the largest, and no more than were asked for', () => {
    const buffers = new SpareBuffers(1);
    const [small, large] = [buffers.take(10), buffers.take(1000)];
    buffers.giveBack(large);
    buffers.giveBack(small);
    expect(buffers.take(1)).toBe(large);
    expect(buffers.take(1)).not.toBe(small);
  });
});
