/** Which stored series a command is about: of which instruments, of which time, and where they lie. */
import { storedInstruments } from '../../shared/adapters/clickhouse/clickhouse-totals.ts';
import { isInstrumentId, type InstrumentId } from '../../shared/domain/market-data/instrument.ts';
import { MAX_TIME_MS } from '../../shared/domain/market-data/time-bound.ts';
import { BadInput } from './bad-input.ts';
import type { CommandIo } from './command.ts';
import { folderUsedLast } from './data-folders.ts';
import { text } from './option-values.ts';
import { repeated } from './options.ts';
import type { OpenStores, StorePlace } from './stores.ts';

export const INSTRUMENT_OPTION = repeated(
  text('ID'),
  'such as binance:BTC-USDT; all that are stored without it',
);

interface SeriesValues {
  readonly instrument: readonly string[];
  readonly from: number | null;
  readonly to: number | null;
  readonly dataDir: string | null;
  readonly url: string | null;
  readonly user: string;
}

export interface StoredSeries {
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly place: StorePlace;
  /** Each once. */
  readonly instruments: (stores: OpenStores) => Promise<readonly InstrumentId[]>;
}

/** @throws BadInput */
export function readStoredSeries(values: SeriesValues, io: Pick<CommandIo, 'tell'>): StoredSeries {
  const { instrument, from, to, dataDir, url, user } = values;
  const wrong = instrument.find((id) => !isInstrumentId(id));
  if (wrong !== undefined)
    throw new BadInput(`--instrument: expected an id such as binance:BTC-USDT, got ${JSON.stringify(wrong)}`);
  const range = { fromMs: from ?? 0, toMs: to ?? MAX_TIME_MS };
  if (range.fromMs >= range.toMs) throw new BadInput('--to: expected a time after --from');
  return {
    range,
    place: url === null ? { dataDir: folderUsedLast(dataDir, io), use: { mustExist: true } } : { url, user },
    instruments: async ({ clickHouse }) =>
      instrument.length === 0 ? storedInstruments(clickHouse) : [...new Set(instrument)],
  };
}
