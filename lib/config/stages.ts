import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { USUAL_TOKEN_RULES } from '../../shared/contracts/token-rules.ts';
import { readAlarmReceivers } from './alarm-receivers.ts';
import { applyContext, ContextRefused, type Context } from './stage-context.ts';
import { parseStage, type Stage, type StageName, type StageSettings } from './stage.ts';

const stages: Readonly<Record<StageName, StageSettings>> = {
  localstack: parseStage({
    name: 'localstack',
    emulated: true,
    // Emulators run functions on this machine's own processor.
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    logRetention: RetentionDays.ONE_DAY,
    keepsData: false,
    keepsEvidence: false,
    shiftsGradually: false,
    enhancedFanOut: false,
    pageOrigin: null,
    alarmsMustReachSomebody: false,
    webSocket: true,
    dashboard: true,
    // The key that `millrace` makes beside the emulator signs with this one.
    tokens: { ...USUAL_TOKEN_RULES, algorithms: ['EdDSA'] },
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
    keepsEvidence: false,
    shiftsGradually: false,
    enhancedFanOut: false,
    pageOrigin: null,
    alarmsMustReachSomebody: false,
    webSocket: true,
    dashboard: true,
    tokens: { ...USUAL_TOKEN_RULES, algorithms: ['EdDSA', 'ES256', 'RS256'] },
    rest: { requestsPerSecond: 20, burst: 40 },
    // New accounts have ten concurrent executions in all, of which none can be reserved.
    reservedConcurrency: {},
    collector: {
      symbols: ['binance:BTCUSDT', 'coinbase:BTC-USD', 'kraken:BTC/USD'],
      cpuUnits: 256,
      memoryMb: 512,
      tasks: 1,
    },
  }),
  prod: parseStage({
    name: 'prod',
    emulated: false,
    architecture: 'arm64',
    logRetention: RetentionDays.ONE_YEAR,
    keepsData: true,
    keepsEvidence: true,
    shiftsGradually: true,
    enhancedFanOut: false,
    pageOrigin: null,
    alarmsMustReachSomebody: true,
    webSocket: true,
    dashboard: true,
    // Cognito, Entra, Okta and Auth0 sign with RS256; the others are for issuers that can do better.
    tokens: { ...USUAL_TOKEN_RULES, algorithms: ['EdDSA', 'ES256', 'RS256'] },
    rest: { requestsPerSecond: 100, burst: 200 },
    // A rush of requests or backtests must not take the concurrency that orders need.
    reservedConcurrency: { 'match-orders': 10, 'submit-order': 10, 'run-desk': 20, 'run-chunk': 100 },
    collector: {
      symbols: ['BTC', 'ETH', 'SOL'].flatMap((base) => [
        `binance:${base}USDT`,
        `coinbase:${base}-USD`,
        `kraken:${base}/USD`,
      ]),
      cpuUnits: 512,
      memoryMb: 1024,
      tasks: 2,
    },
  }),
};

/**
 * The stage that `-c stage=` names, `dev` by default, with what else `-c` says of it, and who hears of its alarms.
 * @throws ContextRefused, NoAlarmReceiver
 */
export function readStage(context: Context): Stage {
  const name: unknown = context.tryGetContext('stage') ?? 'dev';
  const stage =
    typeof name === 'string' && Object.hasOwn(stages, name) ? stages[name as StageName] : undefined;
  if (stage === undefined) {
    throw new ContextRefused(`-c stage=${String(name)}: expected one of ${Object.keys(stages).join(', ')}`);
  }
  return {
    ...applyContext(stage, context),
    alarmReceivers: readAlarmReceivers(context, stage.alarmsMustReachSomebody),
  };
}
