/**
 * Which trades lie far outside of what their instrument was traded at: the identifier of Hampel (Davies and Gather, "The
 * Identification of Multiple Outliers", JASA 88, 1993), a distance from the median in units of the median absolute deviation,
 * both of which a tenth of wild prices leaves where they are. With ten such units as Barndorff-Nielsen, Hansen, Lunde and
 * Shephard clean trades ("Realized kernels in practice: trades and quotes", Econometrics Journal 12, 2009, rule T4), and a
 * least distance, as Brownlees and Gallo have it for prices that hardly move ("Financial econometric analysis at
 * ultra-high frequency: data handling concerns", CSDA 51, 2006).
 *
 * The prices are the last of each second of venue time in which there were trades. So what is decided of a trade
 * depends on the seconds before its own alone: not on how often it is told, nor on the order of trades within a second, nor on
 * batches; and a price that has come to stay is taken over once it lasted for half of the window.
 */
import type { InstrumentId } from './instrument.ts';

/** Seconds with trades. */
const WINDOW = 30;
/** A late trade is judged by the seconds before its own as well. */
const KEPT = 3 * WINDOW;
/** Fewer say nothing of a market: the first trades are not judged. */
const LEAST_SECONDS = 10;
/** What lies further back is of another market: one that is traded once a minute is not judged. */
const WINDOW_MS = 300_000;

/** In normal data this many median absolute deviations are one standard deviation. */
const DEVIATIONS = 1.4826;
const MOST_DEVIATIONS = 10;
/** Of the median: what moves less is no spike, however quiet the market was. */
const LEAST_RATIO = 0.02;
/** Of the finest step that prices were told in: a coin at 0.00000012 moves by 8 % at least. */
const LEAST_STEPS = 3;

const SECOND_MS = 1000;

/** What is asked of a trade. */
export interface PricedTrade {
  readonly tradeId: number;
  readonly timeMs: number;
  /** Decimal text; one that is not above zero is asked after in vain. */
  readonly price: string;
}

/** The last trade of a second, by (time, id): of the second under way another one with each trade. */
interface Closing {
  readonly second: number;
  tradeId: number;
  timeMs: number;
  price: string;
  value: number;
}

interface Band {
  readonly median: number;
  /** Within this distance nothing is wild. */
  readonly distance: number;
}

/** Of one instrument. */
class Prices {
  /** Oldest first; of the last the second may still go on. */
  readonly #closings: Closing[] = [];
  /** Of the seconds before one. */
  #band: { readonly second: number; readonly band: Band | null } = { second: -1, band: null };

  /** @param value of its price, in the nearest double. */
  isSpike(trade: PricedTrade, value: number): boolean {
    if (this.#beginsAnew(trade)) this.#forget();
    const second = Math.floor(trade.timeMs / SECOND_MS);
    if (this.#band.second !== second) this.#band = { second, band: bandOf(this.#before(second)) };
    const { band } = this.#band;
    const distance = band === null ? 0 : Math.abs(value - band.median);
    const isSpike =
      band !== null && distance > band.distance && distance > this.#leastMove(second, trade.price);
    this.#take(trade, second, value);
    return isSpike;
  }

  /** Its id is below all that are remembered, though time went on: the venue counts anew, and what it trades is another market. */
  #beginsAnew({ tradeId, timeMs }: PricedTrade): boolean {
    const [last, first] = [this.#closings.at(-1), this.#closings[0]];
    return last !== undefined && timeMs > last.timeMs && tradeId < Math.min(first!.tradeId, last.tradeId);
  }

  #forget(): void {
    this.#closings.length = 0;
    this.#band = { second: -1, band: null };
  }

  #before(second: number): Closing[] {
    const since = second - WINDOW_MS / SECOND_MS;
    return this.#closings.filter((one) => one.second < second && one.second >= since).slice(-WINDOW);
  }

  /** Prices as binary fractions are no whole number of steps apart: half a step is no step. */
  #leastMove(second: number, price: string): number {
    const places = [price, ...this.#before(second).map((one) => one.price)].map(placesOf);
    return (LEAST_STEPS + 0.5) * 10 ** -Math.max(...places);
  }

  /** A trade of a second that is behind us changes nothing: what was decided stays as it was. */
  #take(trade: PricedTrade, second: number, value: number): void {
    const { tradeId, timeMs, price } = trade;
    const last = this.#closings.at(-1);
    if (last === undefined || second > last.second) {
      this.#closings.push({ second, tradeId, timeMs, price, value });
      if (this.#closings.length > KEPT) this.#closings.shift();
    } else if (second === last.second && isBehind(trade, last)) {
      last.tradeId = tradeId;
      last.timeMs = timeMs;
      last.price = price;
      last.value = value;
    }
  }
}

function isBehind(a: PricedTrade, b: PricedTrade): boolean {
  return a.timeMs > b.timeMs || (a.timeMs === b.timeMs && a.tradeId > b.tradeId);
}

/** null: too little is known. */
function bandOf(closings: readonly Closing[]): Band | null {
  if (closings.length < LEAST_SECONDS) return null;
  const values = closings.map(({ value }) => value);
  const median = medianOf(values);
  const deviation = medianOf(values.map((value) => Math.abs(value - median)));
  return { median, distance: Math.max(MOST_DEVIATIONS * DEVIATIONS * deviation, LEAST_RATIO * median) };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Venues fill up with zeros. */
function placesOf(price: string): number {
  const point = price.indexOf('.');
  if (point < 0) return 0;
  let end = price.length;
  while (price[end - 1] === '0') end--;
  return end - point - 1;
}

/** Watches the trades of any number of instruments, in the order in which they are told. */
export class SpikeWatch {
  readonly #prices = new Map<InstrumentId, Prices>();

  /** Takes note of the trade, too. Only trades whose time is believed are to be asked after. */
  isSpike(instrumentId: InstrumentId, trade: PricedTrade): boolean {
    const value = Number(trade.price);
    if (!(value > 0)) return false;
    let prices = this.#prices.get(instrumentId);
    if (prices === undefined) this.#prices.set(instrumentId, (prices = new Prices()));
    return prices.isSpike(trade, value);
  }
}
