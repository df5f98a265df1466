import type { Construct } from 'constructs';
import type { Stage } from '../config/stage.ts';
import type { FunctionBundles } from '../constructs/bundles.ts';
import { addFunctions } from './functions-of-stack.ts';
import { MillraceStack } from './millrace-stack.ts';

/** From a closed candle to a booked fill: strategies, risk, orders, the paper venue, the ledger. */
export class TradingStack extends MillraceStack {
  constructor(scope: Construct, stage: Stage, bundles: FunctionBundles) {
    super(scope, { stage, part: 'trading', description: 'Millrace: signals, risk, orders, portfolio' });
    addFunctions(this, 'trading', bundles);
  }
}
