/** The WebSocket: how to get in, what a client may say, and what it hears. */
import * as z from 'zod';
import { ACCOUNT_ID } from '../domain/accounts/account.ts';
import { isInterval, INTERVALS, type Interval } from '../domain/candles/interval.ts';
import { isInstrumentId, type InstrumentId } from '../domain/market-data/instrument.ts';
import { PAPER_ACCOUNT_ID } from './account-routes.ts';
import { bookView, quoteView } from './book-views.ts';
import { candleView, fill, orderView, positionView, timeMs } from './events.ts';
import { qualityEventView } from './quality-views.ts';
import { priceView } from './market-views.ts';

/** One use, within half a minute, as `?ticket=` of the WebSocket’s address. */
export const socketTicket = z.strictObject({ ticket: z.string(), expiresAtMs: timeMs });

export const MAX_CHANNELS_A_CONNECTION = 100;

export type Channel =
  | { readonly kind: 'prices' | 'quotes' | 'books' | 'quality'; readonly instrumentId: InstrumentId }
  | { readonly kind: 'candles'; readonly instrumentId: InstrumentId; readonly interval: Interval }
  | { readonly kind: 'all-quality' }
  | { readonly kind: 'orders' | 'portfolio'; readonly accountId: string };

export const pricesChannel = (instrumentId: InstrumentId): string => `prices:${instrumentId}`;
export const quotesChannel = (instrumentId: InstrumentId): string => `quotes:${instrumentId}`;
export const booksChannel = (instrumentId: InstrumentId): string => `books:${instrumentId}`;
export const qualityChannel = (instrumentId: InstrumentId): string => `quality:${instrumentId}`;
export const candlesChannel = (instrumentId: InstrumentId, interval: Interval): string =>
  `candles:${instrumentId}:${interval}`;
/** Of every instrument. */
export const QUALITY_CHANNEL = 'quality';
/** Of an account; that of the account `paper` has no name behind it, as when there was no other. */
export const accountChannel = (kind: 'orders' | 'portfolio', accountId: string): string =>
  accountId === PAPER_ACCOUNT_ID ? kind : `${kind}:${accountId}`;

/** @returns null when the text names no channel. */
export function parseChannel(text: string): Channel | null {
  if (text === QUALITY_CHANNEL) return { kind: 'all-quality' };
  const [kind, exchange, pair, interval, ...rest] = text.split(':');
  if (kind === 'orders' || kind === 'portfolio') {
    const accountId = exchange ?? PAPER_ACCOUNT_ID;
    return ACCOUNT_ID.test(accountId) && text === accountChannel(kind, accountId)
      ? { kind, accountId }
      : null;
  }
  const instrumentId = `${exchange ?? ''}:${pair ?? ''}`;
  if (rest.length > 0 || !isInstrumentId(instrumentId)) return null;
  const isWithoutInterval = kind === 'prices' || kind === 'quotes' || kind === 'books' || kind === 'quality';
  if (isWithoutInterval && interval === undefined) return { kind, instrumentId };
  if (kind === 'candles' && interval !== undefined && isInterval(interval))
    return { kind, instrumentId, interval };
  return null;
}

const channel = z
  .string()
  .max(100)
  .normalize('NFC')
  .refine((text) => parseChannel(text) !== null, {
    error:
      'expected prices:<instrumentId>, quotes:<instrumentId>, books:<instrumentId>, ' +
      'quality:<instrumentId>, candles:<instrumentId>:<interval>, quality, orders or portfolio, ' +
      'or orders:<accountId> or portfolio:<accountId> of another account than paper; ' +
      `candles are built for ${INTERVALS.join(', ')}`,
  });

export const socketRequest = z.strictObject({
  action: z.enum(['subscribe', 'unsubscribe']),
  channels: z.array(channel).min(1).max(MAX_CHANNELS_A_CONNECTION),
});
export type SocketRequest = z.infer<typeof socketRequest>;

/** The answers to a request. */
export const socketAnswer = z.discriminatedUnion('type', [
  /** All channels in force after the request, in order of name. */
  z.strictObject({ type: z.literal('subscribed'), channels: z.array(z.string()) }),
  z.strictObject({ type: z.literal('error'), detail: z.string() }),
]);
export type SocketAnswer = z.infer<typeof socketAnswer>;

/** What is pushed to the subscribers of a channel. */
export const channelMessage = z.discriminatedUnion('type', [
  z.strictObject({ channel: z.string(), type: z.literal('price'), data: priceView }),
  z.strictObject({ channel: z.string(), type: z.literal('quote'), data: quoteView }),
  z.strictObject({ channel: z.string(), type: z.literal('book'), data: bookView }),
  z.strictObject({ channel: z.string(), type: z.literal('quality'), data: qualityEventView }),
  z.strictObject({ channel: z.string(), type: z.literal('candle'), data: candleView }),
  z.strictObject({ channel: z.string(), type: z.literal('order'), data: orderView }),
  z.strictObject({
    channel: z.string(),
    type: z.literal('portfolio'),
    data: z.object({ fill, position: positionView }),
  }),
]);
export type ChannelMessage = z.infer<typeof channelMessage>;
