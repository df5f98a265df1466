/**
 * Which instruments are told at other prices than at the other venues, as the administrator of the CME CF real-time indices finds
 * venues whose books are in error ("CME CF Cryptocurrency Real-Time Indices Methodology Guide", on erroneous and on delayed
 * data): the middle of each venue's book beside the median of all, without those whose data are old, and who was found in error
 * comes back at half of the distance. The distance is what arbitrage leaves open between venues that reach each other
 * (Makarov and Schoar, "Trading and arbitrage in cryptocurrency markets", JFE 135, 2020), and counts between the bid of
 * one and the ask of the other.
 *
 * Everything is compared by *our* time of receipt, once a second: a venue's clock may be wrong by minutes and its prices right.
 */
import { comparedPair, type ComparedPair } from './compared-pair.ts';
import { exchangeOf, type InstrumentId } from './instrument.ts';
import { votesThatDisagree, type Vote } from './venue-votes.ts';

const COMPARED_EVERY_MS = 1000;
/** An older price has no vote: who is silent says nothing. */
const VOTES_FOR_MS = 5000;
/** Nothing is said before it has lasted for so long. No price votes for longer, so it takes more than one. */
const SAID_AFTER_MS = VOTES_FOR_MS;
/** Who is said to disagree does so until it agrees, or until nobody could tell for so long. */
const STAYS_SAID_FOR_MS = 60_000;
/** Of a trade's price, to either side: where no book is known, the best prices lie about there. */
const HALF_SPREAD = 0.005;
/** More than anybody listens to: what is beyond is compared with nothing. */
const MAX_INSTRUMENTS = 10_000;
/** What lies further back was received by a clock that was set. */
const CLOCK_SET_BACK_MS = 60_000;
const NEVER_MS = -Infinity;
const NOBODY: readonly string[] = [];

interface Told {
  readonly instrumentId: InstrumentId;
  readonly exchange: string;
  readonly pair: ComparedPair;
  /** Of the last trade. */
  price: string;
  tradedAtMs: number;
  /** Of the whole book. */
  bid: string;
  ask: string;
  quotedAtMs: number;
  /** Since when it has been off without a break; null: it is not, or nobody can tell. */
  offSinceMs: number | null;
  isOff: boolean;
  /** When anybody could tell. */
  comparedAtMs: number;
}

interface ToldVote extends Vote {
  readonly told: Told;
}

/** Compares the prices of venues, told in the order in which they are received. */
export class VenueConsensus {
  readonly #told = new Map<InstrumentId, Told>();
  /** What is compared with one another. */
  readonly #groups = new Map<string, Told[]>();
  #second = NEVER_MS;

  /** @param price decimal text. @param receivedAtMs what was held up is as old as it is */
  trade(instrumentId: InstrumentId, price: string, receivedAtMs: number): void {
    const told = this.#told.get(instrumentId) ?? this.#begin(instrumentId);
    if (told === null) return;
    const behindMs = told.tradedAtMs - receivedAtMs;
    if (behindMs > 0 && behindMs < CLOCK_SET_BACK_MS) return;
    told.price = price;
    told.tradedAtMs = receivedAtMs;
  }

  /** The best prices of a book that is whole. */
  quote(instrumentId: InstrumentId, bid: string, ask: string, receivedAtMs: number): void {
    const told = this.#told.get(instrumentId) ?? this.#begin(instrumentId);
    if (told === null) return;
    told.bid = bid;
    told.ask = ask;
    told.quotedAtMs = receivedAtMs;
  }

  /** Its book is in doubt, or has one side: its trades have to do. */
  loseBook(instrumentId: InstrumentId): void {
    const told = this.#told.get(instrumentId);
    if (told !== undefined) told.quotedAtMs = NEVER_MS;
  }

