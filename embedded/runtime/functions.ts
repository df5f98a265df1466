/** The handlers of the platform, by name: the very modules that the Lambdas bundle. */
import type { Ports } from '../../shared/ports/index.ts';
import type { InvocationContext } from '../../shared/runtime/define-function.ts';
import type { FunctionName } from '../../shared/topology.ts';

export interface AnyHandler {
  // A handler's event is given by how topology.ts feeds it; the runtime pairs them, not the compiler.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  (event: any, context: InvocationContext): Promise<unknown>;
}
type HandlerModule = { readonly createHandler: (ports: Ports) => AnyHandler };

export type FunctionModules = Readonly<Record<FunctionName, () => Promise<HandlerModule>>>;

export const functionModules: FunctionModules = {
  'archive-raw': () => import('../../lambdas/market-data/archive-raw/handler.ts'),
  'store-trades': () => import('../../lambdas/market-data/store-trades/handler.ts'),
  'archive-trades': () => import('../../lambdas/market-data/archive-trades/handler.ts'),
  'keep-quality': () => import('../../lambdas/market-data/keep-quality/handler.ts'),
  'store-quotes': () => import('../../lambdas/market-data/store-quotes/handler.ts'),
  'build-candles': () => import('../../lambdas/market-data/build-candles/handler.ts'),
  'evaluate-strategies': () => import('../../lambdas/signals/evaluate-strategies/handler.ts'),
  'run-desk': () => import('../../lambdas/orders/run-desk/handler.ts'),
  'submit-order': () => import('../../lambdas/orders/submit-order/handler.ts'),
  'match-orders': () => import('../../lambdas/orders/match-orders/handler.ts'),
  'plan-grid': () => import('../../lambdas/backtest/plan-grid/handler.ts'),
  'run-chunk': () => import('../../lambdas/backtest/run-chunk/handler.ts'),
  'summarise-grid': () => import('../../lambdas/backtest/summarise-grid/handler.ts'),
  'authorize-request': () => import('../../lambdas/api/authorize-request/handler.ts'),
  'describe-api': () => import('../../lambdas/api/describe-api/handler.ts'),
  'read-health': () => import('../../lambdas/api/read-health/handler.ts'),
  'read-market': () => import('../../lambdas/api/read-market/handler.ts'),
  'manage-strategies': () => import('../../lambdas/api/manage-strategies/handler.ts'),
  'read-orders': () => import('../../lambdas/api/read-orders/handler.ts'),
  'read-portfolio': () => import('../../lambdas/api/read-portfolio/handler.ts'),
  'manage-risk': () => import('../../lambdas/api/manage-risk/handler.ts'),
  'manage-quarantine': () => import('../../lambdas/api/manage-quarantine/handler.ts'),
  'redrive-given-up': () => import('../../lambdas/api/redrive-given-up/handler.ts'),
  'manage-backtests': () => import('../../lambdas/api/manage-backtests/handler.ts'),
  'issue-socket-ticket': () => import('../../lambdas/api/issue-socket-ticket/handler.ts'),
  'open-socket': () => import('../../lambdas/api/open-socket/handler.ts'),
  'close-socket': () => import('../../lambdas/api/close-socket/handler.ts'),
  'receive-socket-message': () => import('../../lambdas/api/receive-socket-message/handler.ts'),
  'push-updates': () => import('../../lambdas/api/push-updates/handler.ts'),
  'sweep-pending': () => import('../../lambdas/operations/sweep-pending/handler.ts'),
};
