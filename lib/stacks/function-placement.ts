import type { Capabilities, FunctionDefinition } from '../../shared/topology-schema.ts';
import { topology, type FunctionName } from '../../shared/topology.ts';

export type FunctionPart = 'market-data' | 'trading' | 'backtest' | 'api' | 'realtime';

const PART_OF_CONTEXT: Readonly<Record<FunctionDefinition['context'], FunctionPart>> = {
  'market-data': 'market-data',
  signals: 'trading',
  orders: 'trading',
  operations: 'trading',
  backtest: 'backtest',
  api: 'api',
};

/** The stack that a function lives in: its context's, but for what needs the WebSocket API. */
function partOf(name: FunctionName): FunctionPart {
  const definition = topology.functions[name];
  const capabilities: Capabilities = definition.capabilities;
  const answersSockets = topology.socketRoutes.some((route) => route.function === name);
  return answersSockets || capabilities.push === true ? 'realtime' : PART_OF_CONTEXT[definition.context];
}

export function functionsOf(part: FunctionPart): FunctionName[] {
  return (Object.keys(topology.functions) as FunctionName[]).filter((name) => partOf(name) === part);
}
