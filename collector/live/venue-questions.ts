import type { Decoder, LiveVenue, VenueEvent, VenueRequest } from '../../shared/adapters/exchanges/venue.ts';
import type { InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { fetchText, type FetchedText, type Patience } from './fetch-text.ts';
import type { InstrumentFeed } from './instrument-feed.ts';
import type { Time } from '../../shared/ports/time.ts';
import { RequestBudget } from './request-budget.ts';
import type { VenueTransport } from './venue-transport.ts';

export interface VenueQuestionsOptions {
  readonly live: LiveVenue;
  /** Of the answers. */
  readonly decoder: Decoder;
  readonly restEndpoint: string;
  readonly transport: VenueTransport;
  readonly time: Time;
  readonly timeoutMs: number;
  /** By so much REST answers may lag behind the stream. */
  readonly lagMs: number;
  readonly random: () => number;
}

const FEW_ATTEMPTS = { kind: 'attempts', attempts: 3 } as const;
/** A silent connection is judged by the busiest of its instruments, so many. */
const MAX_ASKED = 5;

/** What a venue is asked over REST, all of it within one budget. */
export class VenueQuestions {
  readonly #options: VenueQuestionsOptions;
  readonly #budget: RequestBudget;
  /** Newest trades of instruments that have never sent one. */
  readonly #newestUnheard = new Map<InstrumentId, number>();

  constructor(options: VenueQuestionsOptions) {
    this.#options = options;
    this.#budget = new RequestBudget({ ...options.live.limits, time: options.time });
  }

  async fetch(request: VenueRequest, patience: Patience, signal: AbortSignal): Promise<FetchedText> {
    const { transport, time, timeoutMs, random } = this.#options;
    return fetchText(request, { transport, budget: this.#budget, time, signal, timeoutMs, patience, random });
  }

  /** Whether the venue's limits leave room for a question now. */
  hasRoom({ weight, urgency }: VenueRequest): boolean {
    return this.#budget.hasRoom(weight, urgency);
  }

  /** The venue's clock. `null`: it does not say. */
  async venueTimeMs(signal: AbortSignal): Promise<number | null> {
    const { live, restEndpoint } = this.#options;
    const answer = await this.#ask(live.time(restEndpoint), signal);
    if (answer.kind === 'failed') return null;
    return answer.events.find((event) => event.kind === 'clock')?.venueTimeMs ?? null;
  }

  /** Whether the venue has newer trades than its stream has brought, a moment's grace given. */
  async isMarketGoingOn(feeds: Iterable<InstrumentFeed>, signal: AbortSignal): Promise<boolean> {
    const { time, lagMs } = this.#options;
    const asked = [...feeds].sort((a, b) => b.received - a.received).slice(0, MAX_ASKED);
    const newest = await Promise.all(asked.map(async (feed) => this.#newestId(feed.instrumentId, signal)));
    await time.sleep(lagMs, signal);
    return asked.some(({ lastId, instrumentId }, n) => {
      const known = lastId ?? this.#newestUnheard.get(instrumentId);
      if (known === undefined) this.#newestUnheard.set(instrumentId, newest[n]!);
      return known !== undefined && newest[n]! > known;
    });
  }

  async #newestId(instrumentId: InstrumentId, signal: AbortSignal): Promise<number> {
    const { live, restEndpoint } = this.#options;
    const answer = await this.#ask(live.latestTrade(restEndpoint, instrumentId), signal);
    if (answer.kind === 'failed') throw new Error(answer.cause);
    const newest = answer.events.findLast((event) => event.kind === 'trade');
    return newest === undefined ? -1 : Number(newest.tradeId);
  }

  async #ask(request: VenueRequest, signal: AbortSignal): Promise<Answer> {
    const { decoder, time } = this.#options;
    const answer = await this.fetch(request, FEW_ATTEMPTS, signal);
    if (answer.kind === 'failed') return answer;
    const message = { kind: 'rest', url: request.url, message: answer.text };
    return { kind: 'events', events: decoder.read(message, time.nowMs()) };
  }
}

type Answer =
  | { readonly kind: 'events'; readonly events: readonly VenueEvent[] }
  | Extract<FetchedText, { kind: 'failed' }>;
