import { LIVE_EXCHANGES } from '../../../shared/adapters/exchanges/venues.ts';
import { INTERVALS } from '../../../shared/domain/candles/interval.ts';
import { MARKETS } from '../../../shared/domain/market-data/market.ts';
import {
  amount,
  choice,
  commaSeparated,
  folder,
  instant,
  integer,
  jsonObject,
  port,
  rereadableFile,
  text,
  type ValueKind,
} from '../../command-line/option-values.ts';
import { flag, optional, repeated, withDefault, type ValuesOf } from '../../command-line/options.ts';

/** As fast as everything settles, or so many times as fast as it was received. */
const speed: ValueKind<'max' | number> = {
  valueName: 'max|N',
  read: (given) => {
    if (given === 'max') return { kind: 'value', value: 'max' };
    const number = /^\d{1,6}(\.\d{1,3})?$/.test(given) ? Number(given) : 0;
    return number > 0
      ? { kind: 'value', value: number }
      : { kind: 'unexpected', expected: 'max or a number from 0.001 to 999999, such as 50' };
  },
};

/** What the help shows and a start takes where an option is not given; whether one was given decides what it may go with. */
export const DEFAULTS = {
  strategyInterval: '1m',
  capital: '10000',
  fee: '0.001',
  slippage: '0',
  seed: 1,
  instruments: 3,
  tradesPerSecond: 8,
  /** A simulated market never ends by itself, and a run with --once must. */
  secondsOnce: 300,
} as const;

export const START_OPTIONS = {
  replay: repeated(rereadableFile, 'captures to replay; several make one tape'),
  from: optional(
    instant,
    'where a replay begins: what was received before is read for the books, and not sent',
    'its first message',
  ),
  live: optional(
    commaSeparated(choice(LIVE_EXCHANGES)),
    'exchanges to listen to, each by a collector of its own',
  ),
  symbols: optional(
    commaSeparated(text('SYMBOL')),
    'what to listen to: BTC-USD at each of them, kraken:BTC-USD at one',
  ),
  speed: optional(speed, 'of a replay or the simulated market (max with --once, else 1)'),
  once: flag('opens no port, ends when the input does and all has settled, and prints the totals'),
  port: withDefault(port, '8080', 'of the dashboard and the API, on 127.0.0.1'),
  dataDir: optional(
    folder,
    'where everything is kept; started again, it goes on where it was',
    './.millrace/<market>',
  ),
  market: optional(
    choice(MARKETS),
    'for a data folder from before folders had a market: which one its data is of',
  ),
  strategy: optional(text('NAME'), 'a strategy to run on every instrument: ma-crossover'),
  params: optional(jsonObject, 'its parameters, such as {"fastPeriod":5,"slowPeriod":20}'),
  strategyInterval: optional(choice(INTERVALS), 'the candles that it is shown', DEFAULTS.strategyInterval),
  capital: optional(amount, 'cash of the account, divided among the instruments', DEFAULTS.capital),
  fee: optional(amount, 'taker fee of the paper venue, a fraction of the notional', DEFAULTS.fee),
  slippage: optional(
    amount,
    'fraction by which a fill is worse than the print that it met',
    DEFAULTS.slippage,
  ),
  seed: optional(integer(0, 2 ** 31), 'of the simulated market', String(DEFAULTS.seed)),
  instruments: optional(integer(1, 100), 'of the simulated market', String(DEFAULTS.instruments)),
  tradesPerSecond: optional(
    integer(1, 100_000),
    'of each simulated instrument',
    String(DEFAULTS.tradesPerSecond),
  ),
  seconds: optional(
    integer(1, 1_000_000),
    `event time after which the simulated market ends (${DEFAULTS.secondsOnce} with --once, else never)`,
  ),
};

export type StartValues = ValuesOf<typeof START_OPTIONS>;
