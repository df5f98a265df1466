/** The collector on AWS: one task that listens to an exchange until it is told to stop. */
import { DynamoStateStore } from '../shared/adapters/aws/dynamo-state-store.ts';
import {
  COLLECTOR_EXCHANGE,
  COLLECTOR_SYMBOLS,
  collectorVariables,
  parseEnvironment,
} from '../shared/adapters/aws/environment.ts';
import { KinesisStreamWriter } from '../shared/adapters/aws/kinesis-stream-writer.ts';
import { log } from '../shared/runtime/log.ts';
import { chooseInstruments, collectLive } from './live/collect-live.ts';

const environment = parseEnvironment(process.env, collectorVariables());
const exchange = environment.text(COLLECTOR_EXCHANGE);

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());

await collectLive({
  exchange,
  instrumentIds: chooseInstruments(exchange, environment.text(COLLECTOR_SYMBOLS).split(',')),
  writer: new KinesisStreamWriter(environment),
  state: new DynamoStateStore(environment),
  log,
  signal: stopping.signal,
});
