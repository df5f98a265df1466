import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { verifyCapture } from '../../shared/adapters/exchanges/capture-file.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { AnswerJournal, type KeptAnswer } from './answer-journal.ts';

const folder = temporaryFolder();
let files = 0;
const newPath = (): string => join(folder, String(files++), 'answers.ndjson.gz');

const answer = (n: number): KeptAnswer => ({
  url: `https://api.binance.com/api/v3/historicalTrades?symbol=BTCUSDT&fromId=${n}`,
  message: JSON.stringify([
    { id: n, price: '60000.00', qty: '1.0', time: 1_767_225_600_000 + n, isBuyerMaker: true },
  ]),
  receivedAtMs: 1_767_225_700_000 + n,
});

async function answersOf(journal: AnswerJournal): Promise<KeptAnswer[]> {
  const answers: KeptAnswer[] = [];
  for await (const one of journal.answers()) answers.push(one);
  return answers;
}

async function kept(path: string): Promise<KeptAnswer[]> {
  const journal = await AnswerJournal.open(path, 'binance');
  const answers = await answersOf(journal);
  await journal.close();
  return answers;
}

async function written(path: string, count: number): Promise<void> {
  const journal = await AnswerJournal.open(path, 'binance');
  for (let n = 0; n < count; n++) await journal.append(answer(n));
  await journal.close();
}

it('gives back what was answered, in its order, and goes on behind it', async () => {
  const path = newPath();
  expect(await kept(path)).toEqual([]);
  await written(path, 2);
  const journal = await AnswerJournal.open(path, 'binance');
  expect(journal.pages).toBe(2);
  await journal.append(answer(2));
  expect(await answersOf(journal)).toEqual([answer(0), answer(1), answer(2)]);
  await journal.close();
  expect(await kept(path)).toEqual([answer(0), answer(1), answer(2)]);
});

it('is a capture that can be replayed', async () => {
  const path = newPath();
  await written(path, 3);
  expect(gunzipSync(readFileSync(path)).toString().trimEnd().split('\n')).toHaveLength(3);
  expect((await verifyCapture(path)).tally.trades).toBe(3);
});

it('never believes a page that was cut off, wherever that happened, and writes over it', async () => {
  const path = newPath();
  await written(path, 2);
  const whole = readFileSync(path);
  await written(path, 1);
  const end = statSync(path).size;
  for (let size = whole.length; size < end; size += 7) {
    truncateSync(path, size);
    expect(await kept(path)).toHaveLength(2);
    expect(statSync(path).size).toBe(whole.length);
    writeFileSync(path, whole);
    await written(path, 1);
  }
});

it('never believes a page whose bits have changed, nor what lies behind it', async () => {
  const path = newPath();
  await written(path, 3);
  const bytes = readFileSync(path);
  const third = Math.floor(bytes.length / 3);
  bytes[third + 60]! ^= 4;
  writeFileSync(path, bytes);
  expect(await kept(path)).toEqual([answer(0)]);
});

it('takes a file of something else for an empty one', async () => {
  const path = newPath();
  await written(path, 1);
  appendFileSync(path, 'not a page');
  expect(await kept(path)).toEqual([answer(0)]);
});

it('forgets what comes behind a page', async () => {
  const path = newPath();
  await written(path, 3);
  const journal = await AnswerJournal.open(path, 'binance');
  await journal.keep(1);
  await journal.append(answer(7));
  await journal.close();
  expect(await kept(path)).toEqual([answer(0), answer(7)]);
});
