import type { Construct } from 'constructs';
import type { Stage } from '../config/stage.ts';
import type { FunctionBundles } from '../constructs/bundles.ts';
import { addFunctions } from './functions-of-stack.ts';
import { MillraceStack } from './millrace-stack.ts';

/** Trades to ClickHouse, candles, and the archive of what the venues said. */
export class MarketDataStack extends MillraceStack {
  constructor(scope: Construct, stage: Stage, bundles: FunctionBundles) {
    super(scope, { stage, part: 'market-data', description: 'Millrace: trades, candles, raw archive' });
    addFunctions(this, 'market-data', bundles);
  }
}
