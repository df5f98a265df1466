import { expect, it } from '@jest/globals';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { aFill, anOrder } from '../../test/support/order.ts';
import { endedReport, filledReport } from '../../test/support/report.ts';
import { unnumberedReportKey } from '../contracts/record-keys.ts';
import { keepReport, readReport } from './venue-reports.ts';

const order = anOrder(1);
const part = filledReport(aFill(1), 1, '0.5');

it('keeps the first report of a number: an expiry told of a forgotten order is its fill, told again', async () => {
  const state = openMemoryState();
  expect(await keepReport(state, part)).toEqual(part);
  expect(await keepReport(state, part)).toEqual(part);
  expect(await keepReport(state, endedReport(order, 'expired', { timeMs: 61_000 }))).toEqual(part);
  expect(await readReport(state, order, 1)).toEqual(part);
});

it('keeps each number of an order, and says what is not there', async () => {
  const state = openMemoryState();
  const end = endedReport(order, 'canceled', { number: 2 });
  await keepReport(state, part);
  await keepReport(state, end);
  expect(await readReport(state, order, 1)).toEqual(part);
  expect(await readReport(state, order, 2)).toEqual(end);
  expect(await readReport(state, order, 3)).toBeNull();
});

it('gives an answer that is no report of an order no place among them', async () => {
  const state = openMemoryState();
  const answer = endedReport(order, 'cancel-rejected', { number: 0 });
  expect(await keepReport(state, answer)).toEqual(answer);
  expect(await readReport(state, order, 0)).toBeNull();
  expect(await readReport(state, order, 1)).toBeNull();
});

it('reads the end that was kept before reports had numbers as the first', async () => {
  const state = openMemoryState();
  const key = unnumberedReportKey(order.clientOrderId);
  const { accountId: _, instrumentId: __, ...unaddressed } = endedReport(order, 'expired');
  await state.write({
    kind: 'put',
    table: 'orders',
    ...key,
    value: unaddressed,
    condition: { kind: 'none' },
  });
  expect(await readReport(state, order, 1)).toEqual(endedReport(order, 'expired'));
  expect(await readReport(state, order, 2)).toBeNull();
});
