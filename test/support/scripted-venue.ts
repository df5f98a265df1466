import type { SocketListener, VenueTransport } from '../../collector/live/venue-transport.ts';
import type { SimulatedProcess } from './simulated-time.ts';

/** A connection to the venue, as the venue sees it. */
export interface ScriptedLine {
  readonly url: string;
  /** What the listener has said, in its order. */
  readonly heard: string[];
  /** Whether the listener has not ended it. */
  readonly isOpen: boolean;
  say(message: unknown): void;
  cut(): void;
}

const WAY_MS = 1;

/** A venue that says what a test has it say, and answers questions as it is told to. */
export class ScriptedVenue {
  /** Every connection that was made, in order. */
  readonly lines: ScriptedLine[] = [];
  /** Every question that was asked. */
  readonly asked: string[] = [];
  /** It takes no connection. */
  isDown = false;
  /** How long an answer takes. */
  delayMs = WAY_MS;
  /** What a question is answered with. What it throws is a connection that fails. */
  answer: (url: URL) => unknown = () => ({});
  readonly #process: SimulatedProcess;

  constructor(process: SimulatedProcess) {
    this.#process = process;
  }

  get transport(): VenueTransport {
    return {
      connect: (url, _, listener) => this.#connect(url, listener),
      get: async (url, { signal }) => {
        this.asked.push(url);
        await this.#process.sleep(this.delayMs, signal);
        return { status: 200, text: JSON.stringify(this.answer(new URL(url))), retryAfter: null };
      },
    };
  }

  #connect(url: string, listener: SocketListener): ReturnType<VenueTransport['connect']> {
    let isOpen = true;
    const later = (action: () => void): void => {
      this.#process.after(WAY_MS, () => {
        if (isOpen) action();
      });
    };
    const heard: string[] = [];
    this.lines.push({
      url,
      heard,
      get isOpen() {
        return isOpen;
      },
      say: (message) =>
        later(() => listener.onMessage(typeof message === 'string' ? message : JSON.stringify(message))),
      cut: () => later(() => listener.onEnd('cut')),
    });
    if (this.isDown) later(() => listener.onEnd('refused'));
    else later(() => listener.onOpen());
    return {
      ping: () => later(() => listener.onSign()),
      send: (text) => heard.push(text),
      pause: () => undefined,
      resume: () => undefined,
      terminate: () => (isOpen = false),
    };
  }
}
