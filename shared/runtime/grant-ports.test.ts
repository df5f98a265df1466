import { describe, expect, it } from '@jest/globals';
import { anOrder } from '../../test/support/order.ts';
import { recordsAsGiven } from '../../test/support/records-as-given.ts';
import { tradingPorts } from '../../test/support/trading-ports.ts';
import { openDatabase } from '../adapters/embedded/database.ts';
import { SqliteStateStore } from '../adapters/embedded/sqlite-state-store.ts';
import { STATE_SCHEMA } from '../adapters/embedded/state-database.ts';
import type { Ports } from '../ports/index.ts';
import { topology, type FunctionName, type TableName } from '../topology.ts';
import { grantPorts } from './grant-ports.ts';
import { recordOfLane } from '../ports/stream-writer.ts';

const everything = (): Ports =>
  ({
    ...tradingPorts(),
    state: new SqliteStateStore(openDatabase(':memory:', STATE_SCHEMA), recordsAsGiven),
    objects: { put: async () => undefined, get: async () => null, list: async () => [] },
    deadLetters: { count: async () => 0, redrive: async () => undefined },
    tokens: { issuer: 'i', audiences: ['a'], keys: async () => ({ keys: [] }) },
  }) as unknown as Ports;

const key = { pk: 'p', sk: 's' };

describe('a function’s ports', () => {
  it('read and write the tables that topology.ts names for it, and no other', async () => {
    for (const name of Object.keys(topology.functions) as FunctionName[]) {
      const { state } = grantPorts(name, everything());
      const granted: Readonly<Record<string, string>> =
        'state' in topology.functions[name].capabilities ? topology.functions[name].capabilities.state : {};
      for (const table of Object.keys(topology.tables) as TableName[]) {
        const write = state.write({ kind: 'put', table, ...key, value: 1, condition: { kind: 'none' } });
        if (granted[table] === 'write') await write;
        else await expect(write).rejects.toThrow(`${name} has no capability state.${table}: write`);
        if (granted[table] !== undefined) await state.get(table, key);
        else await expect(state.get(table, key)).rejects.toThrow(`${name} has no capability state.${table}`);
      }
    }
  });

  it('refuse a whole transaction for one write too many', async () => {
    const { state } = grantPorts('submit-order', everything());
    const put = (table: TableName) =>
      ({ kind: 'put', table, ...key, value: 1, condition: { kind: 'none' } }) as const;
    await expect(state.transact([put('orders'), put('portfolio')])).rejects.toThrow(
      'no capability state.portfolio: write',
    );
    expect(await state.get('orders', key)).toBeNull();
  });

  it('publish the events, append to the streams and send to the queues that are named', async () => {
    const submit = grantPorts('submit-order', everything());
    await submit.streams.append('trades', [recordOfLane('binance#0', Buffer.from('x'))]);
    await expect(submit.streams.append('raw', [])).rejects.toThrow(
      'submit-order has no capability append.raw',
    );
    await expect(submit.queues.send('orders-urgent', [])).rejects.toThrow('no capability send.orders-urgent');
    const event = { detailType: 'OrderChangedV1', detail: { order: anOrder(1) } } as const;
    await submit.bus.publish([event]);
    const keep = grantPorts('build-candles', everything());
    await expect(keep.bus.publish([event])).rejects.toThrow('no capability publish.OrderChangedV1');
  });

  it('reach objects by prefix', async () => {
    const { objects } = grantPorts('archive-raw', everything());
    await objects.put('raw/binance/chunk.ndjson.gz', Buffer.from(''), 'application/gzip');
    await expect(
      objects.put('backtests/run/summary.json', Buffer.from(''), 'application/json'),
    ).rejects.toThrow('archive-raw has no capability objects write backtests/run/summary.json');
    await expect(objects.get('backtests/run/candles.json')).rejects.toThrow(
      'objects read backtests/run/candles.json',
    );
  });

  it('count dead letters for whoever shows them, who cannot send them back', async () => {
    const { deadLetters } = grantPorts('read-health', everything());
    expect(await deadLetters.count('orders-urgent')).toBe(0);
    await expect(deadLetters.redrive('orders-urgent')).rejects.toThrow(
      'read-health has no capability deadLetters: write',
    );
    await expect(grantPorts('read-market', everything()).deadLetters.count('orders-urgent')).rejects.toThrow(
      'read-market has no capability deadLetters: read',
    );
  });

  it('verify tokens for the authorizer alone', async () => {
    expect(await grantPorts('authorize-request', everything()).tokens.keys()).toEqual({ keys: [] });
    await expect(grantPorts('read-market', everything()).tokens.keys()).rejects.toThrow(
      'no capability verifyTokens',
    );
  });
});
