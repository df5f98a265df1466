import { expect, it } from '@jest/globals';
import { openMemoryState } from '../../test/support/memory-state.ts';
import { aFill } from '../../test/support/order.ts';
import { keepReport, readReport, type VenueReportEvent } from './venue-reports.ts';

it('keeps the first report of an order: an expiry told of a forgotten order is its fill, told again', async () => {
  const state = openMemoryState();
  const fill = aFill(1);
  const { clientOrderId, strategyId } = fill;
  const filled: VenueReportEvent = { detailType: 'OrderFilledV1', detail: { fill } };
  const expired: VenueReportEvent = {
    detailType: 'OrderExpiredV1',
    detail: { clientOrderId, strategyId, reason: 'no trade before it expired', timeMs: 61_000 },
  };
  expect(await keepReport(state, filled)).toEqual(filled);
  expect(await keepReport(state, filled)).toEqual(filled);
  expect(await keepReport(state, expired)).toEqual(filled);
  expect(await readReport(state, clientOrderId)).toEqual(filled);
});
