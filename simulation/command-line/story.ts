import { simulatedModules } from '../fabric/modules.ts';
import type { Scope } from '../scope.ts';
import { simulateSeed } from '../simulate.ts';

/** Tells one seed turn by turn, faults where they happened. */
export async function tellStory(seed: number, scope: Scope, tell: (line: string) => void): Promise<void> {
  const modules = await simulatedModules();
  const onTurn = (what: string, atMs: number): void => tell(`${atMs} ${what}`);
  await simulateSeed({ seed, scope, modules, onTurn });
}
