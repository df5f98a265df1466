import { formatCaptureLine, type CaptureMessage } from '../shared/contracts/capture.ts';
import type { Exchange } from '../shared/domain/market-data/exchanges.ts';
import type { InstrumentId } from '../shared/domain/market-data/instrument.ts';
import { BinanceWire } from './binance-wire.ts';
import { assetOf } from './familiar-assets.ts';
import { mix, priceFactor } from './synthetic-prices.ts';

export interface MarketParameters {
  readonly seed: number;
  /** 1 to `MAX_INSTRUMENTS`. */
  readonly instruments: number;
  /** Of each instrument, in each second: at least 1, and all together at most `MAX_TRADES_A_SECOND`. */
  readonly tradesPerSecond: number;
}

const MAX_INSTRUMENTS = 100;
/** Of all instruments together: line numbers count every message since the epoch, and must stay exact. */
const MAX_TRADES_A_SECOND = 1_000_000;

const SECOND_MS = 1000;
/** A heartbeat proves what lies a second before it, so it comes when the next second is over on the venue's clock. */
const HEARTBEAT_AFTER_MS = 1000;
const EXCHANGE: Exchange = 'binance';
const URL = 'simulator://binance/stream';

/** A price level in ticks of 0.01, and the step of quantities that makes a trade worth some hundred USDT. */
interface Listing {
  readonly wire: BinanceWire;
  readonly instrumentId: InstrumentId;
  readonly levelTicks: number;
  /** In units of 0.00001. */
  readonly lot: number;
}

type Path = readonly [fromTicks: number, toTicks: number];

/**
 * A small market that speaks as Binance does. Everything follows from its parameters and the second asked for: the
 * same second is always the same messages, and trade ids and line numbers run on without a gap from any second to
 * the next.
 */
export class SyntheticMarket {
  /** Trades of a second and the heartbeat behind them. */
  readonly messagesPerSecond: number;
  readonly instrumentIds: readonly InstrumentId[];
  readonly #parameters: MarketParameters;
  readonly #listings: readonly Listing[];
  #lastPaths: { readonly second: number; readonly paths: readonly Path[] } = { second: -1, paths: [] };

  /** @throws RangeError naming the parameter that is out of bounds. */
  constructor(parameters: MarketParameters) {
    requireInteger('seed', parameters.seed, 0, 2 ** 32 - 1);
    requireInteger('instruments', parameters.instruments, 1, MAX_INSTRUMENTS);
    const most = Math.floor(MAX_TRADES_A_SECOND / parameters.instruments);
    requireInteger('tradesPerSecond', parameters.tradesPerSecond, 1, most);
    this.#parameters = parameters;
    this.#listings = Array.from({ length: parameters.instruments }, (_, n) => listingOf(n));
    this.instrumentIds = this.#listings.map(({ instrumentId }) => instrumentId);
    this.messagesPerSecond = parameters.instruments * parameters.tradesPerSecond + 1;
  }

  /** The line number of the first message of a second. */
  firstLineOf(second: number): number {
    return second * this.messagesPerSecond + 1;
  }

  /** The second that a line number lies in. */
  secondOf(line: number): number {
    return Math.floor((line - 1) / this.messagesPerSecond);
  }

  /**
   * Messages of one second of event time, in the order of their times, the heartbeat last.
   * @param second since the epoch.
   * @param from index inside the second; `count` of them, or all that are left.
   */
  messagesOf(second: number, from = 0, count = this.messagesPerSecond - from): CaptureMessage[] {
    const { instruments, tradesPerSecond } = this.#parameters;
    const paths = this.#pathsOf(second);
    const end = Math.min(from + count, this.messagesPerSecond);
    const firstLine = this.firstLineOf(second);
    const messages: CaptureMessage[] = [];
    for (let index = from; index < end; index++) {
      const n = index % instruments;
      const nth = (index - n) / instruments;
      const message =
        nth === tradesPerSecond
          ? heartbeat(second, firstLine + index)
          : this.#trade(n, second, nth, paths[n]!, firstLine + index);
      messages.push(message);
    }
    return messages;
  }

  /** A second is asked for piece by piece. */
  #pathsOf(second: number): readonly Path[] {
    if (this.#lastPaths.second !== second)
      this.#lastPaths = { second, paths: this.#listings.map((_, n) => this.#pathOf(n, second)) };
    return this.#lastPaths.paths;
  }

  /** The price in ticks at the begin of the second and at its end. */
  #pathOf(n: number, second: number): Path {
    const { levelTicks } = this.#listings[n]!;
    const { seed } = this.#parameters;
    return [levelTicks * priceFactor(seed, n, second), levelTicks * priceFactor(seed, n, second + 1)];
  }

  #trade(n: number, second: number, nth: number, [from, to]: Path, line: number): CaptureMessage {
    const { seed, tradesPerSecond } = this.#parameters;
    const { wire, levelTicks, lot } = this.#listings[n]!;
    const tradeId = second * tradesPerSecond + nth;
    const chance = mix(seed, n, tradeId | 0);
    const buyerIsMaker = (chance & 1) === 1;
    // The aggressor pays the spread: a buyer a little above the middle, a seller a little below.
    const spread = levelTicks * SPREAD * (((chance >>> 1) & 0xff) / 0xff);
    // Around the line between two seconds, or candles would have no wicks.
    const stray = levelTicks * STRAY * (((chance >>> 17) & 0xff) / 0x7f - 1);
    const priceTicks = Math.round(
      from + ((to - from) * nth) / tradesPerSecond + stray + (buyerIsMaker ? -spread : spread),
    );
    const quantitySteps = lot * (1 + ((chance >>> 9) & 0xff));
    const timeMs = second * SECOND_MS + Math.floor((nth * SECOND_MS) / tradesPerSecond);
    const trade = { tradeId, priceTicks, quantitySteps, timeMs, buyerIsMaker };
    return {
      line,
      receivedAtNs: `${timeMs}000000`,
      exchange: EXCHANGE,
      kind: 'ws',
      url: URL,
      message: wire.message(trade),
      text: wire.line(trade),
    };
  }
}

const SPREAD = 0.00005;
const STRAY = 0.00025;

function listingOf(n: number): Listing {
  const [base, price] = assetOf(n);
  return {
    wire: new BinanceWire(`${base}USDT`, URL),
    instrumentId: `${EXCHANGE}:${base}-USDT`,
    levelTicks: price * 100,
    lot: Math.max(1, Math.round(200_000 / price)),
  };
}

function heartbeat(second: number, line: number): CaptureMessage {
  const message = {
    receivedAtNs: `${(second + 1) * SECOND_MS}000000`,
    exchange: EXCHANGE,
    kind: 'heartbeat',
    url: URL,
    message: `{"venueTimeMs":${(second + 1) * SECOND_MS + HEARTBEAT_AFTER_MS}}`,
  };
  return { line, ...message, text: formatCaptureLine(message) };
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name}: expected a whole number from ${least} to ${most}, got ${value}`);
}
