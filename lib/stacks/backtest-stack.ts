import type { Construct } from 'constructs';
import { topology } from '../../shared/topology.ts';
import type { Stage } from '../config/stage.ts';
import { StateMachine } from '../constructs/state-machine.ts';
import type { FunctionBundles } from '../constructs/bundles.ts';
import { addFunctions } from './functions-of-stack.ts';
import { MillraceStack } from './millrace-stack.ts';

/** Backtests over history: the state machines and the functions that they call. */
export class BacktestStack extends MillraceStack {
  constructor(scope: Construct, stage: Stage, bundles: FunctionBundles) {
    super(scope, { stage, part: 'backtest', description: 'Millrace: backtest grids' });
    const functions = addFunctions(this, 'backtest', bundles);
    for (const [name, definition] of Object.entries(topology.stateMachines)) {
      new StateMachine(this, name, { name, definition, functions, platform: this.platform });
    }
  }
}
