/** Reads the envelope of a line of a capture. */
import {
  captureLine,
  MAX_NAME_CHARACTERS,
  type CaptureEnvelope,
  type CaptureMessage,
} from '../../contracts/capture.ts';
import { EXCHANGES } from '../../domain/market-data/exchanges.ts';

/** The line is none of a capture. The message is one line that begins with its number. */
export class BadLine extends Error {
  override readonly name = 'BadLine';
}

const BYTE_ORDER_MARK = '\uFEFF';

/** @throws BadLine */
export function readLine(text: string, line: number): CaptureMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // It would not be seen in what was found.
    if (text.startsWith(BYTE_ORDER_MARK))
      throw new BadLine(`line ${line}: begins with a byte order mark: expected none`);
    throw new BadLine(`line ${line}: expected a JSON object ${EXPECTED}, found ${beginning(text)}`);
  }
  if (isCommonEnvelope(value)) {
    const { receivedAtNs, exchange, kind, url, message } = value;
    return { line, receivedAtNs, exchange, kind, url, message, text, ...observationOf(value) };
  }
  return readUncommonLine(value, text, line);
}

const EXPECTED = '{"receivedAtNs", "exchange", "kind", "url", "message"}';

const DIGITS = /^\d{1,19}$/;
const known: ReadonlySet<unknown> = new Set(EXCHANGES);

/** What nearly every line is, told apart ten times faster than by the schema. */
function isCommonEnvelope(value: unknown): value is CaptureEnvelope {
  if (typeof value !== 'object' || value === null) return false;
  const { receivedAtNs, exchange, kind, url, message, session, connection } = value as Partial<
    Record<keyof CaptureEnvelope, unknown>
  >;
  return (
    typeof receivedAtNs === 'string' &&
    DIGITS.test(receivedAtNs) &&
    known.has(exchange) &&
    typeof kind === 'string' &&
    kind !== '' &&
    typeof url === 'string' &&
    typeof message === 'string' &&
    isName(session) &&
    isName(connection)
  );
}

function isName(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value.length <= MAX_NAME_CHARACTERS);
}

/** Nearly no capture says so, and a message has the fields that its line has. */
function observationOf({
  session,
  connection,
}: {
  readonly session?: string | undefined;
  readonly connection?: string | undefined;
}): Pick<CaptureMessage, 'session' | 'connection'> {
  return {
    ...(session === undefined ? {} : { session }),
    ...(connection === undefined ? {} : { connection }),
  };
}

function readUncommonLine(value: unknown, text: string, line: number): CaptureMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadLine(`line ${line}: expected a JSON object ${EXPECTED}, found ${beginning(text)}`);
  }
  const result = captureLine.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const field = issue.path.join('.');
    throw new BadLine(
      `line ${line}: ${field in value ? `${field}: ${issue.message}` : `has no field ${field}`}`,
    );
  }
  const { receivedAtNs, exchange, kind, url, message } = result.data;
  const said = typeof message === 'string' ? message : JSON.stringify(message);
  return { line, receivedAtNs, exchange, kind, url, message: said, text, ...observationOf(result.data) };
}

function beginning(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
