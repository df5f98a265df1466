import { receivedAtMs } from '../../shared/contracts/capture.ts';
import type { BinanceVenue } from '../../simulator/binance-venue.ts';
import type { SyntheticMarket } from '../../simulator/synthetic-market.ts';

const TICK_MS = 20;

/**
 * Lets a market trade at a venue as the day goes on.
 * @param published takes the venue's name of every trade: its symbol and id.
 * @returns what ends it.
 */
export function tradeInRealTime(
  venue: BinanceVenue,
  market: SyntheticMarket,
  published: Set<string>,
): () => void {
  let fromMs = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    const messages = messagesBetween(market, fromMs, now);
    venue.publish(messages);
    for (const message of messages) {
      const { s, t } = (JSON.parse(message) as { data: { s: string; t: number } }).data;
      published.add(`${s} ${t}`);
    }
    fromMs = now;
  }, TICK_MS);
  return () => clearInterval(timer);
}

/** The trades of a market, as its messages. @param fromMs included. */
export function messagesBetween(market: SyntheticMarket, fromMs: number, toMs: number): string[] {
  const messages: string[] = [];
  for (let second = Math.floor(fromMs / 1000); second * 1000 < toMs; second++) {
    for (const { kind, receivedAtNs, message } of market.messagesOf(second)) {
      const atMs = receivedAtMs(receivedAtNs);
      if (kind === 'ws' && atMs >= fromMs && atMs < toMs) messages.push(message);
    }
  }
  return messages;
}
