import { DynamoStateStore } from '../shared/adapters/aws/dynamo-state-store.ts';
import {
  collectorVariables,
  COLLECTOR_REST,
  COLLECTOR_SYMBOLS,
  COLLECTOR_WS,
  parseEnvironment,
} from '../shared/adapters/aws/environment.ts';
import { KinesisStreamWriter } from '../shared/adapters/aws/kinesis-stream-writer.ts';
import { symbolsByExchange } from '../shared/contracts/exchange.ts';
import type { Market } from '../shared/domain/market-data/market.ts';
import { describeError } from '../shared/runtime/define-function.ts';
import type { Log } from '../shared/runtime/log.ts';
import { marketOfVenue } from '../shared/adapters/exchanges/market-of-url.ts';
import { chooseInstruments } from './live/choose-instruments.ts';
import { collectLive, type LiveOptions } from './live/collect-live.ts';
import { fetchDirectory } from './live/fetch-directory.ts';
import { LiveConsensus } from './live/live-consensus.ts';
import { VenueVitals } from './live/venue-vitals.ts';
import { startReporting } from './live/report-vitals.ts';
import { claimStage, StageOfOtherMarket } from './stage-market.ts';

/** Exit codes, those of the command line. */
const DONE = 0;
const FAILED = 1;
const BAD_INPUT = 2;

/** Lambda gathers a second's records anyway, and each record that is sent is paid for. */
const FLUSH_AFTER_MS = 100;

/**
 * Runs the collectors of all exchanges that the environment names against AWS, until the signal. When one of them fails, all
 * end in good order: whoever runs the process starts it again, and another one takes the leases over meanwhile.
 * @returns the exit code of the process.
 */
export async function runStandAlone(
  variables: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  log: Log,
): Promise<number> {
  const failed = new AbortController();
  const end = AbortSignal.any([signal, failed.signal]);
  let collectors: readonly Collector[];
  let market: Market;
  try {
    collectors = await readCollectors(variables, end, log);
    market = onlyMarketOf(collectors);
  } catch (error) {
    log.error('the collector cannot start', { cause: (error as Error).message });
    return BAD_INPUT;
  }
  try {
    await claimStage(collectors[0]!.state, market);
  } catch (error) {
    if (!(error instanceof StageOfOtherMarket)) {
      log.error('the collector failed', { error: describeError(error) });
      return FAILED;
    }
    log.error('the collector cannot start', { cause: error.message });
    return BAD_INPUT;
  }
  const ends = await Promise.all(
    collectors.map(async (collector) => {
      const ended = await runOne(collector, log);
      if (ended !== DONE) failed.abort();
      return ended;
    }),
  );
  return Math.max(...ends);
}

type Collector = LiveOptions;

async function runOne(collector: Collector, log: Log): Promise<number> {
  const { exchange, instrumentIds } = collector;
  const vitals = new VenueVitals(exchange);
  const stopReporting = startReporting(vitals, log);
  try {
    log.info('collecting', { exchange, instruments: instrumentIds });
    await collectLive({ ...collector, vitals, timings: { flushAfterMs: FLUSH_AFTER_MS } });
    return DONE;
  } catch (error) {
    log.error('the collector failed', { exchange, error: describeError(error) });
    return FAILED;
  } finally {
    stopReporting();
  }
}

/** A stage is of one market. */
function onlyMarketOf(collectors: readonly Collector[]): Market {
  const [market] = collectors.map(({ exchange, endpoints }) => marketOfVenue(exchange, endpoints ?? null));
  return market!;
}

async function readCollectors(
  variables: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  log: Log,
): Promise<readonly Collector[]> {
  const environment = parseEnvironment(variables, collectorVariables());
  const [ws, rest] = [environment.optionalText(COLLECTOR_WS), environment.optionalText(COLLECTOR_REST)];
  if ((ws === null) !== (rest === null))
    throw new Error(`environment: expected both ${COLLECTOR_WS} and ${COLLECTOR_REST}, or neither`);
  const endpoints = ws === null || rest === null ? null : { ws, rest };
  const venues = [...symbolsByExchange(environment.text(COLLECTOR_SYMBOLS).split(','))];
  if (endpoints !== null && venues.length > 1) {
    const names = venues.map(([exchange]) => exchange).join(', ');
    throw new Error(`environment: ${COLLECTOR_WS} is of one exchange, and ${COLLECTOR_SYMBOLS} of ${names}`);
  }
  const ports = {
    consensus: new LiveConsensus(),
    writer: new KinesisStreamWriter(environment),
    state: new DynamoStateStore(environment),
    signal,
    log,
    ...(endpoints === null ? {} : { endpoints }),
  };
  return Promise.all(
    venues.map(async ([exchange, symbols]) => {
      const directory = await fetchDirectory(exchange, endpoints);
      return { ...ports, exchange, instrumentIds: chooseInstruments(exchange, symbols, directory) };
    }),
  );
}
