import type { Readable } from 'node:stream';

const MAX_CHARACTERS = 8192;
const MAX_LINE_CHARACTERS = 300;
/** ClickHouse's own, or that of the Node process around it; not the source line that Node shows above. */
const ERROR_LINE = /Code: \d+\. DB::|^\s*\w*Error\b.*: /;

/** The last of what a ClickHouse process wrote to standard error. It exits with 0 even when it failed, so this is what tells. */
export class StderrTail {
  #text = '';

  constructor(stderr: Readable) {
    stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text = (this.#text + chunk).slice(-MAX_CHARACTERS);
    });
  }

  /** Of ClickHouse: 76, 210, … */
  errorCode(): number | null {
    const match = /Code: (\d+)\. DB::/.exec(this.#text);
    return match === null ? null : Number(match[1]);
  }

  /** The line that says what went wrong; null: nothing was said. */
  firstError(): string | null {
    const lines = this.#text.split('\n').filter((line) => line.trim() !== '');
    const line = lines.find((candidate) => ERROR_LINE.test(candidate)) ?? lines[0];
    return line === undefined ? null : line.trim().slice(0, MAX_LINE_CHARACTERS);
  }
}
