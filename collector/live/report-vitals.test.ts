import { expect, it } from '@jest/globals';
import { createLog } from '../../shared/runtime/log.ts';
import { reportVitals } from './report-vitals.ts';
import { VenueVitals } from './venue-vitals.ts';

it('reports all that is counted of a venue, each time what is new', () => {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string): void => void lines.push(JSON.parse(text) as Record<string, unknown>);
  const vitals = new VenueVitals('binance');
  vitals.begin(['binance:BTC-USDT'], 0);
  for (let n = 0; n < 2; n++) vitals.reset();
  for (let n = 0; n < 3; n++) vitals.renewed();
  for (let n = 0; n < 4; n++) vitals.deaf();
  vitals.lost();
  const log = createLog({ write }, 'info');
  reportVitals(vitals, 1000, log);
  vitals.deaf();
  reportVitals(vitals, 2000, log);
  expect(lines).toMatchObject([
    { venue: 'binance', tradeIdResets: 2, connectionsRenewed: 3, deafInstruments: 4, connectionsLost: 1 },
    { venue: 'binance', tradeIdResets: 0, connectionsRenewed: 0, deafInstruments: 1, connectionsLost: 0 },
  ]);
});
