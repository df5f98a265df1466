/** One JSON line an entry. Lambda ships standard output to its log group; the command line keeps stdout for results and logs to stderr. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** From which level on entries are written; `silent` is for tests, which provoke errors. */
export type LogThreshold = LogLevel | 'silent';
const RANK: Readonly<Record<LogThreshold, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

export interface Log {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

interface Sink {
  write(line: string): unknown;
}

export function createLog(sink: Sink, threshold: LogThreshold, base: object = {}): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: object = {}): void => {
      if (RANK[level] < RANK[threshold]) return;
      sink.write(`${JSON.stringify({ level, message, ...base, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function parseThreshold(text: string | undefined, fallback: LogThreshold): LogThreshold {
  return text !== undefined && text in RANK ? (text as LogThreshold) : fallback;
}

/** The log of this process: stdout inside Lambda, stderr elsewhere. */
const insideLambda = process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined;
export const log: Log = createLog(
  insideLambda ? process.stdout : process.stderr,
  parseThreshold(process.env['MILLRACE_LOG_LEVEL'], insideLambda ? 'info' : 'warn'),
);
