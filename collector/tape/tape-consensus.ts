import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { ToldTrade } from '../../shared/contracts/lane-rows.ts';
import { VenueConsensus } from '../../shared/domain/market-data/venue-consensus.ts';
import { compareBook, compareTrade } from '../outlet/compared-prices.ts';
import { FlaggedDisagreement } from '../outlet/flagged-disagreement.ts';
import type { TapeMessage } from './tape-message.ts';

/** Observations that are begun and over while one goes on; whoever names more is making them up. */
const MAX_SESSIONS = 1000;

/**
 * Which venues of a tape disagree. What a collector recorded says so itself, in lines of its own: its flags are told again as they
 * were, whatever of the recording is there. Of any other capture the venues are compared as they would have been live.
 */
export class TapeConsensus {
  readonly #consensus = new VenueConsensus();
  readonly #compared = new Map<string, FlaggedDisagreement>();
  /** By session. */
  readonly #recorded = new Map<string, FlaggedDisagreement>();

  /** To be called with each message, before anything that it tells. */
  enter({ capture, events, receivedAtMs }: TapeMessage): void {
    const { session } = capture;
    const [first] = events;
    if (first?.kind === 'disagreement') {
      if (session !== undefined) this.#recordedOf(session).disagreeing = first.instrumentIds;
      return;
    }
    for (const exchange of this.#consensus.pass(receivedAtMs))
      this.#comparedOf(exchange).disagreeing = this.#consensus.disagreeing(exchange);
  }

  trade<Told extends ToldTrade>({ capture }: TapeMessage, trade: Told): Told {
    compareTrade(this.#consensus, trade);
    return this.#flags(capture)?.trade(trade) ?? trade;
  }

  books({ capture }: TapeMessage, rows: readonly ToldBook[]): readonly ToldBook[] {
    for (const row of rows) compareBook(this.#consensus, row);
    const flags = this.#flags(capture);
    return flags === undefined ? rows : rows.map((row) => flags.book(row));
  }

  /** undefined: nothing was ever said against the exchange. */
  #flags({ session, exchange }: TapeMessage['capture']): FlaggedDisagreement | undefined {
    const recorded = session === undefined ? undefined : this.#recorded.get(session);
    return recorded ?? this.#compared.get(exchange);
  }

  #comparedOf(exchange: string): FlaggedDisagreement {
    let flags = this.#compared.get(exchange);
    if (flags === undefined) this.#compared.set(exchange, (flags = new FlaggedDisagreement()));
    return flags;
  }

  #recordedOf(session: string): FlaggedDisagreement {
    let flags = this.#recorded.get(session);
    if (flags !== undefined) return flags;
    if (this.#recorded.size >= MAX_SESSIONS) this.#recorded.delete(this.#recorded.keys().next().value!);
    this.#recorded.set(session, (flags = new FlaggedDisagreement()));
    return flags;
  }
}
