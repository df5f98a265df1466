/** Reads the books of Kraken. https://docs.kraken.com/api/docs/websocket-v2/book */
import type { BookRules } from '../../../domain/market-data/book/book-keeper.ts';
import type { InstrumentId } from '../../../domain/market-data/instrument.ts';
import { isFields, isoTimeMs, shown, type Fields } from '../told-fields.ts';
import { toldLevel, toldLevels } from '../told-levels.ts';
import type { VenueEvent } from '../venue.ts';
import type { BookDepths } from './book-depths.ts';
import { checksumOf } from './book-checksum.ts';

/** Updates are not numbered; each carries a checksum of the best levels that it leaves. */
export const krakenBooks: BookRules = { snapshot: 'told', checksum: checksumOf };

/** One of the books of a `book` message. @param type of the message. */
export function readBook(
  instrumentId: InstrumentId,
  type: unknown,
  fields: Fields,
  depths: BookDepths,
): VenueEvent {
  const { bids: b, asks: a, checksum, timestamp } = fields;
  const bids = toldLevels(b ?? [], levelOf);
  const asks = toldLevels(a ?? [], levelOf);
  if (bids === null || asks === null)
    return { kind: 'book-gap', instrumentId, cause: 'an update with a level that is none' };
  const sum = typeof checksum === 'number' ? checksum : null;
  if (type === 'snapshot') {
    depths.noteSnapshot(instrumentId, bids.length, asks.length);
    const depth = depths.of(instrumentId);
    return { kind: 'book-snapshot', instrumentId, updateId: null, bids, asks, checksum: sum, depth };
  }
  if (type !== 'update') return { kind: 'book-gap', instrumentId, cause: `levels of a type ${shown(type)}` };
  const [depth, venueTimeMs] = [depths.of(instrumentId), isoTimeMs(timestamp)];
  return { kind: 'book-delta', instrumentId, updateIds: null, bids, asks, checksum: sum, depth, venueTimeMs };
}

function levelOf(row: unknown): ReturnType<typeof toldLevel> {
  return isFields(row) ? toldLevel(row['price'], row['qty']) : null;
}
