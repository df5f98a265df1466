import { contract } from '../contracts/events.ts';

export const planted = contract;
