import { describeQuoteStore } from '../contracts/suites/quote-store.ts';
import { MemoryQuoteStore } from './memory-quote-store.ts';

describeQuoteStore('MemoryQuoteStore', () => new MemoryQuoteStore());
