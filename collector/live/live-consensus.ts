import type { ToldBook } from '../../shared/adapters/exchanges/followed-book.ts';
import type { ToldTrade } from '../../shared/contracts/lane-rows.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { VenueConsensus } from '../../shared/domain/market-data/venue-consensus.ts';
import { compareBook, compareTrade } from '../outlet/compared-prices.ts';

/** Told which instruments of its exchange disagree from now on. */
type Listener = (disagreeing: readonly InstrumentId[]) => void;

/**
 * Where the collectors of one process meet: each tells what it sends, and hears which of its instruments are told at other prices
 * than at the other venues. A collector alone hears of none.
 */
export class LiveConsensus {
  readonly #consensus = new VenueConsensus();
  readonly #listeners = new Map<string, Listener>();

  /** One collector listens to an exchange at a time. @returns what ends it. */
  join(exchange: string, listener: Listener): () => void {
    this.#listeners.set(exchange, listener);
    return () => {
      if (this.#listeners.get(exchange) !== listener) return;
      this.#listeners.delete(exchange);
      this.#consensus.forget(exchange);
    };
  }

  /** A message was received, of whichever exchange: to be called before anything that it tells is sent. */
  pass(receivedAtMs: number): void {
    for (const exchange of this.#consensus.pass(receivedAtMs))
      this.#listeners.get(exchange)?.(this.#consensus.disagreeing(exchange));
  }

  trade(trade: ToldTrade): void {
    compareTrade(this.#consensus, trade);
  }

  book(told: ToldBook): void {
    compareBook(this.#consensus, told);
  }
}