  /**
   * A message was received: to be called before anything that it tells.
   * @returns the exchanges of which others disagree than before
   */
  pass(receivedAtMs: number): readonly string[] {
    const second = Math.floor(receivedAtMs / COMPARED_EVERY_MS);
    if (second === this.#second) return NOBODY;
    this.#second = second;
    const changed = new Set<string>();
    let worth: ReadonlyMap<string, number> | null = null;
    for (const group of this.#groups.values()) {
      if (!isOfSeveral(group)) continue;
      worth ??= this.#worth(receivedAtMs);
      for (const { exchange } of compare(group, worth, receivedAtMs)) changed.add(exchange);
    }
    return changed.size === 0 ? NOBODY : [...changed];
  }

  /** Of an exchange, in order of name. */
  disagreeing(exchange: string): readonly InstrumentId[] {
    const off = [...this.#told.values()].filter((told) => told.isOff && told.exchange === exchange);
    return off.map(({ instrumentId }) => instrumentId).sort();
  }

  /** Nobody listens to the exchange any more. */
  forget(exchange: string): void {
    for (const [instrumentId, told] of this.#told)
      if (told.exchange === exchange) this.#told.delete(instrumentId);
    for (const [name, group] of this.#groups) {
      const others = group.filter((told) => told.exchange !== exchange);
      if (others.length === 0) this.#groups.delete(name);
      else this.#groups.set(name, others);
    }
  }

  #begin(instrumentId: InstrumentId): Told | null {
    if (this.#told.size >= MAX_INSTRUMENTS) return null;
    const told: Told = {
      instrumentId,
      exchange: exchangeOf(instrumentId),
      pair: comparedPair(instrumentId),
      price: '',
      tradedAtMs: NEVER_MS,
      bid: '',
      ask: '',
      quotedAtMs: NEVER_MS,
      offSinceMs: null,
      isOff: false,
      comparedAtMs: NEVER_MS,
    };
    this.#told.set(instrumentId, told);
    const group = this.#groups.get(told.pair.group);
    if (group === undefined) this.#groups.set(told.pair.group, [told]);
    else group.push(told);
    return told;
  }

  /** What coins that stand for a dollar are worth in dollars, where they are traded for dollars: of several venues, in the middle. */
  #worth(nowMs: number): ReadonlyMap<string, number> {
    const prices = new Map<string, number[]>();
    for (const told of this.#told.values()) {
      const { peg } = told.pair;
      const best = peg === null ? null : bestOf(told, nowMs);
      if (peg === null || best === null) continue;
      const middle = (best.low + best.high) / 2;
      prices.set(peg, [...(prices.get(peg) ?? []), middle]);
    }
    return new Map(
      [...prices].map(([coin, ofCoin]) => [coin, ofCoin.sort((a, b) => a - b)[ofCoin.length >> 1]!]),
    );
  }
}

function isOfSeveral(group: readonly Told[]): boolean {
  return group.some(({ exchange }) => exchange !== group[0]!.exchange);
}

/** @returns those of which something else is said than before. */
function compare(group: readonly Told[], worth: ReadonlyMap<string, number>, nowMs: number): readonly Told[] {
  const votes = group.flatMap((told): ToldVote[] => {
    const best = bestOf(told, nowMs);
    if (best === null) return [];
    const { exchange, isOff, pair } = told;
    return [{ told, exchange, isOff, quote: pair.quote, worth: worth.get(pair.quote) ?? 1, ...best }];
  });
  const isTold = votes.some(({ exchange }) => exchange !== votes[0]!.exchange);
  const compared = new Set(isTold ? votes.map(({ told }) => told) : []);
  const off = new Set(votesThatDisagree(votes).map(({ told }) => told));
  return group.filter((told) => {
    const wasOff = told.isOff;
    if (!compared.has(told)) passOver(told, nowMs);
    else judge(told, off.has(told), nowMs);
    return told.isOff !== wasOff;
  });
}

function judge(told: Told, isOff: boolean, nowMs: number): void {
  told.comparedAtMs = nowMs;
  told.offSinceMs = isOff ? (told.offSinceMs ?? nowMs) : null;
  told.isOff = told.offSinceMs !== null && (told.isOff || nowMs - told.offSinceMs >= SAID_AFTER_MS);
}

/** It is silent, or all others are. */
function passOver(told: Told, nowMs: number): void {
  if (!told.isOff) told.offSinceMs = null;
  else if (nowMs - told.comparedAtMs > STAYS_SAID_FOR_MS) {
    told.isOff = false;
    told.offSinceMs = null;
  }
}

/** null: it has no vote. */
function bestOf(told: Told, nowMs: number): { readonly low: number; readonly high: number } | null {
  const since = nowMs - VOTES_FOR_MS;
  if (told.quotedAtMs > since) return positive(Number(told.bid), Number(told.ask));
  if (told.tradedAtMs <= since) return null;
  const price = Number(told.price);
  return positive(price * (1 - HALF_SPREAD), price * (1 + HALF_SPREAD));
}

function positive(low: number, high: number): { readonly low: number; readonly high: number } | null {
  return low > 0 && high > 0 && high < Infinity ? { low, high } : null;
}
