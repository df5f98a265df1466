import { functionModules, type AnyHandler, type FunctionModules } from '../../embedded/runtime/functions.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';

/** Of a function that does nothing here. */
export const idle: AnyHandler = async () => undefined;
const IDLE = { createHandler: (): AnyHandler => idle };

/** What trades is real; what shows, archives and answers people does nothing. */
const SHOWING: ReadonlySet<FunctionName> = new Set([
  'archive-raw',
  'archive-trades',
  'keep-quality',
  'store-quotes',
]);

/** Loaded once: reading a file is nothing that a seed can order. */
export async function simulatedModules(): Promise<FunctionModules> {
  const entries = await Promise.all(
    (Object.keys(topology.functions) as FunctionName[]).map(async (name) => {
      const { context } = topology.functions[name];
      const isIdle = context === 'api' || context === 'backtest' || SHOWING.has(name);
      const loaded = isIdle ? IDLE : await functionModules[name]();
      return [name, async () => loaded] as const;
    }),
  );
  return Object.fromEntries(entries) as FunctionModules;
}
