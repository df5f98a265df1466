/**
 * Writes to every embedded adapter in a loop until it is killed, and prints the number of each round that was
 * acknowledged. Goes on from the number that it is given: `kill-writer.ts <data folder> <first number>`.
 */
import { writeSync } from 'node:fs';
import { openDataFolder } from '../../shared/adapters/embedded/data-folder.ts';
import { anOrder } from '../support/order.ts';
import { openEmbedded } from './open-embedded.ts';
import { recordOfLane } from '../../shared/ports/stream-writer.ts';

const [path = '', first = '1'] = process.argv.slice(2);
const { log, state, queues, bus, objects } = openEmbedded(openDataFolder(path, { market: 'simulated' }));

for (let n = Number(first); ; n++) {
  const name = String(n).padStart(9, '0');
  await log.append(
    'trades',
    [0, 1, 2].map((part) => recordOfLane('binance#0', Buffer.from(`${name}.${part}`))),
  );
  await state.transact([
    { kind: 'put', table: 'orders', pk: 'ORDER', sk: name, value: n, condition: { kind: 'none' } },
    { kind: 'put', table: 'portfolio', pk: 'BOOK', sk: 'BOOK', value: n, condition: { kind: 'none' } },
  ]);
  await queues.send('orders-standard', [{ body: name, groupId: 'group', deduplicationId: name }]);
  await bus.publish([
    { detailType: 'OrderChangedV1', detail: { order: anOrder(n, { statusReason: name }) } },
  ]);
  await objects.put(`raw/${name}`, Buffer.from(name.repeat(1000)), 'text/plain');
  // A pipe's write is complete when writeSync returns, so what was printed was acknowledged.
  writeSync(1, `${n}\n`);
  if (n % 10 === 0) await log.trim('trades', log.head('trades') - 200);
}
