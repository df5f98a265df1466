import { DynamoStateStore } from '../shared/adapters/aws/dynamo-state-store.ts';
import {
  collectorVariables,
  COLLECTOR_EXCHANGE,
  COLLECTOR_REST,
  COLLECTOR_SYMBOLS,
  COLLECTOR_WS,
  parseEnvironment,
} from '../shared/adapters/aws/environment.ts';
import { KinesisStreamWriter } from '../shared/adapters/aws/kinesis-stream-writer.ts';
import type { Market } from '../shared/domain/market-data/market.ts';
import { describeError } from '../shared/runtime/define-function.ts';
import type { Log } from '../shared/runtime/log.ts';
import { marketOfVenue } from '../shared/adapters/exchanges/market-of-url.ts';
import { chooseInstruments } from './live/choose-instruments.ts';
import { collectLive, type LiveOptions } from './live/collect-live.ts';
import { fetchDirectory } from './live/fetch-directory.ts';
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
 * Runs the collector against AWS, as its environment says, until the signal.
 * @returns the exit code of the process: whoever runs it starts it again when it has failed.
 */
export async function runStandAlone(
  variables: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  log: Log,
): Promise<number> {
  let options: LiveOptions;
  let market: Market;
  try {
    options = await readOptions(variables, signal, log);
    market = marketOfVenue(options.exchange, options.endpoints ?? null);
  } catch (error) {
    log.error('the collector cannot start', { cause: (error as Error).message });
    return BAD_INPUT;
  }
  const vitals = new VenueVitals(options.exchange);
  const stopReporting = startReporting(vitals, log);
  try {
    await claimStage(options.state, market);
    log.info('collecting', { exchange: options.exchange, instruments: options.instrumentIds });
    await collectLive({ ...options, vitals, timings: { flushAfterMs: FLUSH_AFTER_MS } });
    return DONE;
  } catch (error) {
    if (error instanceof StageOfOtherMarket) {
      log.error('the collector cannot start', { cause: error.message });
      return BAD_INPUT;
    }
    log.error('the collector failed', { error: describeError(error) });
    return FAILED;
  } finally {
    stopReporting();
  }
}

async function readOptions(
  variables: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  log: Log,
): Promise<LiveOptions> {
  const environment = parseEnvironment(variables, collectorVariables());
  const exchange = environment.text(COLLECTOR_EXCHANGE);
  const [ws, rest] = [environment.optionalText(COLLECTOR_WS), environment.optionalText(COLLECTOR_REST)];
  if ((ws === null) !== (rest === null))
    throw new Error(`environment: expected both ${COLLECTOR_WS} and ${COLLECTOR_REST}, or neither`);
  const endpoints = ws === null || rest === null ? null : { ws, rest };
  const symbols = environment.text(COLLECTOR_SYMBOLS).split(',');
  const directory = await fetchDirectory(exchange, endpoints);
  return {
    exchange,
    instrumentIds: chooseInstruments(exchange, symbols, directory),
    writer: new KinesisStreamWriter(environment),
    state: new DynamoStateStore(environment),
    signal,
    log,
    ...(endpoints === null ? {} : { endpoints }),
  };
}
