/** What is asked of files as venues publish them: of which instrument they are, and that they are such files. */
import { venueOf } from '../../shared/adapters/exchanges/venues.ts';
import { BadPublishedFile } from '../../shared/adapters/files/published/bad-published-file.ts';
import type { PublishedFile } from '../../shared/adapters/files/published/published-file.ts';
import { DEFAULT_EXCHANGE, isExchange, type Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { exchangeOf, isInstrumentId, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { BadInput } from './bad-input.ts';

/** @throws BadInput for what is no instrument of a venue */
export function readInstrument(id: string, label = '--instrument'): InstrumentId {
  if (isInstrumentId(id) && isExchange(exchangeOf(id))) return id;
  throw new BadInput(`${label}: expected an id such as binance:BTC-USDT, got ${JSON.stringify(id)}`);
}

/** The name of a file, or the footer of one of our own, tells of what it is; where somebody says otherwise, one of the two is wrong. */
export function instrumentOf(file: PublishedFile, asked: InstrumentId | null): InstrumentId {
  const { path, name } = file;
  if (file.instrumentId !== null) {
    if (asked === null || asked === file.instrumentId) return file.instrumentId;
    throw new BadInput(`--instrument: ${path} is of ${file.instrumentId} by its footer, not of ${asked}`);
  }
  const exchange = asked === null ? DEFAULT_EXCHANGE : (exchangeOf(asked) as Exchange);
  const named = name.symbol === null ? null : venueOf(exchange).readInstrument(name.symbol);
  if (asked !== null && named !== null && named !== asked)
    throw new BadInput(`--instrument: ${path} is of ${named} by its name, not of ${asked}`);
  const instrumentId = asked ?? named;
  if (instrumentId === null)
    throw new BadInput(`--instrument is missing: the name of ${path} does not say of what it is`);
  return instrumentId;
}

/** @throws BadInput where a file is not what venues publish */
export async function badFiles<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof BadPublishedFile ? new BadInput(error.message, { cause: error }) : error;
  }
}
