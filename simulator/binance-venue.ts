import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { answerRest } from './binance-rest.ts';
import { TradeHistory, type TradeEvent } from './trade-history.ts';

/** What the venue does wrong, changed as a test goes on. */
export interface VenueFaults {
  /** `messages`: it sends nothing, but answers pings; `everything`: the line is dead and nobody says so. */
  silence: 'none' | 'messages' | 'everything';
  /** Trades that the stream leaves out; REST has them. */
  skips: (event: TradeEvent) => boolean;
  /** Messages come so much later. */
  delayMs: number;
  /** What REST answers with; 200 is well. */
  restStatus: number;
  /** REST takes so much longer. */
  restDelayMs: number;
  /** REST does not know a trade until so long after it was made. */
  restLagMs: number;
}

const NO_FAULTS: Readonly<VenueFaults> = {
  silence: 'none',
  skips: () => false,
  delayMs: 0,
  restStatus: 200,
  restDelayMs: 0,
  restLagMs: 0,
};

/**
 * Binance on localhost: the combined stream of trades and the REST interface that fills its gaps, fed with recorded or
 * made-up messages, with faults on request.
 */
export class BinanceVenue {
  readonly faults: VenueFaults = { ...NO_FAULTS };
  /** The venue's clock runs so much ahead of ours. */
  clockAheadMs = 0;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #history = new TradeHistory();
  /** Each listener and the streams that it asked for. */
  readonly #listeners = new Map<WebSocket, ReadonlySet<string>>();
  #connectionsMade = 0;

  private constructor() {
    this.#sockets = new WebSocketServer({ noServer: true, autoPong: false });
    this.#http = createServer((request, response) => void this.#answer(request, response));
    this.#http.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (listener) => this.#welcome(listener, request));
    });
  }

  static async open(): Promise<BinanceVenue> {
    const venue = new BinanceVenue();
    await new Promise<void>((resolve) => venue.#http.listen(0, '127.0.0.1', resolve));
    return venue;
  }

  get endpoints(): { readonly ws: string; readonly rest: string } {
    const { port } = this.#http.address() as AddressInfo;
    return { ws: `ws://127.0.0.1:${port}`, rest: `http://127.0.0.1:${port}` };
  }

  /** Listeners now. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Connections made since the venue opened. */
  get connectionsMade(): number {
    return this.#connectionsMade;
  }

  /** The market trades: every message goes to those who listen to its stream, and into the history. */
  publish(messages: readonly string[]): void {
    for (const message of messages) {
      const { stream, data } = JSON.parse(message) as { stream: string; data: TradeEvent };
      this.#remember(data);
      if (this.faults.silence !== 'none' || this.faults.skips(data)) continue;
      for (const [listener, streams] of this.#listeners)
        if (streams.has(stream)) this.#send(listener, message);
    }
  }

  #remember(event: TradeEvent): void {
    const { restLagMs } = this.faults;
    if (restLagMs === 0) this.#history.note(event);
    else setTimeout(() => this.#history.note(event), restLagMs);
  }

  /** Sends a text to everybody, whatever it is. */
  sendToAll(text: string): void {
    for (const listener of this.#listeners.keys()) this.#send(listener, text);
  }

  /** Cuts every line without a word. */
  dropConnections(): void {
    for (const listener of this.#listeners.keys()) listener.terminate();
  }

  async close(): Promise<void> {
    this.dropConnections();
    this.#sockets.close();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #welcome(listener: WebSocket, request: IncomingMessage): void {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    this.#listeners.set(listener, new Set(searchParams.get('streams')?.split('/')));
    this.#connectionsMade++;
    listener.on('ping', (data) => {
      if (this.faults.silence !== 'everything') listener.pong(data);
    });
    listener.on('close', () => this.#listeners.delete(listener));
    listener.on('error', () => listener.terminate());
  }

  #send(listener: WebSocket, text: string): void {
    const { delayMs } = this.faults;
    if (delayMs === 0) listener.send(text);
    else setTimeout(() => listener.send(text, () => undefined), delayMs);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { restStatus, restDelayMs } = this.faults;
    if (restDelayMs > 0) await sleep(restDelayMs);
    const { status, body } =
      restStatus === 200
        ? answerRest(this.#history, request.url ?? '/', Date.now() + this.clockAheadMs)
        : { status: restStatus, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
