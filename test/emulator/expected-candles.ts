import { readFileSync } from 'node:fs';
import type { CandleView } from '../../shared/contracts/events.ts';
import { dataFolder } from '../conformance/recorded-data.ts';
import { runMillrace } from '../platform/run-millrace.ts';
import type { MovedTape } from './tape.ts';

/** As independent loops computed them. */
interface PublishedCandle {
  readonly openTime: number;
  readonly complete: boolean;
  readonly o: string;
  readonly h: string;
  readonly l: string;
  readonly c: string;
  readonly v: string;
  readonly qv: string;
  readonly tbv: string;
  readonly n: number;
  readonly first: number;
  readonly last: number;
}

/** The closed one-minute candles of a tape: as published of the recorded one, as the command line folds a simulated one. */
export async function expectedCandles(tape: MovedTape): Promise<CandleView[]> {
  return tape.kind === 'recorded' ? publishedCandles(tape.shiftMs) : foldedCandles(tape.path);
}

async function foldedCandles(path: string): Promise<CandleView[]> {
  const { stdout } = await runMillrace(['candles', '--capture', path, '--interval', '1m']);
  return (JSON.parse(stdout) as CandleView[]).filter(({ closed }) => closed);
}

/** The last one is open. */
function publishedCandles(shiftMs: number): CandleView[] {
  const file = JSON.parse(readFileSync(`${dataFolder}expected/ws_binance_spot.json`, 'utf8')) as {
    readonly 'public BTCUSDT': { readonly candles_1m: readonly PublishedCandle[] };
  };
  return file['public BTCUSDT'].candles_1m.slice(0, -1).map((candle) => ({
    instrumentId: 'binance:BTC-USDT',
    interval: '1m',
    openTimeMs: candle.openTime + shiftMs,
    open: candle.o,
    high: candle.h,
    low: candle.l,
    close: candle.c,
    volume: candle.v,
    quoteVolume: candle.qv,
    takerBuyVolume: candle.tbv,
    tradeCount: candle.n,
    firstTradeId: String(candle.first),
    lastTradeId: String(candle.last),
    closed: true,
    complete: candle.complete,
  }));
}
