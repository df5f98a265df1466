import type { Benchmark } from './figure.ts';

export interface BenchmarkEntry {
  readonly summary: string;
  /** Its module is loaded when it is asked for: what one of them imports must not weigh on the others. */
  readonly load: () => Promise<Benchmark>;
}

/** In the order in which they run. */
export const BENCHMARKS: Readonly<Record<string, BenchmarkEntry>> = {
  parse: {
    summary: 'ns a trade from the text of a message to an exact trade, beside JSON.parse of the text',
    load: async () => (await import('./figures/parse.ts')).parse,
  },
  'candle-fold': {
    summary: 'ns a trade of the exact candle fold, beside a plain loop over floats',
    load: async () => (await import('./figures/candle-fold.ts')).candleFold,
  },
  book: {
    summary: 'ns a changed level of the exact order book, beside columns of floats',
    load: async () => (await import('./figures/book.ts')).book,
  },
  backtest: {
    summary: 'ns a candle of the engine over history, beside a loop by hand',
    load: async () => (await import('./figures/backtest.ts')).backtest,
  },
  'chain-throughput': {
    summary: 'trades/s through the whole chain for a minute, and its memory, beside bare inserts',
    load: async () => (await import('./figures/chain-throughput.ts')).chainThroughput,
  },
  'chain-latency': {
    summary: 'ms until a trade can be queried at 10,000 trades/s, of a tape and live, beside bare inserts',
    load: async () => (await import('./figures/chain-latency.ts')).chainLatency,
  },
  'stored-candles': {
    summary:
      'ms to read candles beside 100 million stored trades, beside the same rows unparsed (takes minutes)',
    load: async () => (await import('./figures/stored-candles.ts')).storedCandles,
  },
  rest: {
    summary: 'requests/s and p95 of the API, beside a bare node:http server',
    load: async () => (await import('./figures/rest.ts')).rest,
  },
  'start-up': {
    summary: 'ms from the command to the first answer, beside a bare node:http server',
    load: async () => (await import('./figures/start-up.ts')).startUp,
  },
  memory: {
    summary: 'resident MB after a minute of the simulated market, beside a bare node:http server',
    load: async () => (await import('./figures/memory.ts')).memory,
  },
  bundles: {
    summary: 'size and load time of each Lambda bundle, beside an empty module',
    load: async () => (await import('./figures/bundles.ts')).bundles,
  },
};
