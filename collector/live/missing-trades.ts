import type { CatchUp } from './catch-up.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { OpenConnection } from './live-line.ts';

/** When trades are missing, or may be, and over which connection they are asked for. */
export class MissingTrades {
  readonly #catchUp: CatchUp;
  readonly #inBackground: (work: Promise<void>, signal: AbortSignal) => void;

  /** @param inBackground takes care of what fails. */
  constructor(catchUp: CatchUp, inBackground: (work: Promise<void>, signal: AbortSignal) => void) {
    this.#catchUp = catchUp;
    this.#inBackground = inBackground;
  }

  /**
   * What was sent while nobody listened is fetched first, for quiet instruments too: no trade would tell of it soon. In a
   * moment the stream itself says of many that nothing is missing.
   * The session goes on: another connection is no reason to doubt what proves to be whole.
   */
  connected(connection: OpenConnection): void {
    for (const feed of connection.feeds) this.#begin(feed, connection, true);
  }

  /** Messages are missing, of which none may tell by itself. What is being fetched already needs no second word. */
  messagesLost(connection: OpenConnection): void {
    for (const feed of connection.feeds) if (!feed.isCatchingUp) this.unheard(feed, connection);
  }

  /** Nothing comes of an instrument, though it is traded. */
  unheard(feed: InstrumentFeed, connection: OpenConnection): void {
    this.#begin(feed, connection, askNewest(feed, connection));
  }

  /** The feed has noticed it by itself. */
  noticed(feed: InstrumentFeed, connection: OpenConnection): void {
    this.#fetch(feed, connection, askNewest(feed, connection));
  }

  #begin(feed: InstrumentFeed, connection: OpenConnection, isTold: boolean): void {
    if (feed.lastId === null) return;
    feed.beginCatchUp();
    this.#fetch(feed, connection, isTold);
  }

  /** @param isTold the venue is about to say over the connection what may be enough. */
  #fetch(feed: InstrumentFeed, { id, signal }: OpenConnection, isTold: boolean): void {
    this.#inBackground(this.#catchUp.run(feed, id, isTold, signal), signal);
  }
}

/** @returns whether the venue can be asked for its newest trades over the connection. */
function askNewest(feed: InstrumentFeed, { newest }: OpenConnection): boolean {
  newest?.ask(feed);
  return newest !== null;
}
