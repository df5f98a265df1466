import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ClickHouseError, type ClickHouseClient } from '@clickhouse/client';
import { afterEach, describe, expect, it } from '@jest/globals';
import { runningClickHouse } from '../../../test/support/running-clickhouse.ts';
import { Unreachable } from '../../ports/unreachable.ts';
import { createClickHouse } from './client.ts';
import { ClickHouseTradeStore } from './clickhouse-trade-store.ts';
import { insertRows, readRows, runStatement } from './requests.ts';

const servers: Server[] = [];
const clients: ClickHouseClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function connect(url: string, requestTimeoutMs = 300): ClickHouseClient {
  const client = createClickHouse({ url, requestTimeoutMs });
  clients.push(client);
  return client;
}

/** Something that stands where a ClickHouse should. */
async function standIn(answer: RequestListener): Promise<ClickHouseClient> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const says =
  (status: number, text: string): RequestListener =>
  (request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(text));
  };

const read = async (client: ClickHouseClient) => readRows(client, 'SELECT 1', {});
const insert = async (client: ClickHouseClient) =>
  insertRows(client, 'millrace.trades', ['a'], Buffer.alloc(10), AbortSignal.timeout(2000));
const run = async (client: ClickHouseClient) => runStatement(client, 'CREATE DATABASE a');

describe('a ClickHouse that cannot be reached', () => {
  it.each([
    [500, 'Code: 241. DB::Exception: (total) memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)'],
    [500, 'Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)'],
    [500, 'Code: 252. DB::Exception: Too many parts (3000). (TOO_MANY_PARTS)'],
    [
      500,
      'Code: 75. DB::Exception: Cannot write to file /d/a.bin, errno: 28, strerror: No space left on device. (CANNOT_WRITE_TO_FILE_DESCRIPTOR)',
    ],
    [502, '<html>Bad Gateway</html>'],
    [503, 'no healthy upstream'],
    [429, 'slow down'],
  ])('is one that answers %i with %s', async (status, text) => {
    const client = await standIn(says(status, text));
    await expect(read(client)).rejects.toMatchObject({ name: 'Unreachable', store: 'ClickHouse' });
    await expect(insert(client)).rejects.toThrow(Unreachable);
    await expect(run(client)).rejects.toThrow(Unreachable);
  });

  it('is one that is not there, does not answer, or breaks off', async () => {
    const hangs = await standIn((request) => request.resume());
    await expect(read(hangs)).rejects.toThrow(/^ClickHouse cannot be reached: Timeout error/);
    const breaksOff = await standIn((_request, response) => {
      response.writeHead(200).write('[1]\n');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(read(breaksOff)).rejects.toThrow(Unreachable);
    await expect(read(connect('http://127.0.0.1:1'))).rejects.toThrow(/ECONNREFUSED/);
    await expect(insert(connect('http://127.0.0.1:1'))).rejects.toThrow(Unreachable);
  });

  it('is known for one that hangs before a function’s time is over, the question about stored rows included', async () => {
    let asked = 0;
    const server = await standIn((request, response) => {
      // The question is answered late, the insert after it never.
      request.resume();
      if (++asked === 1) setTimeout(() => response.writeHead(200).end(), 2500);
    });
    const { port } = servers[0]!.address() as AddressInfo;
    await server.close();
    clients.length = 0;
    const store = new ClickHouseTradeStore(connect(`http://127.0.0.1:${port}`, 4000));
    const trade = { instrumentId: 'binance:BTC-USDT', tradeId: 1, price: 1n, quantity: 1n, timeMs: 1 };
    const startedAt = performance.now();
    const inserting = store.insert([{ ...trade, takerSide: 'BUY', receivedAtMs: 1 } as never], {
      mayRepeat: true,
    });
    await expect(inserting).rejects.toThrow(Unreachable);
    expect(asked).toBe(2);
    expect(performance.now() - startedAt).toBeLessThan(4900);
  }, 10_000);
});

describe('a ClickHouse that can be reached', () => {
  const client = runningClickHouse();

  it('and does not like what it is sent says so itself', async () => {
    await expect(readRows(client(), 'SELEKT 1', {})).rejects.toMatchObject({ code: '62' });
    await expect(readRows(client(), 'SELECT * FROM nowhere', {})).rejects.toThrow(ClickHouseError);
    await expect(insert(client())).rejects.toThrow(ClickHouseError);
    await expect(runStatement(client(), 'CREATE NOTHING')).rejects.toThrow(ClickHouseError);
    const midway = "SELECT number, throwIf(number = 100000, 'enough') FROM numbers(1000000)";
    await expect(readRows(client(), midway, {})).rejects.toMatchObject({ code: '395' });
  });

  it('and has no memory for a query is waited for', async () => {
    const query =
      'SELECT arraySort(groupArray(number)) FROM numbers(10000000) SETTINGS max_memory_usage = 1000000';
    await expect(readRows(client(), query, {})).rejects.toThrow(Unreachable);
  });

  it.each([404, 401, 413])(
    'is no ClickHouse when it answers %i, which waiting does not mend',
    async (status) => {
      const error: unknown = await read(await standIn(says(status, 'There is no handle'))).catch(
        (e: unknown) => e,
      );
      expect(error).not.toBeInstanceOf(Unreachable);
      expect(error).toMatchObject({ message: 'There is no handle' });
    },
  );
});
