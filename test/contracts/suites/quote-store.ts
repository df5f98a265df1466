/** What every QuoteStore promises. Instruments are fresh each run, so it may run over tables that others use. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decimal } from '../../../shared/domain/decimal.ts';
import { LimitExceeded } from '../../../shared/ports/state-store.ts';
import type { BookRange, QuoteStore, StoredLevels, StoredQuote } from '../../../shared/ports/quote-store.ts';

const START_MS = 1_723_161_600_000;

const level = (price: string, quantity: string) => ({ price: decimal(price), quantity: decimal(quantity) });
const freshInstrument = (): string => `binance:T${randomBytes(6).toString('hex').toUpperCase()}-USDT`;

function quoteOf(instrumentId: string, ms: number, change: Partial<StoredQuote> = {}): StoredQuote {
  return {
    instrumentId,
    timeMs: START_MS + ms,
    receivedAtMs: START_MS + ms + 40,
    quality: 0,
    bid: level('61812.3', '1.5'),
    ask: level('61812.4', '0.5'),
    ...change,
  };
}

function levelsOf(instrumentId: string, ms: number, change: Partial<StoredLevels> = {}): StoredLevels {
  const { bid: _, ask: __, ...moment } = quoteOf(instrumentId, ms);
  return {
    ...moment,
    bids: [level('61812.3', '1.5'), level('61812.2', '0.123456789012')],
    asks: [level('61812.4', '99999999999999999999999999')],
    depths: [{ bps: 5, bidQuantity: decimal('1.5'), askQuantity: null }],
    ...change,
  };
}

const all: BookRange = { fromMs: 0, toMs: START_MS * 2, before: null, limit: 10_000 };

export function describeQuoteStore(name: string, open: () => QuoteStore): void {
  describe(`${name} keeps the promises of a QuoteStore`, () => {
    it('gives back quotes to the last digit, as soon as insert has resolved, newest first', async () => {
      const store = open();
      const id = freshInstrument();
      const quotes = [
        quoteOf(id, 0, { bid: level('0.000000000001', '0.123456789012') }),
        quoteOf(id, 100, { bid: null, quality: 2 ** 32 - 1 }),
        quoteOf(id, 200, { ask: null }),
        quoteOf(id, 300, { bid: null, ask: null }),
      ];
      await store.insertQuotes(quotes, { mayRepeat: false });
      expect(await store.newestQuotes(id, all)).toEqual(quotes.toReversed());
    });

    it('gives back levels of any number, and their depth', async () => {
      const store = open();
      const id = freshInstrument();
      const many = Array.from({ length: 20 }, (_, n) => level(String(100 - n), '1'));
      const levels = [
        levelsOf(id, 0),
        levelsOf(id, 1000, { bids: many, depths: [] }),
        levelsOf(id, 2000, { bids: [], asks: [], quality: 256 }),
      ];
      await store.insertLevels(levels, { mayRepeat: false });
      expect(await store.newestLevels(id, all)).toEqual(levels.toReversed());
    });

    it('keeps what is inserted again once, though other things of its time are new', async () => {
      const store = open();
      const id = freshInstrument();
      await store.insertQuotes([quoteOf(id, 0), quoteOf(id, 100)], { mayRepeat: false });
      const doubtful = quoteOf(id, 100, { quality: 1 });
      const again = [quoteOf(id, 100), doubtful, doubtful, quoteOf(id, 200), quoteOf(freshInstrument(), 100)];
      await store.insertQuotes(again, { mayRepeat: true });
      expect(await store.newestQuotes(id, all)).toEqual([
        quoteOf(id, 200),
        doubtful,
        quoteOf(id, 100),
        quoteOf(id, 0),
      ]);
      await store.insertLevels([levelsOf(id, 0)], { mayRepeat: false });
      await store.insertLevels([levelsOf(id, 0)], { mayRepeat: true });
      expect(await store.newestLevels(id, all)).toEqual([levelsOf(id, 0)]);
    });

    it('gives pages that leave nothing out and show nothing twice, whatever is of one time', async () => {
      const store = open();
      const id = freshInstrument();
      const quotes = [0, 0, 0, 100, 100, 200].map((ms, n) => quoteOf(id, ms, { quality: n % 3 }));
      await store.insertQuotes(quotes, { mayRepeat: false });
      const paged: StoredQuote[] = [];
      for (let page = await store.newestQuotes(id, { ...all, limit: 2 }); page.length > 0;) {
        paged.push(...page);
        page = await store.newestQuotes(id, { ...all, limit: 2, before: page.at(-1)! });
      }
      expect(paged).toEqual(await store.newestQuotes(id, all));
      expect(paged).toHaveLength(6);
    });

    it('begins at the start of a range and ends before its end', async () => {
      const store = open();
      const id = freshInstrument();
      await store.insertQuotes(
        [0, 100, 200].map((ms) => quoteOf(id, ms)),
        { mayRepeat: false },
      );
      const range = { ...all, fromMs: START_MS, toMs: START_MS + 200 };
      expect((await store.newestQuotes(id, range)).map(({ timeMs }) => timeMs - START_MS)).toEqual([100, 0]);
    });

    it('refuses a read without a bound', async () => {
      await expect(open().newestQuotes(freshInstrument(), { ...all, limit: 10_001 })).rejects.toThrow(
        LimitExceeded,
      );
    });
  });
}
