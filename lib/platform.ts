import { Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { join } from 'node:path';
import type { Stage } from './config/stage.ts';
import { bundleCollector, bundleFunctions } from './constructs/bundles.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { BacktestStack } from './stacks/backtest-stack.ts';
import { CollectorStack } from './stacks/collector-stack.ts';
import type { FunctionPart } from './stacks/function-placement.ts';
import { MarketDataStack } from './stacks/market-data-stack.ts';
import type { MillraceStack } from './stacks/millrace-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { RealtimeStack } from './stacks/realtime-stack.ts';
import { StatefulStack } from './stacks/stateful-stack.ts';
import { TradingStack } from './stacks/trading-stack.ts';

/**
 * Adds every stack of a stage to the app, and the rules that it is held to. Stacks look each other's names up as
 * parameters, so the dependencies here only say which is deployed first: what is kept before what uses it, the
 * functions before the page that shows them.
 */
export function addPlatform(app: App, stage: Stage): void {
  const bundleFolder = join(app.outdir, 'bundles');
  const bundles = bundleFunctions(bundleFolder);
  const stateful = new StatefulStack(app, stage);
  const backtest = new BacktestStack(app, stage, bundles);
  const api = new ApiStack(app, stage, bundles);
  // Submitting a run needs the state machine's name, and the sockets' access log the account's logging role.
  api.addStackDependency(backtest);
  const parts: [FunctionPart, MillraceStack][] = [
    ['market-data', new MarketDataStack(app, stage, bundles)],
    ['trading', new TradingStack(app, stage, bundles)],
    ['backtest', backtest],
    ['api', api],
  ];
  if (stage.webSocket) {
    const realtime = new RealtimeStack(app, stage, bundles);
    realtime.addStackDependency(api);
    parts.push(['realtime', realtime]);
  }
  for (const [, stack] of parts) stack.addStackDependency(stateful);
  if (stage.dashboard) {
    const shown = parts.map(([part]) => part);
    const observability = new ObservabilityStack(app, stage, shown);
    for (const [, stack] of parts) observability.addStackDependency(stack);
  }
  if (stage.collector !== null) {
    const collector = new CollectorStack(app, stage, stage.collector, bundleCollector(bundleFolder));
    // Last: trades that came before their readers would wait, and prices be old before anybody sees them.
    for (const [, stack] of parts) collector.addStackDependency(stack);
  }
  // An emulator encrypts, logs and keeps nothing, so there is nothing to hold it to.
  if (!stage.emulated) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
