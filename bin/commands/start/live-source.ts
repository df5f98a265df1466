/** The exchanges themselves, on paper: one collector each. */
import { chooseInstruments } from '../../../collector/live/choose-instruments.ts';
import { collectLive, type LiveOptions } from '../../../collector/live/collect-live.ts';
import { LiveConsensus } from '../../../collector/live/live-consensus.ts';
import { fetchDirectory } from '../../../collector/live/fetch-directory.ts';
import { LiveRefused } from '../../../collector/live/live-venue.ts';
import { VenueVitals } from '../../../collector/live/venue-vitals.ts';
import type { Platform } from '../../../embedded/platform.ts';
import { marketOfVenue, MixedEndpoints } from '../../../shared/adapters/exchanges/market-of-url.ts';
import type { VenueEndpoints } from '../../../shared/adapters/exchanges/venue.ts';
import { EXCHANGES, type Exchange } from '../../../shared/domain/market-data/exchanges.ts';
import { exchangeOf, type InstrumentId } from '../../../shared/domain/market-data/instrument.ts';
import type { Market } from '../../../shared/domain/market-data/market.ts';
import { log } from '../../../shared/runtime/log.ts';
import { BadInput } from '../../command-line/bad-input.ts';
import type { CommandIo } from '../../command-line/command.ts';
import { patiently, strategyOf, type MarketSource } from './market-source-parts.ts';
import type { StartValues } from './start-options.ts';

/** Of one process, over all exchanges. */
const MAX_INSTRUMENTS = 200;

/** What one collector listens to. */
export interface ListenedExchange extends Pick<LiveOptions, 'transport' | 'timings' | 'random'> {
  readonly exchange: Exchange;
  readonly instrumentIds: readonly InstrumentId[];
  /** `null`: the venue's own. */
  readonly endpoints: VenueEndpoints | null;
}

/** @throws BadInput */
export async function liveSource(values: StartValues, exchanges: readonly Exchange[]): Promise<MarketSource> {
  if (values.once)
    throw new BadInput('--once: expected with --replay or the simulated market, an exchange has no end');
  if (values.speed !== null) throw new BadInput('--speed: an exchange has its own');
  if (values.symbols === null)
    throw new BadInput('--symbols is missing: expected with --live, such as BTCUSDT,ETHUSDT');
  const symbols = symbolsOf(exchanges, values.symbols);
  const listened = await Promise.all(
    [...symbols].map(async ([exchange, asked]): Promise<ListenedExchange> => {
      const endpoints = standInOf(exchange);
      return { exchange, endpoints, instrumentIds: await instrumentsOf(exchange, asked, endpoints) };
    }),
  );
  const instruments = listened.flatMap(({ instrumentIds }) => instrumentIds);
  if (instruments.length > MAX_INSTRUMENTS)
    throw new BadInput(
      `--symbols: expected at most ${MAX_INSTRUMENTS} instruments over all exchanges, got ${instruments.length}`,
    );
  return {
    note: null,
    description: `listening to ${exchanges.join(', ')}: ${instruments.join(', ')}`,
    instruments,
    market: marketOf(listened),
    strategy: strategyOf(values, null),
    time: 'wall',
    run: async (platform, io) => collectAll(platform, listened, io, io.signal),
  };
}

/**
 * A plain symbol is meant at every exchange, one that names its exchange there alone.
 * @throws BadInput
 */
function symbolsOf(
  exchanges: readonly Exchange[],
  symbols: readonly string[],
): ReadonlyMap<Exchange, readonly string[]> {
  const distinct = EXCHANGES.filter((exchange) => exchanges.includes(exchange));
  const named = symbols.filter((symbol) => symbol.includes(':'));
  for (const symbol of named) {
    if (!(distinct as readonly string[]).includes(exchangeOf(symbol)))
      throw new BadInput(
        `--symbols: ${JSON.stringify(symbol)} is of none of the exchanges, expected one of --live ${distinct.join(',')}`,
      );
  }
  return new Map(
    distinct.map((exchange) => {
      const asked = symbols.filter((symbol) => !symbol.includes(':') || exchangeOf(symbol) === exchange);
      if (asked.length === 0)
        throw new BadInput(`--symbols: none is of ${exchange}, expected one such as ${exchange}:BTC-USD`);
      return [exchange, asked];
    }),
  );
}

/** One collector an exchange, until the signal. The first that fails for good ends the others. */
export async function collectAll(
  platform: Platform,
  listened: readonly ListenedExchange[],
  io: CommandIo,
  signal: AbortSignal,
): Promise<void> {
  const { streams, state } = patiently(platform, io);
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const consensus = new LiveConsensus();
  const collectors = listened.map(async ({ endpoints, ...exchange }) => {
    const vitals = new VenueVitals(exchange.exchange);
    platform.venues.push(vitals);
    const where = endpoints === null ? {} : { endpoints };
    const common = { writer: streams, state, isSole: true, log, signal: either, vitals, consensus };
    await collectLive({ ...exchange, ...common, ...where }).catch((error: unknown) => failure.abort(error));
  });
  await Promise.all(collectors);
  failure.signal.throwIfAborted();
}

/**
 * Where `MILLRACE_BINANCE_WS` and `MILLRACE_BINANCE_REST` are set, and likewise of any exchange, a stand-in for it.
 * @returns null where the venue's own are meant. @throws BadInput for one without the other
 */
function standInOf(exchange: Exchange): VenueEndpoints | null {
  const [wsName, restName] = ['WS', 'REST'].map((part) => `MILLRACE_${exchange.toUpperCase()}_${part}`) as [
    string,
    string,
  ];
  const { [wsName]: ws, [restName]: rest } = process.env;
  if (ws === undefined && rest === undefined) return null;
  if (ws === undefined || rest === undefined)
    throw new BadInput(`${wsName} and ${restName}: expected both or neither`);
  return { ws, rest };
}

/** @throws BadInput for exchanges of both markets */
function marketOf(listened: readonly ListenedExchange[]): Market {
  try {
    const markets = listened.map(
      ({ exchange, endpoints }) => [exchange, marketOfVenue(exchange, endpoints)] as const,
    );
    const [first, ...others] = markets as [(typeof markets)[number], ...typeof markets];
    const other = others.find(([, market]) => market !== first[1]);
    if (other === undefined) return first[1];
    throw new BadInput(
      `--live: ${first[0]} is of the ${first[1]} market and ${other[0]} of the ${other[1]} one: expected exchanges of one market`,
    );
  } catch (error) {
    throw error instanceof MixedEndpoints ? new BadInput(error.message) : error;
  }
}

/** A catalogue that cannot be had holds nothing up: the collector asks for it again. */
async function instrumentsOf(
  exchange: Exchange,
  symbols: readonly string[],
  endpoints: VenueEndpoints | null,
): Promise<InstrumentId[]> {
  try {
    return chooseInstruments(exchange, symbols, await fetchDirectory(exchange, endpoints));
  } catch (error) {
    if (error instanceof LiveRefused) throw new BadInput(error.message.replace(/^live:/, '--symbols:'));
    throw error;
  }
}
