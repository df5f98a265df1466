import { schema } from '../shared/contracts/events.ts';

export const planted = schema;
