import type { Command } from './command.ts';

export interface CommandEntry {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** Reads the command's module, so that each run loads the one command that it needs. */
  load(): Promise<{ readonly command: Command }>;
}

/** Every command, in the order in which the overview shows them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    summary: 'the platform on this machine: a replay, a live exchange or a simulated market',
    load: () => import('../commands/start.ts'),
  },
  {
    name: 'state',
    summary: 'what a data folder comes to, and the hash that equal runs share',
    load: () => import('../commands/state.ts'),
  },
  {
    name: 'candles',
    summary: 'the candles of a recorded market',
    load: () => import('../commands/candles.ts'),
  },
  {
    name: 'bars',
    summary: 'bars of so many trades, so much volume or turnover, of a recorded or published market',
    load: () => import('../commands/bars.ts'),
  },
  {
    name: 'book',
    summary: 'the final order books of a recorded market',
    load: () => import('../commands/book.ts'),
  },
  {
    name: 'instruments',
    summary: 'what the venues list: steps, least amounts and status, as known at a time',
    load: () => import('../commands/instruments.ts'),
  },
  {
    name: 'simulate',
    summary: 'three venues on this machine, in their own protocols, with faults on request',
    load: () => import('../commands/simulate.ts'),
  },
  {
    name: 'backtest',
    summary: 'a strategy over a file of candles',
    load: () => import('../commands/backtest.ts'),
  },
  {
    name: 'quarantine',
    summary: 'what was set aside, and sending it again',
    load: () => import('../commands/quarantine.ts'),
  },
  {
    name: 'redrive',
    summary: 'what functions gave up, here or in a deployment, and sending it again',
    load: () => import('../commands/redrive.ts'),
  },
  {
    name: 'history',
    summary: 'trades and candles of the past, as venues publish them, into the store',
    load: () => import('../commands/history.ts'),
  },
  {
    name: 'export',
    summary: 'the stored trades as Parquet files, by venue, instrument and day',
    load: () => import('../commands/export.ts'),
  },
  {
    name: 'reconcile',
    summary: 'the stored candles against the trades that they are made of',
    load: () => import('../commands/reconcile.ts'),
  },
  {
    name: 'migrate',
    summary: 'the schema of a ClickHouse server or data folder, up or down to a version',
    load: () => import('../commands/migrate.ts'),
  },
  {
    name: 'token',
    summary: 'a token for the API of a data folder',
    load: () => import('../commands/token.ts'),
  },
  {
    name: 'cost',
    summary: 'what a month on AWS costs, from the synthesised stage, line by line',
    load: () => import('../commands/cost.ts'),
  },
  {
    name: 'doctor',
    summary: 'what this machine has and lacks, and the command that gets it',
    load: () => import('../commands/doctor.ts'),
  },
];
