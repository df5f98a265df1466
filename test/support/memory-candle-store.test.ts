import { describeCandleStore } from '../contracts/suites/candle-store.ts';
import { MemoryCandleStore } from './memory-candle-store.ts';

describeCandleStore('MemoryCandleStore', async () => ({
  candles: new MemoryCandleStore(),
  close: async () => undefined,
}));
