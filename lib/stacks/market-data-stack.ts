import type { Construct } from 'constructs';
import { SERVICE_METRICS } from '../../shared/contracts/service-metrics.ts';
import { topology } from '../../shared/topology.ts';
import type { Stage } from '../config/stage.ts';
import type { FunctionBundles } from '../constructs/bundles.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { addFunctions } from './functions-of-stack.ts';
import { MillraceStack } from './millrace-stack.ts';

/** Trades to ClickHouse, candles, and the archive of what the venues said. */
export class MarketDataStack extends MillraceStack {
  constructor(scope: Construct, stage: Stage, bundles: FunctionBundles) {
    super(scope, { stage, part: 'market-data', description: 'Millrace: trades, candles, raw archive' });
    addFunctions(this, 'market-data', bundles);
    // Beside the streams themselves it would alarm from the first deployment until somebody reads them.
    for (const name of Object.keys(topology.streams)) {
      new RunbookAlarm(this, `Stream-${name}-Lag`, {
        metric: SERVICE_METRICS.streamLag,
        dimensions: { StreamName: this.platform.streamName(name) },
        names: { stream: name },
        topicArn: this.platform.alarmTopicArn,
      });
    }
  }
}
