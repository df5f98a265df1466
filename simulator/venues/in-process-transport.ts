/**
 * The way to simulated venues without a network: texts and answers take their time and keep their order. It is what a
 * collector takes for its transport; it does not know the collector.
 */
import type { SimulatedVenue, VenueLink } from './simulated-venue.ts';

interface WayTime {
  nowMs(): number;
  after(ms: number, action: () => void): () => void;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface InProcessTransportOptions {
  readonly venues: readonly SimulatedVenue[];
  readonly time: WayTime;
  /** In [0, 1). */
  readonly random: () => number;
  /** The longest that a text is under way. */
  readonly mostMs?: number;
}

interface SocketListener {
  onOpen(): void;
  onMessage(text: string): void;
  onSign(): void;
  onEnd(cause: string): void;
}

interface Socket {
  ping(): void;
  send(text: string): void;
  pause(): void;
  resume(): void;
  terminate(): void;
}

export interface InProcessTransport {
  connect(url: string, handshakeMs: number, listener: SocketListener): Socket;
  get(
    url: string,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<{ readonly status: number; readonly text: string; readonly retryAfter: string | null }>;
}

const MOST_MS = 20;
const REST_MS = 40;

/** Where a venue is found over this transport. */
export function inProcessEndpoints({ exchange, path }: SimulatedVenue): {
  readonly ws: string;
  readonly rest: string;
} {
  return { ws: `ws://${exchange}.localhost${path}`, rest: `http://${exchange}.localhost` };
}

export function inProcessTransport(options: InProcessTransportOptions): InProcessTransport {
  const { venues, time, random, mostMs = MOST_MS } = options;
  const venueAt = (url: URL): SimulatedVenue => {
    const venue = venues.find(({ exchange }) => url.hostname === `${exchange}.localhost`);
    if (venue === undefined) throw new Error(`no venue at ${url.hostname}`);
    return venue;
  };
  const restDelayMs = (): number => 1 + Math.floor(random() * REST_MS);
  return {
    connect: (address, _, listener) => {
      const url = new URL(address);
      return new InProcessSocket(venueAt(url), url.pathname + url.search, listener, time, () =>
        Math.ceil(random() * mostMs),
      );
    },
    get: async (address, { signal }) => {
      const url = new URL(address);
      await time.sleep(restDelayMs(), signal);
      const { status, body, retryAfter } = venueAt(url).answer(url.pathname + url.search);
      const text = JSON.stringify(body);
      await time.sleep(restDelayMs(), signal);
      return { status, text, retryAfter: retryAfter === null ? null : String(retryAfter) };
    },
  };
}

class InProcessSocket implements Socket {
  readonly #listener: SocketListener;
  readonly #time: WayTime;
  readonly #delayMs: () => number;
  #link: VenueLink | null = null;
  #isOpen = true;
  #isPaused = false;
  /** What is under way, in its order. */
  #underWay: (() => void)[] = [];
  /** What was read while it was paused. */
  #unread: (() => void)[] = [];
  #isArriving = false;
  #saidUntilMs = 0;

  constructor(
    venue: SimulatedVenue,
    target: string,
    listener: SocketListener,
    time: WayTime,
    delayMs: () => number,
  ) {
    this.#listener = listener;
    this.#time = time;
    this.#delayMs = delayMs;
    time.after(delayMs(), () => {
      if (!this.#isOpen) return;
      const greeting: string[] = [];
      let isGreeted = false;
      this.#link = venue.connect(target, {
        receive: (text) => {
          if (isGreeted) this.#arrive(() => listener.onMessage(text));
          else greeting.push(text);
        },
        cut: (cause) => this.#arrive(() => this.#end(cause)),
      });
      isGreeted = true;
      if (this.#link === null) this.#arrive(() => this.#end('refused'));
      else this.#arrive(() => listener.onOpen());
      for (const text of greeting) this.#arrive(() => listener.onMessage(text));
    });
  }

  ping(): void {
    this.#time.after(this.#delayMs(), () => {
      if (this.#link !== null) this.#arrive(() => this.#listener.onSign());
    });
  }

  send(text: string): void {
    // Nothing overtakes what was said before.
    const now = this.#time.nowMs();
    this.#saidUntilMs = Math.max(this.#saidUntilMs, now + this.#delayMs());
    this.#time.after(this.#saidUntilMs - now, () => this.#link?.hear(text));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const unread = this.#unread;
    this.#unread = [];
    for (const read of unread) this.#read(read);
  }

  terminate(): void {
    this.#isOpen = false;
    this.#link?.close();
    this.#link = null;
    this.#underWay = [];
    this.#unread = [];
  }

  #end(cause: string): void {
    this.#link = null;
    this.#listener.onEnd(cause);
  }

  /** What is sent while something is under way comes with it: one timer carries what a tick has to say. */
  #arrive(read: () => void): void {
    this.#underWay.push(read);
    if (this.#isArriving) return;
    this.#isArriving = true;
    this.#time.after(this.#delayMs(), () => {
      this.#isArriving = false;
      const arrived = this.#underWay;
      this.#underWay = [];
      for (const each of arrived) this.#read(each);
    });
  }

  #read(read: () => void): void {
    if (!this.#isOpen) return;
    if (this.#isPaused) this.#unread.push(read);
    else read();
  }
}
