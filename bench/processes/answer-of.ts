import { get, type Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Question {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** Asks once. @throws Error when there is no answer */
export async function answerOf({ url, headers, agent }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      ...(headers === undefined ? {} : { headers }),
      ...(agent === undefined ? {} : { agent }),
    };
    const request = get(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.once('error', reject);
    });
    request.once('error', reject);
  });
}

const AGAIN_AFTER_MS = 5;
const PATIENCE_MS = 60_000;

/** Asks until it is answered with 200. @throws Error after a minute */
export async function untilAnswered(question: Question): Promise<Answer> {
  const deadline = performance.now() + PATIENCE_MS;
  let last = 'no answer';
  while (performance.now() < deadline) {
    try {
      const answer = await answerOf(question);
      if (answer.status === 200) return answer;
      last = `${answer.status} ${answer.body.slice(0, 200)}`;
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(AGAIN_AFTER_MS);
  }
  throw new Error(`${question.url}: expected an answer within ${PATIENCE_MS / 1000} s, the last was ${last}`);
}
