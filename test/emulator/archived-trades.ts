/** The Parquet files of what recordings of days long past have brought. */
import { existsSync } from 'node:fs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from '@jest/globals';
import { CREDENTIALS, type Deployment } from '../../scripts/emulator/deployment.ts';
import type { Environment } from '../../shared/adapters/aws/environment.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import { tradesByHour } from '../../shared/adapters/files/trade-archive/archive-day.ts';
import { keysOfPart } from '../../shared/adapters/files/trade-archive/trade-part.ts';
import { ClickHouseTradeStore } from '../../shared/adapters/clickhouse/clickhouse-trade-store.ts';
import { dataFolder } from '../conformance/recorded-data.ts';
import type { DeployedPlatform } from './recorded-venues.ts';

interface Archiving extends Pick<DeployedPlatform, 'environment' | 'clickHouse'> {
  readonly environment: Environment;
  readonly deployment: Deployment;
}

const PART = /^trades\/exchange=(\w+)\/instrument=([\w-]+)\/day=(\d{4}-\d\d-\d\d)\/part-00000\.parquet$/;
const describeRecorded = existsSync(dataFolder) ? describe : describe.skip;

export function describeArchivedTrades(platformOf: () => Archiving): void {
  describeRecorded('the trades of days that are over', () => {
    it('go into Parquet files of their venue, instrument and day, once however often it is begun', async () => {
      const { environment, deployment, clickHouse } = platformOf();
      const lambda = new LambdaClient({
        endpoint: deployment.endpoint,
        region: deployment.region,
        credentials: CREDENTIALS,
      });
      for (let n = 0; n < 2; n++) {
        const { FunctionError, Payload } = await lambda.send(
          new InvokeCommand({ FunctionName: deployment.functions['archive-trades']!, Payload: '{}' }),
        );
        expect({ FunctionError, said: Payload?.transformToString() }).toMatchObject({
          FunctionError: undefined,
        });
      }
      const objects = new S3ObjectStore(environment);
      const trades = new ClickHouseTradeStore(clickHouse);
      const keys = await objects.list('trades/', { limit: 1000 });
      expect(keys.filter((key) => !PART.test(key))).toEqual([]);
      expect(new Set(keys.map((key) => PART.exec(key)![1]))).toEqual(new Set(['coinbase', 'kraken']));
      for (const key of keys) {
        const [, exchange, pair, day] = PART.exec(key)!;
        const stored = await tradesByHour(trades, `${exchange}:${pair}`, Date.parse(day!));
        const { timesMs } = await keysOfPart((await objects.get(key))!);
        expect(timesMs).toHaveLength([...stored.values()].reduce((sum, count) => sum + count, 0));
      }
    }, 120_000);
  });
}
