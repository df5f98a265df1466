import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { readAlarmReceivers } from './alarm-receivers.ts';
import { parseStage, type Stage, type StageName, type StageSettings } from './stage.ts';

const stages: Readonly<Record<StageName, StageSettings>> = {
  localstack: parseStage({
    name: 'localstack',
    emulated: true,
    // Emulators run functions on this machine's own processor.
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    logRetention: RetentionDays.ONE_DAY,
    keepsData: false,
    alarmsMustReachSomebody: false,
    webSocket: true,
    rest: { requestsPerSecond: 100, burst: 200 },
    reservedConcurrency: {},
    collector: null,
  }),
  dev: parseStage({
    name: 'dev',
    emulated: false,
    architecture: 'arm64',
    logRetention: RetentionDays.ONE_MONTH,
    keepsData: true,
    alarmsMustReachSomebody: false,
    webSocket: true,
    rest: { requestsPerSecond: 20, burst: 40 },
    // New accounts have ten concurrent executions in all, of which none can be reserved.
    reservedConcurrency: {},
    collector: { exchange: 'binance', symbols: ['BTCUSDT', 'ETHUSDT'], cpuUnits: 256, memoryMb: 512 },
  }),
  prod: parseStage({
    name: 'prod',
    emulated: false,
    architecture: 'arm64',
    logRetention: RetentionDays.ONE_YEAR,
    keepsData: true,
    alarmsMustReachSomebody: true,
    webSocket: true,
    rest: { requestsPerSecond: 100, burst: 200 },
    // A rush of requests or backtests must not take the concurrency that orders need.
    reservedConcurrency: { 'match-orders': 10, 'submit-order': 10, 'check-risk': 20, 'run-chunk': 100 },
    collector: {
      exchange: 'binance',
      symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
      cpuUnits: 512,
      memoryMb: 1024,
    },
  }),
};

/** What `-c` says names no stage. The message is one line. */
export class UnknownStage extends Error {
  override readonly name = 'UnknownStage';
}

/**
 * The stage that `-c stage=` names, `dev` by default. `-c webSocket=false` leaves the realtime stack out.
 * Who hears of alarms is read too.
 * @throws UnknownStage, NoAlarmReceiver
 */
export function readStage(context: Pick<Node, 'tryGetContext'>): Stage {
  const name: unknown = context.tryGetContext('stage') ?? 'dev';
  const stage =
    typeof name === 'string' && Object.hasOwn(stages, name) ? stages[name as StageName] : undefined;
  if (stage === undefined) {
    throw new UnknownStage(`-c stage=${String(name)}: expected one of ${Object.keys(stages).join(', ')}`);
  }
  const webSocket = String(context.tryGetContext('webSocket') ?? stage.webSocket);
  if (webSocket !== 'true' && webSocket !== 'false') {
    throw new UnknownStage(`-c webSocket=${webSocket}: expected true or false`);
  }
  const alarmReceivers = readAlarmReceivers(context, stage.alarmsMustReachSomebody);
  return { ...stage, webSocket: webSocket === 'true', alarmReceivers };
}
