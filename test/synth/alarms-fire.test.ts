/** From what the collector and the functions print to the alarm of the template that it sets off, and its runbook. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KinesisStreamEvent, SQSEvent } from 'aws-lambda';
import { collectLive } from '../../collector/live/collect-live.ts';
import { VenueVitals } from '../../collector/live/venue-vitals.ts';
import { reportVitals, startReporting } from '../../collector/live/report-vitals.ts';
import { createHandler as storeTrades } from '../../lambdas/market-data/store-trades/handler.ts';
import { createHandler as sweepPending } from '../../lambdas/operations/sweep-pending/handler.ts';
import { createHandler as runDesk } from '../../lambdas/orders/run-desk/handler.ts';
import { METRICS } from '../../shared/contracts/metrics.ts';
import type { TradesRecordV1 } from '../../shared/contracts/stream-records.ts';
import { createStrategy } from '../../shared/runtime/create-strategy.ts';
import { sendToDesks } from '../../shared/runtime/desk-queue.ts';
import { embeddedMetrics } from '../../shared/runtime/embedded-metrics.ts';
import { createLog, log } from '../../shared/runtime/log.ts';
import { orderWrite } from '../../shared/runtime/order-items.ts';
import { outboxWrite } from '../../shared/runtime/outbox.ts';
import { BinanceVenue } from '../../simulator/binance-venue.ts';
import { SyntheticMarket } from '../../simulator/synthetic-market.ts';
import { datapointsOf, stateOf, watchedBy, type Datapoint } from '../support/cloud-watch.ts';
import { openMemoryState } from '../support/memory-state.ts';
import { aFill, anOrder } from '../support/order.ts';
import { RecordingStreamWriter } from '../support/recording-stream-writer.ts';
import { filledReport } from '../support/report.ts';
import { aStrategy } from '../support/strategy.ts';
import { invocation, tradingPorts } from '../support/trading-ports.ts';
import { at, listOf, ofType, textOf } from './resources.ts';
import { synthesize, type Properties, type Resource } from './synthesize.ts';

const MINUTE_MS = 60_000;
const DOCS = join(import.meta.dirname, '../../docs/runbooks');

let resources: readonly Resource[];
let alarms: readonly Properties[];
const stageBefore = process.env['MILLRACE_STAGE'];

beforeAll(() => {
  ({ resources } = synthesize({ stage: 'prod' }));
  alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties);
  process.env['MILLRACE_STAGE'] = 'prod';
}, 60_000);

afterAll(() => {
  if (stageBefore === undefined) delete process.env['MILLRACE_STAGE'];
  else process.env['MILLRACE_STAGE'] = stageBefore;
});

/** Of everything that was logged. */
let datapoints: Datapoint[];
beforeEach(() => {
  datapoints = [];
  const keep = (_: string, fields: object = {}): void => void datapoints.push(...datapointsOf(fields));
  jest.spyOn(log, 'info').mockImplementation(keep);
  jest.spyOn(log, 'error').mockImplementation(keep);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** The one alarm on a metric of ours, of what is told apart by venue that of Binance: the code has printed exactly what it watches. */
function alarmOn(metric: string): Properties {
  const found = alarms.filter((alarm) => {
    const venue = listOf(alarm['Dimensions']).find((dimension) => at(dimension, 'Name') === 'venue');
    return alarm['MetricName'] === metric && (venue === undefined || at(venue, 'Value') === 'binance');
  });
  expect({ metric, alarms: found.length }).toEqual({ metric, alarms: 1 });
  return found[0]!;
}

function runbookOf(alarm: Properties): string {
  const [, name] = /Runbook: docs\/runbooks\/([a-z-]+\.md)$/.exec(textOf(alarm['AlarmDescription'])) ?? [];
  return name !== undefined && existsSync(join(DOCS, name)) ? name : 'none';
}

/** That an alarm watches what was printed, and goes off by it. */
function expectAlarm(metric: string, runbook: string, atMs = Date.now() + 1): void {
  const alarm = alarmOn(metric);
  expect(datapoints.map((point) => point.metric)).toContain(watchedBy(alarm));
  const periodMs = Number(alarm['Period']) * 1000;
  // The same figures in each of its periods.
  const lasting = Array.from({ length: Number(alarm['EvaluationPeriods']) }, (_, n) =>
    datapoints.map((point) => ({ ...point, timeMs: point.timeMs - n * periodMs })),
  ).flat();
  expect({ metric, state: stateOf(alarm, lasting, atMs) }).toEqual({ metric, state: 'ALARM' });
  expect(runbookOf(alarm)).toBe(`${runbook}.md`);
}

describe('a collector that loses its venue', () => {
  it('sets off the alarm within three minutes, though its heartbeats go on', async () => {
    const venue = await BinanceVenue.open();
    const market = new SyntheticMarket({ seed: 5, instruments: 3, tradesPerSecond: 40 });
    const writer = new RecordingStreamWriter();
    const vitals = new VenueVitals('binance');
    const stop = new AbortController();
    const ended = collectLive({
      exchange: 'binance',
      instrumentIds: market.instrumentIds,
      endpoints: venue.endpoints,
      writer,
      state: openMemoryState(),
      log: createLog({ write: () => undefined }, 'silent'),
      signal: stop.signal,
      vitals,
      timings: { watermarkEveryMs: 20, silenceMs: 60_000 },
    });
    try {
      await until(() => venue.listeners > 0);
      const second = Math.floor(Date.now() / 1000);
      const messages = market.messagesOf(second).filter(({ kind }) => kind === 'ws');
      venue.publish(messages.map(({ message }) => message));
      await until(() => writer.trades().some(({ trades }) => trades.length > 0));
      venue.faults.silence = 'messages';
      const heartbeats = async (more: number): Promise<void> => {
        const written = writer.calls.length;
        await until(() => writer.calls.length >= written + more);
      };
      const lastHeardMs = (nowMs: number): number => nowMs - vitals.silence(nowMs)!.silenceMs;
      // What was under way has come by then.
      await heartbeats(5);
      const lostAtMs = lastHeardMs(Date.now());
      await heartbeats(5);
      expect(lastHeardMs(Date.now())).toBe(lostAtMs);
      for (let n = 0; n < 20; n++) reportVitals(vitals, lostAtMs + n * 15_000, log);
      const alarm = alarmOn('venueSilenceMs');
      const states = [1, 2, 3, 4].map((n) => stateOf(alarm, datapoints, lostAtMs + n * MINUTE_MS));
      expect(states.slice(2)).toEqual(['ALARM', 'ALARM']);
      expect(states[0]).toBe('OK');
      expect(runbookOf(alarm)).toBe('feed-silent.md');
    } finally {
      stop.abort();
      await ended;
      await venue.close();
    }
  });

  it('sets it off too when it is not there to say anything', () => {
    expect(stateOf(alarmOn('venueSilenceMs'), [], Date.now())).toBe('ALARM');
    expect(stateOf(alarmOn('tradesStored'), [], Date.now())).toBe('ALARM');
  });

  it('says which instrument is quietest, whatever the others do', () => {
    const vitals = new VenueVitals('binance');
    vitals.begin(['binance:BTC-USDT', 'binance:ETH-USDT'], 0);
    const info = jest.spyOn(log, 'info');
    for (let ms = 0; ms < 40 * MINUTE_MS; ms += 15_000) {
      vitals.heard(ms);
      vitals.traded('binance:BTC-USDT', ms);
      reportVitals(vitals, ms, log);
    }
    expect(info.mock.lastCall![1]).toMatchObject({ quietestInstrument: 'binance:ETH-USDT' });
    expect(stateOf(alarmOn('quietestInstrumentMs'), datapoints, 40 * MINUTE_MS)).toBe('ALARM');
    expect(stateOf(alarmOn('venueSilenceMs'), datapoints, 40 * MINUTE_MS)).toBe('OK');
    expect(runbookOf(alarmOn('quietestInstrumentMs'))).toBe('instrument-silent.md');
  });

  it('says nothing while another listens, and nothing of instruments that it is not given', () => {
    const vitals = new VenueVitals('binance');
    reportVitals(vitals, 0, log);
    vitals.begin(['binance:BTC-USDT'], 0);
    vitals.end();
    reportVitals(vitals, 1, log);
    expect(datapoints).toEqual([]);
  });
});

describe('a collector that does not stay up', () => {
  it('sets off an alarm at its third start', () => {
    const start = (): void => startReporting(new VenueVitals('binance'), log)();
    start();
    start();
    expect(stateOf(alarmOn('collectorStarts'), datapoints, Date.now() + 1)).toBe('OK');
    start();
    expectAlarm('collectorStarts', 'collector-restarts');
  });
});

describe('what functions print', () => {
  const record = (receivedAtMs: number): TradesRecordV1 => ({
    v: 1,
    kind: 'trades',
    lane: 'binance#0',
    sessionId: 's',
    instruments: ['binance:BTC-USDT'],
    trades: [
      [0, '1', '100', '1', 'B', receivedAtMs, receivedAtMs],
      [0, '2', 'not a price', '1', 'B', receivedAtMs, receivedAtMs],
    ],
    laneWatermarkMs: null,
    watermarks: [],
  });
  const store = async (receivedAtMs: number): Promise<void> => {
    const ports = { ...tradingPorts(), trades: { insert: async () => Promise.resolve() } };
    const data = Buffer.from(JSON.stringify(record(receivedAtMs))).toString('base64');
    const kinesis = { data, partitionKey: 'binance#0', sequenceNumber: '1', approximateArrivalTimestamp: 1 };
    await storeTrades(ports as never)(
      { Records: [{ kinesis }] } as unknown as KinesisStreamEvent,
      invocation,
    );
  };

  it('of stored trades keeps the alarm on them quiet', async () => {
    await store(Date.now());
    const alarm = alarmOn('tradesStored');
    expect(datapoints.map(({ metric }) => metric)).toContain(watchedBy(alarm));
    const lasting = [0, 1, 2, 3, 4].flatMap((n) =>
      datapoints.map((point) => ({ ...point, timeMs: point.timeMs - n * MINUTE_MS })),
    );
    expect(stateOf(alarm, lasting, Date.now() + 1)).toBe('OK');
    expect(runbookOf(alarm)).toBe('trades-not-stored.md');
  });

  it('of trades that took long until they could be queried sets off an alarm', async () => {
    await store(Date.now() - 6000);
    expectAlarm('tradeToQueryableMs', 'trades-slow');
  });

  it('of what was set aside sets off an alarm', async () => {
    await store(Date.now());
    expectAlarm('quarantined', 'quarantined');
  });

  it('of a report that came late sets off an alarm', async () => {
    const ports = tradingPorts();
    const instance = aStrategy();
    await createStrategy(ports.state, instance, 0);
    const order = anOrder(1, { strategyId: instance.strategyId, status: 'EXPIRED' });
    await ports.state.write(orderWrite(order, { kind: 'absent' }));
    const report = filledReport(aFill(1, { strategyId: instance.strategyId }));
    await sendToDesks(ports.queues, [{ kind: 'report', report }]);
    const [message] = ports.queues.receive('desks', 1, Date.now());
    const record = { messageId: '1', body: message!.body, attributes: { ApproximateReceiveCount: '1' } };
    await runDesk(ports)({ Records: [record] } as SQSEvent, invocation);
    expectAlarm('lateReports', 'late-report');
  });

  it('of outboxes that cannot be delivered, and have waited long, sets off both alarms', async () => {
    const ports = tradingPorts();
    ports.clock.timeMs = 400_000;
    await ports.state.write(
      outboxWrite({ table: 'orders', id: 'stuck', effects: [{ kind: 'publish', event: {} as never }] }, 1000),
    );
    ports.breakBus(true);
    await sweepPending(ports)({} as never, invocation);
    expectAlarm('outboxesFailed', 'outbox-stuck');
    expectAlarm('oldestOutboxMs', 'outbox-stuck');
  });

  it('of a sweeper that finds nothing keeps its alarms quiet, and one that does not run sets one off', async () => {
    await sweepPending(tradingPorts())({} as never, invocation);
    const alarm = alarmOn('oldestOutboxMs');
    expect(stateOf(alarm, datapoints, Date.now() + 1)).toBe('OK');
    expect(stateOf(alarm, [], Date.now())).toBe('ALARM');
  });
});

describe('every metric of ours that has an alarm', () => {
  const alarmed = Object.entries(METRICS).filter(([, { alarm }]) => alarm !== null);

  it.each(alarmed)('%s is watched by exactly one, as it is printed', (name, { alarm, per }) => {
    expect(per).not.toBe('function');
    const line = { venue: 'binance', ...embeddedMetrics(new Map([[name as keyof typeof METRICS, 1]])) };
    const [printed] = datapointsOf(line);
    expect(watchedBy(alarmOn(name))).toBe(printed!.metric);
    expect(runbookOf(alarmOn(name))).toBe(`${alarm!.runbook}.md`);
  });

  it('is told its stage, in functions and in the collector', () => {
    for (const { properties } of ofType(resources, 'AWS::Lambda::Function'))
      expect(at(properties, 'Environment', 'Variables', 'MILLRACE_STAGE')).toBe('prod');
    const [task] = ofType(resources, 'AWS::ECS::TaskDefinition');
    const [container] = listOf(task!.properties['ContainerDefinitions']);
    expect(listOf(at(container, 'Environment'))).toContainEqual({ Name: 'MILLRACE_STAGE', Value: 'prod' });
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still not: ${condition.toString()}`);
    await sleep(5);
  }
}
