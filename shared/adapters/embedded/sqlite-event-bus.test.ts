import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { BusEvent } from '../../ports/event-bus.ts';
import type { RuleDefinition } from '../../topology-schema.ts';
import { openDatabase } from './database.ts';
import { SqliteEventBus } from './sqlite-event-bus.ts';
import { STATE_SCHEMA } from './state-database.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const RULES: RuleDefinition[] = [
  { detailType: 'QualityNotedV1', functions: ['keep-quality', 'push-updates'] },
  { detailType: 'OrderChangedV1', functions: ['keep-quality'] },
];
const NOW_MS = 5000;

const open = (path = ':memory:') => {
  const database = openDatabase(path, STATE_SCHEMA);
  return { database, bus: new SqliteEventBus(database, RULES, () => NOW_MS) };
};
const report = (
  reason: string,
  detailType: 'QualityNotedV1' | 'OrderChangedV1' = 'QualityNotedV1',
): BusEvent => ({
  detailType,
  // The bus looks at no detail.
  detail: { reason } as never,
});
const reasons = (deliveries: readonly { detail: unknown }[]) =>
  deliveries.map(({ detail }) => (detail as { reason: string }).reason);

describe('SqliteEventBus', () => {
  it('delivers an event to each function that a rule names', async () => {
    const { bus } = open();
    await bus.publish([report('no such order'), report('too late', 'OrderChangedV1')]);
    const [first, second] = bus.take('keep-quality', 10, NOW_MS);
    expect(first).toMatchObject({ detailType: 'QualityNotedV1', publishedAtMs: NOW_MS, attempts: 0 });
    expect(reasons([first!, second!])).toEqual(['no such order', 'too late']);
    const pushed = bus.take('push-updates', 10, NOW_MS);
    expect(reasons(pushed)).toEqual(['no such order']);
    expect(pushed[0]?.eventId).toBe(first?.eventId);
    expect(second?.eventId).not.toBe(first?.eventId);
  });

  it('drops an event that no rule matches', async () => {
    const { bus, database } = open();
    await bus.publish([{ detailType: 'CandlesClosedV1', detail: { candles: [] } }]);
    expect(database.prepare('SELECT count(*) AS deliveries FROM deliveries').get()).toEqual({
      deliveries: 0,
    });
  });

  it('gives a delivery to one taker until it is settled', async () => {
    const { bus } = open();
    await bus.publish([report('1'), report('2'), report('3')]);
    const taken = bus.take('keep-quality', 2, NOW_MS);
    expect(reasons(taken)).toEqual(['1', '2']);
    expect(reasons(bus.take('keep-quality', 10, NOW_MS))).toEqual(['3']);
    expect(bus.take('keep-quality', 10, NOW_MS)).toEqual([]);
    expect(bus.pendingCount('keep-quality')).toBe(3);
    bus.acknowledge(taken[0]!.id);
    bus.acknowledge(taken[0]!.id);
    expect(bus.pendingCount('keep-quality')).toBe(2);
    expect(bus.pendingCount('push-updates')).toBe(3);
  });

  it('tries again at the time given, counting the attempts', async () => {
    const { bus } = open();
    await bus.publish([report('1'), report('2')]);
    const [first, second] = bus.take('keep-quality', 2, NOW_MS);
    bus.retryLater(first!.id, NOW_MS + 100, 'table is busy');
    bus.acknowledge(second!.id);
    expect(bus.take('keep-quality', 10, NOW_MS + 99)).toEqual([]);
    expect(bus.nextDueMs('keep-quality')).toBe(NOW_MS + 100);
    expect(bus.take('keep-quality', 10, NOW_MS + 100)).toMatchObject([{ id: first!.id, attempts: 1 }]);
  });

  it('sets aside what was given up, with its cause', async () => {
    const { bus } = open();
    await bus.publish([report('poison')]);
    const [delivery] = bus.take('keep-quality', 1, NOW_MS);
    bus.giveUp(delivery!.id, 'TypeError: price is undefined');
    expect(bus.pendingCount('keep-quality')).toBe(0);
    expect(bus.take('keep-quality', 10, NOW_MS)).toEqual([]);
    expect(bus.deadDeliveries(10)).toMatchObject([
      {
        functionName: 'keep-quality',
        cause: 'TypeError: price is undefined',
        attempts: 1,
        detail: { reason: 'poison' },
      },
    ]);
    expect(bus.pendingCount('push-updates')).toBe(1);
  });

  it('delivers again what was given up, to those alone who could not take it', async () => {
    const { bus } = open();
    await bus.publish([report('poison'), report('fine')]);
    const [poison, fine] = bus.take('keep-quality', 2, NOW_MS);
    bus.giveUp(poison!.id, 'TypeError: price is undefined');
    bus.acknowledge(fine!.id);
    for (const { id } of bus.take('push-updates', 2, NOW_MS)) bus.acknowledge(id);
    const told: string[] = [];
    bus.onPublish((functionName) => told.push(functionName));
    expect(bus.redrive('push-updates')).toBe(0);
    expect([bus.redrive('keep-quality'), bus.redrive('keep-quality')]).toEqual([1, 0]);
    expect(told).toEqual(['keep-quality']);
    expect(bus.deadDeliveries(10)).toEqual([]);
    expect([bus.pendingCount('keep-quality'), bus.pendingCount('push-updates')]).toEqual([1, 0]);
    const [again] = bus.take('keep-quality', 10, NOW_MS);
    expect(again).toEqual({ ...poison, attempts: 0 });
  });

  it('says when something is due that nobody has taken', async () => {
    const { bus } = open();
    expect(bus.nextDueMs('keep-quality')).toBeNull();
    await bus.publish([report('1'), report('2')]);
    expect(bus.nextDueMs('keep-quality')).toBeLessThanOrEqual(NOW_MS);
    bus.take('keep-quality', 1, NOW_MS);
    expect(bus.nextDueMs('keep-quality')).toBeLessThanOrEqual(NOW_MS);
    bus.take('keep-quality', 1, NOW_MS);
    expect(bus.nextDueMs('keep-quality')).toBeNull();
  });

  it('makes due again what was taken when a runtime starts over', async () => {
    const { bus } = open();
    await bus.publish([report('1')]);
    bus.take('keep-quality', 1, NOW_MS);
    bus.recover();
    expect(reasons(bus.take('keep-quality', 1, NOW_MS))).toEqual(['1']);
  });

  it('knows after opening again what was not settled, and goes on with its ids', async () => {
    const path = join(temporaryFolder(), 'state.db');
    const before = open(path);
    await before.bus.publish([report('1'), report('2')]);
    const taken = before.bus.take('keep-quality', 2, NOW_MS);
    before.bus.acknowledge(taken[0]!.id);
    before.database.close();
    const { bus, database } = open(path);
    expect([bus.pendingCount('keep-quality'), bus.pendingCount('push-updates')]).toEqual([1, 2]);
    const again = bus.take('keep-quality', 10, NOW_MS);
    expect(again).toEqual([taken[1]]);
    for (const { id } of [...again, ...bus.take('push-updates', 10, NOW_MS)]) bus.acknowledge(id);
    await bus.publish([report('3')]);
    expect(bus.take('keep-quality', 1, NOW_MS)[0]!.id).toBeGreaterThan(taken[1]!.id);
    database.close();
  });

  it('tells each function once a call, when its deliveries can be taken', async () => {
    const { bus } = open();
    const heard: string[] = [];
    const stop = bus.onPublish((name) => heard.push(`${name} ${bus.pendingCount(name)}`));
    await bus.publish([report('1'), report('2'), report('3', 'OrderChangedV1')]);
    await bus.publish([]);
    stop();
    await bus.publish([report('4')]);
    expect(heard).toEqual(['keep-quality 3', 'push-updates 2']);
  });
});
