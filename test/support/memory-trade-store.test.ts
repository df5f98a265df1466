import { describeTradeStore } from '../contracts/suites/trade-store.ts';
import { MemoryTradeStore } from './memory-trade-store.ts';

describeTradeStore('MemoryTradeStore', async () => ({
  trades: new MemoryTradeStore(),
  close: async () => undefined,
}));
