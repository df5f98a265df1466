/** The few questions of AWS that a deployment asks, answered over HTTP from plain data. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoodInStack {
  readonly status: string;
  readonly isProtected: boolean;
  readonly parameters: Readonly<Record<string, string>>;
  readonly template: object;
}

/** Tests change it while it answers. */
export interface AwsStandIn {
  readonly url: string;
  readonly stacks: Map<string, StoodInStack>;
  /** Of SSM, by the whole name. */
  readonly parameters: Map<string, string>;
  readonly secrets: Map<string, string>;
  concurrency: { limit: number; unreserved: number };
  shards: { limit: number; open: number };
  /** What an API answers that is asked for its health. */
  healthStatus: number;
  /** Whom that API believes. */
  token: string | null;
  close(): Promise<void>;
}

type Answer = { readonly status?: number; readonly body: string };

export async function openAwsStandIn(): Promise<AwsStandIn> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status = 200, body } = answerOf(standIn, request, Buffer.concat(chunks).toString());
      response.writeHead(status, { 'content-type': body.startsWith('<') ? 'text/xml' : 'application/json' });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: AwsStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stacks: new Map(),
    parameters: new Map(),
    secrets: new Map(),
    concurrency: { limit: 1000, unreserved: 1000 },
    shards: { limit: 200, open: 0 },
    healthStatus: 200,
    token: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

function answerOf(aws: AwsStandIn, request: IncomingMessage, content: string): Answer {
  const path = request.url ?? '/';
  if (path.endsWith('/v1/health')) return { status: aws.healthStatus, body: '{}' };
  if (path.endsWith('/v1/status'))
    return { status: request.headers.authorization === `Bearer ${aws.token}` ? 200 : 401, body: '{}' };
  if (path.endsWith('/account-settings')) {
    const { limit, unreserved } = aws.concurrency;
    return json({
      AccountLimit: { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved },
    });
  }
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string')
    return answerTarget(aws, target.replace(/^.*\./, ''), JSON.parse(content) as Record<string, string>);
  return answerQuery(aws, new URLSearchParams(content));
}

function answerTarget(aws: AwsStandIn, operation: string, input: Readonly<Record<string, string>>): Answer {
  switch (operation) {
    case 'DescribeLimits':
      return json({ ShardLimit: aws.shards.limit, OpenShardCount: aws.shards.open });
    case 'GetSecretValue': {
      const text = aws.secrets.get(input['SecretId'] ?? '');
      return text === undefined ? refused('ResourceNotFoundException') : json({ SecretString: text });
    }
    case 'GetParameter': {
      const Value = aws.parameters.get(input['Name'] ?? '');
      return Value === undefined ? refused('ParameterNotFound') : json({ Parameter: { Value } });
    }
    case 'GetParametersByPath':
      return json({
        Parameters: [...aws.parameters]
          .filter(([name]) => name.startsWith(`${input['Path']}/`))
          .map(([Name, Value]) => ({ Name, Value })),
      });
    default:
      return refused('UnknownOperationException');
  }
}

function answerQuery(aws: AwsStandIn, input: URLSearchParams): Answer {
  switch (input.get('Action')) {
    case 'GetCallerIdentity':
      return xml('GetCallerIdentity', '<Account>123456789012</Account>');
    case 'DescribeStacks':
      return xml('DescribeStacks', `<Stacks>${[...aws.stacks].map(describeStack).join('')}</Stacks>`);
    case 'GetTemplate': {
      const { template = {} } = aws.stacks.get(input.get('StackName') ?? '') ?? {};
      return xml('GetTemplate', `<TemplateBody>${escaped(JSON.stringify(template))}</TemplateBody>`);
    }
    default:
      return {
        status: 400,
        body: '<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>',
      };
  }
}

function describeStack([name, { status, isProtected, parameters }]: readonly [string, StoodInStack]): string {
  const members = Object.entries(parameters).map(
    ([key, value]) =>
      `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${escaped(value)}</ParameterValue></member>`,
  );
  return (
    `<member><StackName>${name}</StackName><StackStatus>${status}</StackStatus>` +
    `<EnableTerminationProtection>${isProtected}</EnableTerminationProtection>` +
    `<CreationTime>2026-01-01T00:00:00Z</CreationTime><Parameters>${members.join('')}</Parameters></member>`
  );
}

function json(value: object): Answer {
  return { body: JSON.stringify(value) };
}

function refused(type: string): Answer {
  return { status: 400, body: JSON.stringify({ __type: type, message: 'refused' }) };
}

function xml(operation: string, result: string): Answer {
  return {
    body: `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
