/** What `-c NAME=VALUE` changes of a stage, so that nobody has to edit a source file to deploy one. */
import type { Node } from 'constructs';
import { isSymbolOfVenue } from '../../shared/contracts/exchange.ts';
import type { StageSettings } from './stage.ts';

export type Context = Pick<Node, 'tryGetContext'>;

/** What `-c` says cannot be. The message is one line. */
export class ContextRefused extends Error {
  override readonly name = 'ContextRefused';
}

/**
 * `-c webSocket=false` leaves the realtime stack out, `-c dashboard=false` the dashboard, `-c enhancedFanOut=true` gives stream consumers a pipe of their
 * own, `-c symbols=binance:BTCUSDT,kraken:BTC/USD` says what is collected, `-c pageOrigin=https://desk.example.com` where a page may
 * be served from.
 * @throws ContextRefused
 */
export function applyContext(stage: StageSettings, context: Context): StageSettings {
  return {
    ...stage,
    webSocket: readSwitch(context, 'webSocket', stage.webSocket),
    dashboard: readSwitch(context, 'dashboard', stage.dashboard),
    enhancedFanOut: readSwitch(context, 'enhancedFanOut', stage.enhancedFanOut),
    pageOrigin: readOrigin(context, 'pageOrigin') ?? stage.pageOrigin,
    collector: readCollector(context, stage),
  };
}

function readText(context: Context, key: string): string | null {
  const value: unknown = context.tryGetContext(key);
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  // As cdk.json may have them.
  return Array.isArray(value) ? value.join(',') : JSON.stringify(value);
}

function readSwitch(context: Context, key: string, fallback: boolean): boolean {
  const text = readText(context, key);
  if (text === null) return fallback;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ContextRefused(`-c ${key}=${text}: expected true or false`);
}

/** A page on this machine, while it is worked on, is the one that may do without TLS. */
function readOrigin(context: Context, key: string): string | null {
  const text = readText(context, key);
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || url?.hostname === 'localhost';
  if (url?.origin === text && isSafe) return text;
  throw new ContextRefused(`-c ${key}=${text}: expected an origin such as https://desk.example.com`);
}

const MAX_SYMBOLS = 200;

function readCollector(context: Context, stage: StageSettings): StageSettings['collector'] {
  const text = readText(context, 'symbols');
  if (text === null) return stage.collector;
  if (stage.collector === null)
    throw new ContextRefused(`-c symbols=…: the stage ${stage.name} has no collector`);
  const symbols = [...new Set(text.split(',').map((symbol) => symbol.trim().normalize('NFC')))];
  const wrong = symbols.find((symbol) => !isSymbolOfVenue(symbol));
  if (wrong !== undefined)
    throw new ContextRefused(
      `-c symbols=…: ${JSON.stringify(wrong)}: expected symbols of venues, such as binance:BTCUSDT,kraken:BTC/USD`,
    );
  if (symbols.length > MAX_SYMBOLS)
    throw new ContextRefused(`-c symbols=…: expected at most ${MAX_SYMBOLS}, got ${symbols.length}`);
  return { ...stage.collector, symbols };
}
