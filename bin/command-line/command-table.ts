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
    name: 'doctor',
    summary: 'what this machine has and lacks, and the command that gets it',
    load: () => import('../commands/doctor.ts'),
  },
];
