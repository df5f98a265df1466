/** The WebSocket of the page: one connection for all panels, which say what they want to hear. */
import type { ChannelMessage, SocketAnswer } from '../../shared/contracts/socket-messages.ts';
import {
  firstState,
  step,
  type SocketEffect,
  type SocketEvent,
  type SocketState,
} from './socket-lifecycle.ts';

export interface Connection {
  send(text: string): void;
  close(): void;
}

/** What a connection tells; never while it is being made. */
export interface ConnectionListeners {
  onOpen(): void;
  onClose(): void;
  onMessage(text: string): void;
}

export interface LiveSocketOptions {
  /** @throws Error that says why there is none */
  readonly askForTicket: () => Promise<string>;
  readonly connect: (ticket: string, listeners: ConnectionListeners) => Connection;
  readonly nowMs?: () => number;
  readonly random?: () => number;
}

export interface Liveness {
  readonly state: SocketState;
  /** Connections so far: when it grows, something may have been missed. */
  readonly connections: number;
}

type ChannelListener = (message: ChannelMessage) => void;

export class LiveSocket {
  readonly #options: LiveSocketOptions;
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #listeners = new Map<string, Set<ChannelListener>>();
  readonly #watchers = new Set<() => void>();
  readonly #complaints = new Set<(detail: string) => void>();
  #liveness: Liveness;
  #connection: Connection | null = null;

  constructor(options: LiveSocketOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#liveness = { state: { kind: 'stopped' }, connections: 0 };
  }

  get liveness(): Liveness {
    return this.#liveness;
  }

  start(): void {
    const first = firstState(this.#nowMs());
    this.#become(first.state, first.effects);
  }

  /** To be called about once a second: it makes time pass. */
  tick(): void {
    this.#handle({ kind: 'tick' });
  }

  /** To be called when there is a network or somebody who looks again. */
  wake(): void {
    this.#handle({ kind: 'woken' });
  }

  stop(): void {
    this.#handle({ kind: 'stop' });
  }

  /** @returns what ends it */
  subscribe(channel: string, listener: ChannelListener): () => void {
    const known = this.#listeners.get(channel);
    const listeners = known ?? new Set();
    listeners.add(listener);
    if (known === undefined) {
      this.#listeners.set(channel, listeners);
      this.#say('subscribe', [channel]);
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      this.#say('unsubscribe', [channel]);
    };
  }

  /** Hears of each change of the state. @returns what ends it */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Hears what the platform had to refuse. @returns what ends it */
  onComplaint(listener: (detail: string) => void): () => void {
    this.#complaints.add(listener);
    return () => this.#complaints.delete(listener);
  }

  #handle(event: SocketEvent): void {
    const { state, effects } = step(this.#liveness.state, event, this.#nowMs(), this.#random());
    this.#become(state, effects);
  }

  #become(state: SocketState, effects: readonly SocketEffect[]): void {
    const { state: before, connections } = this.#liveness;
    const hasOpened = state.kind === 'open' && before.kind !== 'open';
    this.#liveness = { state, connections: connections + Number(hasOpened) };
    for (const effect of effects) this.#carryOut(effect);
    if (state !== before) for (const watcher of [...this.#watchers]) watcher();
  }

  #carryOut(effect: SocketEffect): void {
    switch (effect.kind) {
      case 'ask-for-ticket':
        this.#options.askForTicket().then(
          (ticket) => this.#handle({ kind: 'ticket', ticket }),
          (error: unknown) =>
            this.#handle({ kind: 'failed', cause: error instanceof Error ? error.message : String(error) }),
        );
        return;
      case 'connect':
        this.#open(effect.ticket);
        return;
      case 'subscribe-all':
        this.#say('subscribe', [...this.#listeners.keys()]);
        return;
      case 'disconnect':
        this.#close();
    }
  }

  #open(ticket: string): void {
    const isCurrent = (): boolean => this.#connection === connection;
    const connection = this.#options.connect(ticket, {
      onOpen: () => {
        if (isCurrent()) this.#handle({ kind: 'opened' });
      },
      onClose: () => {
        if (isCurrent()) this.#handle({ kind: 'failed', cause: 'the connection was closed' });
      },
      onMessage: (text) => {
        if (!isCurrent()) return;
        this.#handle({ kind: 'heard' });
        this.#deliver(text);
      },
    });
    this.#connection = connection;
  }

  /** What a connection says after this concerns nobody. */
  #close(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.close();
  }

  #say(action: 'subscribe' | 'unsubscribe', channels: readonly string[]): void {
    if (this.#liveness.state.kind !== 'open' || channels.length === 0) return;
    this.#connection?.send(JSON.stringify({ action, channels }));
  }

  #deliver(text: string): void {
    const message = parse(text);
    if (message === null) return this.#complain(`unreadable message: ${text.slice(0, 100)}`);
    if (message.type === 'error') return this.#complain(message.detail);
    if (message.type === 'subscribed') return;
    for (const listener of [...(this.#listeners.get(message.channel) ?? [])]) listener(message);
  }

  #complain(detail: string): void {
    for (const listener of [...this.#complaints]) listener(detail);
  }
}

function parse(text: string): ChannelMessage | SocketAnswer | null {
  try {
    const message = JSON.parse(text) as unknown;
    const isMessage = typeof message === 'object' && message !== null && 'type' in message;
    return isMessage ? (message as ChannelMessage | SocketAnswer) : null;
  } catch {
    return null;
  }
}
