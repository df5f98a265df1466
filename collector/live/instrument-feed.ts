import type { KnownTrade, VenueTrade } from '../../shared/adapters/exchanges/venue.ts';
import type { CaptureMessage } from '../../shared/contracts/capture.ts';
import { isTradeTime, type ToldTrade } from '../../shared/contracts/lane-rows.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { parseTradeId } from '../../shared/domain/market-data/trade.ts';
import type { LiveOutlet } from './live-outlet.ts';
import type { Time } from '../../shared/ports/time.ts';
import { TradeContinuity, type Gap } from './trade-continuity.ts';

export type ReceivedMessage = Omit<CaptureMessage, 'line' | 'text'>;

interface Received {
  readonly trade: ToldTrade;
  readonly id: number;
  /** Set on the first trade of a message, which takes the message into the archive with it. */
  readonly message: ReceivedMessage | null;
}

/** The trades of one instrument on their way out, in an unbroken row as far as that is possible. */
export class InstrumentFeed {
  readonly instrumentId: InstrumentId;
  readonly #outlet: LiveOutlet;
  readonly #time: Time;
  readonly #continuity: TradeContinuity<Received>;
  #lastTimeMs: number | null;
  #received = 0;
  #isHeard = false;
  #catchingUpSince: number | null = null;
  #lacking = new AbortController();

  /** @param last of an earlier run; null: none is known. */
  constructor(instrumentId: InstrumentId, last: KnownTrade | null, outlet: LiveOutlet, time: Time) {
    this.instrumentId = instrumentId;
    this.#outlet = outlet;
    this.#time = time;
    this.#continuity = new TradeContinuity(last === null ? null : { id: last.tradeId, timeMs: last.timeMs });
    this.#lastTimeMs = last?.timeMs ?? null;
  }

  get lastId(): number | null {
    return this.#continuity.lastId;
  }

