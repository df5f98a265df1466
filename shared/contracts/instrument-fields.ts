import * as z from 'zod';
import { INSTRUMENT_ID, isInstrumentId } from '../domain/market-data/instrument.ts';

export const instrumentId = z
  .string()
  .normalize('NFC')
  .refine(isInstrumentId, { error: 'expected exchange:BASE-QUOTE, such as binance:BTC-USDT' })
  .meta({ pattern: INSTRUMENT_ID.source, examples: ['binance:BTC-USDT'] });

export const timeMs = z.int().min(0);

export const venueOffsetMs = z.int().meta({
  description:
    'How far the venue’s clock is ahead of ours. Left out where none is listened to, as in a replay.',
});
