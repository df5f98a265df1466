/** One JSON line an entry. Lambda ships standard output to its log group; the command line keeps stdout for results and logs to stderr. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface Log {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

interface Sink {
  write(line: string): unknown;
}

export function createLog(sink: Sink, minimumLevel: LogLevel, base: object = {}): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: object = {}): void => {
      if (RANK[level] < RANK[minimumLevel]) return;
      sink.write(`${JSON.stringify({ level, message, ...base, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export function parseLogLevel(text: string | undefined, fallback: LogLevel): LogLevel {
  return text !== undefined && text in RANK ? (text as LogLevel) : fallback;
}

/** The log of this process: stdout inside Lambda, stderr elsewhere. */
const insideLambda = process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined;
export const log: Log = createLog(
  insideLambda ? process.stdout : process.stderr,
  parseLogLevel(process.env['MILLRACE_LOG_LEVEL'], insideLambda ? 'info' : 'warn'),
);
