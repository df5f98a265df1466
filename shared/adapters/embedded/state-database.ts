import type { DatabaseSchema } from './database.ts';
import { EVENT_BUS_SQL } from './sqlite-event-bus.ts';
import { QUEUES_SQL } from './sqlite-queues.ts';
import { STATE_STORE_SQL } from './sqlite-state-store.ts';

/** State, queues and the bus share one database file; the streams have their own. */
export const STATE_SCHEMA: DatabaseSchema = { version: 1, sql: STATE_STORE_SQL + QUEUES_SQL + EVENT_BUS_SQL };
