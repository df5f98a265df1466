import { describeTradeSpans } from '../contracts/suites/trade-spans.ts';
import { describeTradeStore } from '../contracts/suites/trade-store.ts';
import { MemoryTradeStore } from './memory-trade-store.ts';

const open = async () => ({ trades: new MemoryTradeStore(), close: async () => undefined });
describeTradeStore('MemoryTradeStore', open);
describeTradeSpans('MemoryTradeStore', open);
