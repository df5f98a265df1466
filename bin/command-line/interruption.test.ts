import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { listenForInterruption } from './interruption.ts';

function fakeProcess() {
  const events = new EventEmitter();
  const exits: number[] = [];
  const told: string[] = [];
  const clock = { nowMs: 0 };
  const source = {
    on: (signal: string, listener: () => void) => events.on(signal, listener),
    exit: (code: number) => void exits.push(code),
  };
  const { signal, interrupt } = listenForInterruption(
    source,
    (line) => void told.push(line),
    () => clock.nowMs,
  );
  return { events, exits, told, clock, signal, interrupt };
}

describe('an interruption', () => {
  it('asks the command to stop, once', () => {
    const { events, exits, told, signal } = fakeProcess();
    expect(signal.aborted).toBe(false);
    events.emit('SIGTERM');
    expect(signal.aborted).toBe(true);
    expect(told).toHaveLength(1);
    expect(exits).toEqual([]);
  });

  it('is the same one when the launcher passes it on', () => {
    const { events, exits, clock } = fakeProcess();
    events.emit('SIGINT');
    clock.nowMs = 20;
    events.emit('SIGINT');
    expect(exits).toEqual([]);
  });

  it('may come from elsewhere', () => {
    const { exits, signal, interrupt } = fakeProcess();
    interrupt();
    expect([signal.aborted, exits]).toEqual([true, []]);
  });

  it('ends the process when it comes again', () => {
    const { events, exits, clock } = fakeProcess();
    events.emit('SIGINT');
    clock.nowMs = 1_500;
    events.emit('SIGINT');
    expect(exits).toEqual([130]);
  });
});
