import { reader } from '../shared/adapters/exchanges/reader.ts';

export const planted = reader;
