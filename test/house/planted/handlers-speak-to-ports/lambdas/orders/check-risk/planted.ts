import { adapter } from '../../../shared/adapters/aws/queue.ts';

export const planted = adapter;
