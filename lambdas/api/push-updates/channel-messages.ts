import type { EventBridgeEvent } from 'aws-lambda';
import { eventSchemas, type ClosedCandle } from '../../../shared/contracts/events.ts';
import {
  accountChannel,
  booksChannel,
  candlesChannel,
  QUALITY_CHANNEL,
  qualityChannel,
  pricesChannel,
  quotesChannel,
  type ChannelMessage,
} from '../../../shared/contracts/socket-messages.ts';
import { intervalMs } from '../../../shared/domain/candles/interval.ts';

export type PushedDetailType =
  'CandlesClosedV1' | 'QuotesChangedV1' | 'QualityNotedV1' | 'OrderChangedV1' | 'PortfolioChangedV1';
export type PushedEvent = EventBridgeEvent<PushedDetailType, unknown>;

/** What an event has to say to each channel, in order. Of several prices of an instrument only the latest counts. */
export function messagesOf(event: PushedEvent): ChannelMessage[] {
  switch (event['detail-type']) {
    case 'CandlesClosedV1': {
      const { candles } = eventSchemas.CandlesClosedV1.parse(event.detail);
      return [...candles.map(candleMessage), ...priceMessages(candles)];
    }
    case 'QuotesChangedV1': {
      const { quotes, books } = eventSchemas.QuotesChangedV1.parse(event.detail);
      return [
        ...quotes.map((data): ChannelMessage => {
          return { channel: quotesChannel(data.instrumentId), type: 'quote', data };
        }),
        ...books.map((data): ChannelMessage => {
          return { channel: booksChannel(data.instrumentId), type: 'book', data };
        }),
      ];
    }
    case 'QualityNotedV1': {
      const { events } = eventSchemas.QualityNotedV1.parse(event.detail);
      return events.flatMap((data): ChannelMessage[] =>
        [QUALITY_CHANNEL, qualityChannel(data.instrumentId)].map((channel) => ({
          channel,
          type: 'quality',
          data,
        })),
      );
    }
    case 'OrderChangedV1': {
      const { order } = eventSchemas.OrderChangedV1.parse(event.detail);
      return [{ channel: accountChannel('orders', order.accountId), type: 'order', data: order }];
    }
    case 'PortfolioChangedV1': {
      const change = eventSchemas.PortfolioChangedV1.parse(event.detail);
      return [
        { channel: accountChannel('portfolio', change.fill.accountId), type: 'portfolio', data: change },
      ];
    }
  }
}

function candleMessage({
  previousOpenTimeMs: _,
  venueOffsetMs: __,
  ...candle
}: ClosedCandle): ChannelMessage {
  return { channel: candlesChannel(candle.instrumentId, candle.interval), type: 'candle', data: candle };
}

function priceMessages(candles: readonly ClosedCandle[]): ChannelMessage[] {
  const latest = new Map<string, ClosedCandle>();
  for (const candle of candles) {
    if (candle.interval !== '1s') continue;
    const known = latest.get(candle.instrumentId);
    if (known === undefined || candle.openTimeMs >= known.openTimeMs) latest.set(candle.instrumentId, candle);
  }
  return [...latest.values()].map(({ instrumentId, close, openTimeMs }) => ({
    channel: pricesChannel(instrumentId),
    type: 'price',
    data: { instrumentId, price: close, timeMs: openTimeMs + intervalMs('1s') },
  }));
}
