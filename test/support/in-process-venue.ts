import type { SocketListener, VenueTransport } from '../../collector/live/venue-transport.ts';
import { answerRest } from '../../simulator/binance-rest.ts';
import { TradeHistory, type TradeEvent } from '../../simulator/trade-history.ts';
import type { SimulatedProcess, SimulatedTime } from './simulated-time.ts';

/** Messages that the buffers of a line hold; a listener that does not read more of them is cut off. */
const BUFFERED = 300;
const LEAST_DELAY_MS = 1;

interface Line {
  readonly process: SimulatedProcess;
  readonly listener: SocketListener;
  /** Sent and not read yet. */
  unread: number;
  /** Nothing that is sent later arrives before it. */
  arrivesMs: number;
  isOpen: boolean;
  /** By the listener: what arrives waits. */
  held: (() => void)[] | null;
}

/** Binance without a network: what is sent and asked takes its time, and comes to processes that may sleep or be dead. */
export class InProcessVenue {
  readonly #time: SimulatedTime;
  readonly #random: () => number;
  readonly #restDelayMs: number;
  readonly #history = new TradeHistory();
  readonly #lines = new Set<Line>();

  /** @param restDelayMs REST takes so much longer. */
  constructor(time: SimulatedTime, random: () => number, restDelayMs = 0) {
    this.#restDelayMs = restDelayMs;
    this.#time = time;
    this.#random = random;
  }

  publish(messages: readonly string[]): void {
    for (const message of messages) {
      this.#history.note((JSON.parse(message) as { data: TradeEvent }).data);
      for (const line of this.#lines) this.#send(line, message);
    }
  }

  /** The venue as a process reaches it. */
  transportFor(process: SimulatedProcess): VenueTransport {
    return {
      connect: (_, __, listener) => {
        const line = {
          process,
          listener,
          unread: 0,
          arrivesMs: 0,
          isOpen: true,
          held: null as (() => void)[] | null,
        };
        this.#arrive(line, () => {
          this.#lines.add(line);
          listener.onOpen();
        });
        return {
          ping: () => this.#arrive(line, () => listener.onSign()),
          send: () => undefined,
          pause: () => (line.held ??= []),
          resume: () => {
            const held = line.held ?? [];
            line.held = null;
            for (const read of held) read();
          },
          terminate: () => this.#cut(line),
        };
      },
      get: async (url, { signal }) => {
        await process.sleep(this.#restDelayMs + this.#delayMs(60), signal);
        const { status, body } = answerRest(this.#history, url, this.#time.nowMs());
        const text = JSON.stringify(body);
        await process.sleep(this.#delayMs(60), signal);
        return { status, text, retryAfter: null };
      },
    };
  }

  /** Cuts every line without a word. */
  dropConnections(): void {
    for (const line of this.#lines) {
      this.#cut(line);
      line.process.after(0, () => line.listener.onEnd('cut'));
    }
  }

  #send(line: Line, message: string): void {
    if (++line.unread > BUFFERED) {
      this.#lines.delete(line);
      this.#arrive(line, () => line.listener.onEnd('the venue closed it'));
      return;
    }
    this.#arrive(line, () => {
      line.unread--;
      line.listener.onMessage(message);
    });
  }

  #cut(line: Line): void {
    line.isOpen = false;
    this.#lines.delete(line);
  }

  /** In the order in which it was sent, once the process is there to read it. */
  #arrive(line: Line, read: () => void): void {
    const now = this.#time.nowMs();
    line.arrivesMs = Math.max(line.arrivesMs, now + this.#delayMs(20));
    const readIfOpen = (): void => {
      if (!line.isOpen) return;
      if (line.held === null) read();
      else line.held.push(readIfOpen);
    };
    line.process.after(line.arrivesMs - now, readIfOpen);
  }

  #delayMs(most: number): number {
    return LEAST_DELAY_MS + Math.floor(this.#random() * most);
  }
}
