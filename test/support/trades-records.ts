/** Records of trades as build-candles gets them, and what stores them. */
import type { KinesisStreamRecord } from 'aws-lambda';
import { type TradeRow } from '../../shared/contracts/lane-rows.ts';
import { NOTHING_DROPPED } from '../../shared/contracts/packed-seen-trades.ts';
import { laneKey } from '../../shared/contracts/record-keys.ts';
import { parseLaneRecord, type TradesRecordV1 } from '../../shared/contracts/stream-records.ts';
import type { TradingPorts } from './trading-ports.ts';

export const INSTRUMENT = 'binance:BTC-USDT';
export const LANE = 'binance#0';

export const row = (id: number, timeMs: number, price = '100'): TradeRow => [
  0,
  String(id),
  price,
  '1',
  'B',
  timeMs,
  timeMs,
];

export function record(sequence: number, fields: Partial<TradesRecordV1>): KinesisStreamRecord {
  const body: TradesRecordV1 = {
    v: 1,
    kind: 'trades',
    lane: LANE,
    sessionId: 'session',
    instruments: [INSTRUMENT],
    trades: [],
    laneWatermarkMs: null,
    watermarks: [],
    ...fields,
  };
  return {
    eventID: '',
    eventName: '',
    eventSource: '',
    eventSourceARN: '',
    eventVersion: '',
    awsRegion: '',
    invokeIdentityArn: '',
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: LANE,
      sequenceNumber: String(sequence),
      approximateArrivalTimestamp: Date.now() / 1000,
      data: Buffer.from(JSON.stringify(body)).toString('base64'),
    },
  };
}

/** As store-trades does it, which has no other lane. */
export async function store(ports: TradingPorts, records: readonly KinesisStreamRecord[]): Promise<void> {
  for (const { kinesis } of records) {
    const read = parseLaneRecord(Buffer.from(kinesis.data, 'base64').toString('utf8'));
    if (read.kind === 'trades') await ports.trades.insert(read.trades, { mayRepeat: true });
    await ports.state.write({
      kind: 'put',
      table: 'market-data',
      ...laneKey(LANE, 'store-trades'),
      value: { lastSequence: kinesis.sequenceNumber, state: { seen: {}, dropped: NOTHING_DROPPED } },
      condition: { kind: 'none' },
    });
  }
}
