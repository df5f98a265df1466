/**
 * Where a replay has to wait. All candle intervals are whole seconds, so whatever the platform decides, it decides
 * when an instrument passes into a later second: what lies beyond is held back until everything caused by what
 * came before has settled. Pure: the boundaries depend on the tape alone, never on time, speed or chunks.
 */
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { exchangeOf } from '../../shared/domain/market-data/instrument.ts';
import { isTradeTime, type ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { laneOf, type Lane } from '../../shared/domain/market-data/lane.ts';
import { isFlagged, UNFLAGGED } from '../../shared/domain/market-data/quality-flags.ts';
import { VenueClock } from '../../shared/domain/market-data/venue-clock.ts';
import { flaggedByTime } from '../outlet/flagged-by-time.ts';
import { FlaggedSpikes } from '../outlet/flagged-spikes.ts';
import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import { HEARTBEAT_GRACE_MS } from '../outlet/heartbeat-grace.ts';
import type { Watermark } from '../../shared/contracts/stream-records.ts';
import { parseTradeId } from '../../shared/domain/market-data/trade.ts';
import type { TapeStep } from '../../shared/engine/tape-folds.ts';
import { TapeConsensus } from './tape-consensus.ts';
import type { TapeMessage } from './tape-message.ts';

const SECOND_MS = 1000;

/** What must be released, and settled, before the next trade is sent. */
export type Boundary = Exclude<TapeStep, { readonly kind: 'trade' }>;
type Heartbeat = Extract<TapeStep, { readonly kind: 'heartbeat' }>;

export interface BoundariesSnapshot {
  /** Instrument → the second that is released. */
  readonly released: Readonly<Record<InstrumentId, number>>;
}

export class TapeBoundaries {
  readonly #released: Map<InstrumentId, number>;
  readonly #clocks = new Map<string, VenueClock>();
  /** By source, and then by exchange: two recordings of a venue are two observations. */
  readonly #spikes: Map<string, FlaggedSpikes>[] = [];
  readonly #consensus = new TapeConsensus();

  constructor(snapshot: BoundariesSnapshot = { released: {} }) {
    this.#released = new Map(Object.entries(snapshot.released));
  }

  /** Whether the instrument of the trade passes with it into a later second than it is released to. */
  isPassedBy(trade: ToldTrade): boolean {
    const second = secondOf(trade);
    return second !== null && second > (this.#released.get(trade.instrumentId) ?? Infinity);
  }

  /**
   * To be asked of each trade in the order of the tape.
   * @param trade with a time as the venue told it; one that no reader believes moves nothing.
   * @returns what has to be released before the trade is sent; null: nothing.
   */
  beforeTrade(trade: ToldTrade): Watermark | null {
    const { instrumentId } = trade;
    const second = secondOf(trade);
    if (second === null) return null;
    const released = this.#released.get(instrumentId);
    if (released !== undefined && second <= released) return null;
    this.#released.set(instrumentId, second);
    // Before its first trade an instrument has nothing that could be closed.
    if (released === undefined) return null;
    return { instrumentId, timeMs: second, nextTradeId: parseTradeId(trade.tradeId) };
  }

  /** Instruments that had trades, and none at this time or later. */
  behind(timeMs: number): Set<InstrumentId> {
    const behind = new Set<InstrumentId>();
    for (const [instrumentId, released] of this.#released) if (released < timeMs) behind.add(instrumentId);
    return behind;
  }

  /** A message told the time of its venue. */
  noteClock(exchange: string, venueTimeMs: number, receivedAtMs: number): void {
    let clock = this.#clocks.get(exchange);
    if (clock === undefined) this.#clocks.set(exchange, (clock = new VenueClock()));
    clock.observe(venueTimeMs, receivedAtMs);
  }

  /**
   * The next message of the tape: to be called before anything that it tells is judged.
   * @param rows what is told of books at it
   * @returns them, flagged where their prices are doubtful
   */
  enter(message: TapeMessage, rows: readonly ToldBook[]): readonly ToldBook[] {
    this.#consensus.enter(message);
    return rows.length === 0 ? rows : this.#consensus.books(message, rows);
  }

  /** @returns a trade of a message, flagged where its time or its price is doubtful. */
  judge<Told extends ToldTrade>(message: TapeMessage, trade: Told): Told {
    const { capture, source } = message;
    const { exchange, session } = capture;
    const ofSource = (this.#spikes[source] ??= new Map<string, FlaggedSpikes>());
    let spikes = ofSource.get(exchange);
    if (spikes === undefined) ofSource.set(exchange, (spikes = new FlaggedSpikes()));
    spikes.enterSession(session);
    return this.#consensus.trade(message, spikes.flagged(flaggedByTime(trade, this.#clocks.get(exchange))));
  }

  /** A message that an earlier run has sent: what is doubtful hangs on all that came before. */
  follow(message: TapeMessage, rows: readonly ToldBook[]): void {
    this.enter(message, rows);
    for (const event of message.events) {
      if (event.kind === 'clock')
        this.noteClock(message.capture.exchange, event.venueTimeMs, message.receivedAtMs);
      else if (event.kind === 'trade') this.judge(message, event);
    }
  }

  /** @returns what a heartbeat releases; null: every instrument of the exchange is as far already. */
  atHeartbeat(exchange: string, venueTimeMs: number, receivedAtMs: number): Heartbeat | null {
    if (!isTradeTime(venueTimeMs, receivedAtMs)) return null;
    const proven = venueTimeMs - HEARTBEAT_GRACE_MS;
    const watermarkMs = proven - (proven % SECOND_MS);
    let releases = false;
    for (const [instrumentId, released] of this.#released) {
      if (released >= watermarkMs || exchangeOf(instrumentId) !== exchange) continue;
      this.#released.set(instrumentId, watermarkMs);
      releases = true;
    }
    return releases ? { kind: 'heartbeat', exchange, watermarkMs } : null;
  }

  /** Those that had a trade. */
  lanes(): ReadonlySet<Lane> {
    return new Set([...this.#released.keys()].map(laneOf));
  }

  snapshot(): BoundariesSnapshot {
    return { released: Object.fromEntries(this.#released) };
  }
}

/** null: nobody believes the time of the trade. */
function secondOf({ timeMs, receivedAtMs, isAnswer, quality = UNFLAGGED }: ToldTrade): number | null {
  if (!isTradeTime(timeMs, receivedAtMs, isAnswer) || isFlagged(quality, 'future-time')) return null;
  return timeMs - (timeMs % SECOND_MS);
}
