/** The REST and WebSocket API as a client of a deployment sees them. */
import WebSocket from 'ws';
import type * as z from 'zod';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

export class ApiClient {
  readonly #url: string;
  readonly #token: string | null;

  /** @param token null: a stranger. */
  constructor(url: string, token: string | null) {
    this.#url = url;
    this.#token = token;
  }

  async get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  async post(path: string, body: object): Promise<Answer> {
    return this.ask('POST', path, body);
  }

  /** What a successful answer says, held against its contract. */
  async read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    const { status, body } = await this.get(path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    return schema.parse(body);
  }

  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
  }
}

interface SocketMessage {
  readonly type: string;
}

export interface SocketClient {
  /** Every message so far. */
  readonly messages: readonly SocketMessage[];
  send(message: object): void;
  close(): Promise<void>;
}

/** @throws Error when the server does not let it in. */
export async function openSocket(url: string, ticket: string): Promise<SocketClient> {
  const socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`);
  const messages: SocketMessage[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as SocketMessage));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    messages,
    send: (message) => socket.send(JSON.stringify(message)),
    close: async () => {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.close();
      await closed;
    },
  };
}
