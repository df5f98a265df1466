import { port } from '../../ports/clock.ts';

export const planted = port;
