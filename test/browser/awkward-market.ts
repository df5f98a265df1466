/** Seconds of a market as venues have them and pages are rarely tried with: long names, other scripts, tiny and large prices. */
const START_MS = Date.parse('2026-03-01T00:00:00Z');
const SECONDS = 90;
/** So many seconds up, and as many down. */
const SWING = 7;
/** At this second one price is wild, and one message cannot be read. */
const WRONG_AT = 40;

interface Listed {
  readonly base: string;
  readonly quote: string;
  readonly price: number;
  readonly places: number;
}

const LISTED: readonly Listed[] = [
  { base: 'BTC', quote: 'USDT', price: 123_456.78, places: 2 },
  { base: '币安人生', quote: 'USDT', price: 0.1234, places: 4 },
  { base: '1000000MOG', quote: 'USDT', price: 1.2345, places: 4 },
  { base: 'SHIB', quote: 'BTC', price: 0.000_000_12, places: 8 },
  { base: 'PEPE', quote: 'USDT', price: 0.000_012_34, places: 8 },
];

/** Lines of a capture of Binance. */
export function awkwardMarket(): string[] {
  const lines = [
    line(0, 'rest', 'https://api.binance.com/api/v3/exchangeInfo', {
      symbols: LISTED.map(({ base, quote }) => ({
        symbol: base + quote,
        status: 'TRADING',
        baseAsset: base,
        quoteAsset: quote,
      })),
    }),
  ];
  for (let second = 1; second <= SECONDS; second++) {
    const phase = second % (2 * SWING);
    const swing = 1 + (phase < SWING ? phase : 2 * SWING - phase) / 100;
    for (const listed of LISTED) {
      const isWild = second === WRONG_AT && listed.quote === 'USDT';
      lines.push(trade(second, listed, (listed.price * swing * (isWild ? 2 : 1)).toFixed(listed.places)));
    }
  }
  lines.push(trade(SECONDS, LISTED[1]!, 'not a price', 1));
  return lines;
}

function trade(second: number, { base, quote }: Listed, price: string, after = 0): string {
  const timeMs = START_MS + second * 1000;
  return line(second * 1000, 'ws', 'wss://stream.binance.com:9443/stream', {
    e: 'trade',
    E: timeMs,
    s: base + quote,
    t: second + after,
    p: price,
    q: '1234567',
    T: timeMs,
    m: true,
  });
}

function line(atMs: number, kind: 'rest' | 'ws', url: string, message: unknown): string {
  const receivedAtNs = `${START_MS + atMs}000000`;
  return JSON.stringify({ receivedAtNs, exchange: 'binance', kind, url, message: JSON.stringify(message) });
}
