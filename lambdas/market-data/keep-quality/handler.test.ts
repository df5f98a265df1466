import { expect, it } from '@jest/globals';
import { qualityEvent } from '../../../shared/domain/market-data/quality-event.ts';
import { MemoryQualityStore } from '../../../shared/adapters/memory/memory-quality-store.ts';
import { busEvent, invocation } from '../../../test/support/trading-ports.ts';
import { createHandler } from './handler.ts';

it('keeps what was said, once however often it is told, and refuses what is none', async () => {
  const quality = new MemoryQualityStore();
  const handler = createHandler({ quality });
  const said = qualityEvent({
    ...{ instrumentId: 'binance:BTC-USDT', flag: 'spike', subject: 'trade' },
    ...{ atMs: 1000, toMs: 2000, what: 'trade 1 at 5' },
  });
  for (let n = 0; n < 2; n++) await handler(busEvent('QualityNotedV1', { events: [said] }), invocation);
  expect(quality.events).toEqual([said]);
  const none = busEvent('QualityNotedV1', { events: [{ ...said, flag: 'odd' }] });
  await expect(handler(none, invocation)).rejects.toThrow();
});
