import { binance } from './binance/protocol.ts';
import type { LiveProtocol } from './venue-protocol.ts';

const protocols = new Map<string, LiveProtocol>([binance].map((protocol) => [protocol.exchange, protocol]));

/** Exchanges whose messages are understood. */
export const SUPPORTED_EXCHANGES: readonly string[] = [...protocols.keys()];

/** `null`: nobody here speaks with that exchange. */
export function protocolOf(exchange: string): LiveProtocol | null {
  return protocols.get(exchange) ?? null;
}