  /** The last trade that was sent, or that an earlier run had sent; null: there is none. */
  get lastTrade(): KnownTrade | null {
    const { lastId } = this;
    return lastId === null ? null : { tradeId: lastId, timeMs: this.#lastTimeMs };
  }

  get isCatchingUp(): boolean {
    return this.#continuity.isCatchingUp;
  }

  /** Aborts when nothing is missing any more. */
  get lacking(): AbortSignal {
    return this.#lacking.signal;
  }

  /** Since when (`elapsedMs`), over however many connections; null: it goes on by itself. */
  get catchingUpSince(): number | null {
    return this.#catchingUpSince;
  }

  /** How many trades are missing before those that are held; null: none is held that would tell. */
  get missingCount(): number | null {
    return this.#continuity.missingCount;
  }

  /** Trades that came over the stream, which tells the busy instruments from the quiet ones. */
  get received(): number {
    return this.#received;
  }

  /** Whether the venue has begun to count anew, and nobody knows yet where. */
  get isReset(): boolean {
    return this.#continuity.isReset;
  }

  get heldCount(): number {
    return this.#continuity.heldCount;
  }

  /** Whether the stream has brought a trade since it was interrupted: from that one on it brings them all, in a row. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** From now on what comes is held until the trades before it are known. */
  beginCatchUp(): void {
    this.#isHeard = false;
    this.#continuity.beginCatchUp();
    this.#catchingUpSince ??= this.#time.elapsedMs();
  }

  /**
   * A trade came over the stream. A message is archived when its trades are sent, so that the archive has them in the
   * order in which the platform got them.
   * @returns whether trades before it are missing, of which this is the first sign.
   */
  receive(trade: VenueTrade, message: ReceivedMessage | null): 'gap' | 'reset' | null {
    const id = parseTradeId(trade.tradeId);
    this.#received++;
    if (id === null) {
      this.#sendAside(trade, message);
      return null;
    }
    const numbered = { id, timeMs: timeOf(trade) };
    this.#isHeard = true;
    if (this.lastId === null && !this.isCatchingUp)
      this.#outlet.beginInstrument(this.instrumentId, { tradeId: id, timeMs: numbered.timeMs });
    const admission = this.#continuity.admit(numbered, { trade, id, message }, trade.isOfNewest);
    if (admission === 'next') this.#send(trade, id, message);
    else if (admission === 'stray') this.#sendAside(trade, message);
    else if (admission === 'repeated' && message !== null) this.#outlet.archive(message);
    else if (admission === 'held') this.#follow();
    if (admission !== 'gap' && admission !== 'reset') return null;
    this.#catchingUpSince ??= this.#time.elapsedMs();
    return admission;
  }

  /**
   * The venue has said which trades are its newest, each of which was received. Where the last one that was sent is among
   * them, nothing is missing behind it but what they say.
   */
  noteNewest(trades: readonly ToldTrade[]): void {
    if (!this.isCatchingUp) return;
    const isLast = (trade: ToldTrade): boolean => {
      const id = parseTradeId(trade.tradeId);
      return id !== null && this.#continuity.isLast({ id, timeMs: timeOf(trade) });
    };
    if (!trades.some(isLast)) return;
    if (this.isReset) for (const trade of this.#inOrderOfReset(trades)) this.fill(trade);
    if (!this.isReset) this.drain();
  }

  /** By their numbers, the rest of those before first: a clock that is wrong may have told other times. */
  #inOrderOfReset(trades: readonly ToldTrade[]): ToldTrade[] {
    const last = this.lastId ?? -1;
    const numbered = trades
      .map((trade) => ({ trade, id: parseTradeId(trade.tradeId) ?? last }))
      .sort((a, b) => a.id - b.id);
    const [before, anew] = [numbered.filter(({ id }) => id > last), numbered.filter(({ id }) => id <= last)];
    return [...before, ...anew].map(({ trade }) => trade);
  }

  /** A trade was fetched. */
  fill(trade: ToldTrade): void {
    const id = parseTradeId(trade.tradeId);
    if (id === null) return;
    this.#sendAll(this.#continuity.fill({ id, timeMs: timeOf(trade) }, { trade, id, message: null }));
  }

  /** What the stream has brought itself ends the wait as well as what is fetched. */
  #follow(): void {
    this.#sendAll(this.#continuity.follow());
    if (!this.isCatchingUp) this.#beWhole();
  }

  /** Sends what was held, up to the next gap. @returns that gap; null: nothing is missing any more. */
  drain(): Gap | null {
    const { released, gap } = this.#continuity.drain();
    this.#sendAll(released);
    if (gap === null) this.#beWhole();
    return gap;
  }

  /** Sends what was held and leaves out what is missing. @returns what was left out. */
  giveUp(): Gap[] {
    const gaps: Gap[] = [];
    for (let gap = this.drain(); gap !== null; gap = this.drain()) {
      gaps.push(gap);
      this.#continuity.passOver(gap);
    }
    return gaps;
  }

  #beWhole(): void {
    this.#catchingUpSince = null;
    this.#lacking.abort();
    this.#lacking = new AbortController();
  }

  #sendAll(released: readonly Received[]): void {
    for (const { trade, id, message } of released) this.#send(trade, id, message);
  }

  #send(trade: ToldTrade, id: number, message: ReceivedMessage | null): void {
    // Where a time is not believed, the one before it will do: more is asked for than is missing.
    this.#lastTimeMs = timeOf(trade) ?? this.#lastTimeMs;
    this.#outlet.sendTrade(trade, { tradeId: id, timeMs: this.#lastTimeMs });
    if (message !== null) this.#outlet.archive(message);
  }

  /** Beside the row: nothing is asked for from there on. */
  #sendAside(trade: ToldTrade, message: ReceivedMessage | null): void {
    this.#outlet.sendTrade(trade, null);
    if (message !== null) this.#outlet.archive(message);
  }
}

function timeOf({ timeMs, receivedAtMs, isAnswer, quality }: ToldTrade): number | null {
  return isTradeTime(timeMs, receivedAtMs, isAnswer) && quality === undefined ? timeMs : null;
}
