import type { Port } from '../shared/ports/clock.ts';

export type Planted = Port;
