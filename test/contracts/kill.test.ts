/** Nothing that was acknowledged is lost, doubled or torn when the process is killed with no warning. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { openDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import type { OrderRecord } from '../../shared/contracts/records.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openEmbedded } from './open-embedded.ts';

const WRITER = fileURLToPath(new URL('./kill-writer.ts', import.meta.url));
const KILLS = 8;

describe('the embedded adapters after kill -9', () => {
  it('hold every acknowledged write, whole and once', async () => {
    const path = join(temporaryFolder(), 'data');
    let settled = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const acknowledged = await writeUntilKilled(path, settled + 1, 1 + Math.random() * 150);
      expect(acknowledged).toBeGreaterThan(settled);
      const written = await settleWritten(path, settled);
      // The round in which the kill fell may be there, in part: it was never acknowledged.
      expect([acknowledged, acknowledged + 1]).toContain(written);
      settled = written;
    }
  }, 60_000);
});

/** @returns the last number that the writer printed. */
async function writeUntilKilled(path: string, first: number, afterMs: number): Promise<number> {
  const writer = spawn(process.execPath, [WRITER, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(writer, 'exit');
  let acknowledged = first - 1;
  const lines = createInterface({ input: writer.stdout });
  lines.once('line', () => setTimeout(() => writer.kill('SIGKILL'), afterMs));
  lines.on('line', (line) => (acknowledged = Number(line)));
  const drained = once(lines, 'close');
  expect(await exited).toEqual([null, 'SIGKILL']);
  await drained;
  return acknowledged;
}

/**
 * Looks into every adapter and checks that they tell the same story, then takes away the messages and deliveries.
 * @param settled the rounds whose messages and deliveries were taken away before and may not come again.
 * @returns the number of rounds that were begun.
 */
async function settleWritten(path: string, settled: number): Promise<number> {
  const adapters = openEmbedded(openDataFolder(path, { market: 'simulated' }));
  const head = adapters.log.head('trades');
  expect(head % 3).toBe(0);
  const rounds = head / 3;
  const names = Array.from({ length: rounds }, (_, n) => String(n + 1).padStart(9, '0'));
  expectRecords(adapters, names);
  await expectItems(adapters, rounds);
  expectMessages(adapters, names.slice(settled));
  expectDeliveries(adapters, names.slice(settled));
  for (const name of names.slice(settled, -1)) {
    expect((await adapters.objects.get(`raw/${name}`))?.byteLength).toBe(9000);
  }
  adapters.close();
  return rounds;
}

type Adapters = ReturnType<typeof openEmbedded>;

function expectRecords({ log }: Adapters, names: readonly string[]): void {
  const records = log.read('trades', 0, 1_000_000, Infinity);
  const expected = names.flatMap((name) => [`${name}.0`, `${name}.1`, `${name}.2`]);
  expect(records.length).toBeGreaterThanOrEqual(Math.min(200, expected.length));
  expect(records.map((record) => Buffer.from(record.data).toString())).toEqual(
    expected.slice(-records.length),
  );
  expect(records.map((record) => record.sequence)).toEqual(
    expected.map((_, n) => n + 1).slice(-records.length),
  );
}

async function expectItems({ state }: Adapters, rounds: number): Promise<void> {
  const newest = await state.query<number>('orders', 'ORDER', '', { limit: 1, descending: true });
  const last = newest.items[0]?.value ?? 0;
  expect([rounds - 1, rounds]).toContain(last);
  expect((await state.get('portfolio', { pk: 'BOOK', sk: 'BOOK' }))?.value ?? 0).toBe(last);
}

function expectMessages({ queues }: Adapters, names: readonly string[]): void {
  const messages = queues.receive('orders-standard', 1_000_000, Date.now());
  expect(queues.pendingCount('orders-standard')).toBe(messages.length);
  expectAllButTheLast(
    messages.map((message) => message.body),
    names,
  );
  for (const { receiptHandle } of messages) queues.remove('orders-standard', receiptHandle);
}

function expectDeliveries({ bus }: Adapters, names: readonly string[]): void {
  const deliveries = bus.take('push-updates', 1_000_000, Date.now());
  expect(bus.pendingCount('push-updates')).toBe(deliveries.length);
  expectAllButTheLast(
    deliveries.map(({ detail }) => (detail as { order: OrderRecord }).order.statusReason ?? ''),
    names,
  );
  for (const { id } of deliveries) bus.acknowledge(id);
}

function expectAllButTheLast(found: readonly string[], names: readonly string[]): void {
  expect([names.length - 1, names.length]).toContain(found.length);
  expect(found).toEqual(names.slice(0, found.length));
}
