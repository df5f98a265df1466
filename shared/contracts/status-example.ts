/** A platform that is not well, as `GET /v1/status` tells of it. */
import type { HealthView } from './health-view.ts';

export const statusExample: HealthView = {
  status: 'degraded',
  reasons: ['orders-standard: 1 dead letter'],
  stage: 'embedded',
  market: 'real',
  version: '0.1.0',
  functions: [{ name: 'store-trades', invocations: 1200, errors: 0, durationMsP99: 12.4, lagMs: 3 }],
  venues: [
    {
      venue: 'binance',
      silenceMs: 40,
      quietestInstrument: 'binance:BTC-USDT',
      quietestMs: 900,
      clockOffsetMs: -42,
      connectionsLost: 0,
      connectionsRenewed: 1,
      sequenceGaps: 0,
      messagesSetAside: 0,
      resets: 0,
      deafInstruments: 0,
      books: {
        whole: 2,
        broken: [{ instrumentId: 'binance:ETH-USDT', state: 'gap', sinceMs: 1_723_161_254_000 }],
      },
    },
  ],
  waiting: [],
  givenUp: 0,
  dropped: { known: 12, fenced: 0 },
  deadLetters: { 'orders-urgent': 0, 'orders-standard': 1 },
};
