import { openQualityStore } from '../../../shared/adapters/aws/clickhouse-stores.ts';
import { readEnvironment } from '../../../shared/adapters/aws/environment.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler({ quality: await openQualityStore(readEnvironment('keep-quality')) });
