/** A REST API as the gateway that it was deployed to describes it. */
import * as z from 'zod';
import { CREDENTIALS, REGION } from '../../scripts/emulator/deployment.ts';

export interface DeployedApi {
  readonly authorizers: readonly z.infer<typeof authorizer>[];
  /** By route. */
  readonly methods: readonly DeployedMethod[];
}

export interface DeployedMethod {
  /** `GET /v1/orders`. */
  readonly route: string;
  readonly type: string;
  readonly authorizerId: string | null;
  /** What it calls; null: nothing, the gateway answers. */
  readonly uri: string | null;
}

const authorizer = z.object({
  id: z.string(),
  type: z.string(),
  identitySource: z.string(),
  authorizerUri: z.string(),
  authorizerResultTtlInSeconds: z.number(),
});
const authorizers = z.object({ item: z.array(authorizer) });
const resources = z.object({
  item: z.array(
    z.object({
      path: z.string(),
      resourceMethods: z
        .record(
          z.string(),
          z.object({
            authorizationType: z.string(),
            authorizerId: z.string().optional(),
            methodIntegration: z.object({ uri: z.string().optional() }),
          }),
        )
        .default({}),
    }),
  ),
});

/** @param restUrl as the deployment has it, with the API's id in it. */
export async function readDeployedApi(endpoint: string, restUrl: string): Promise<DeployedApi> {
  const [, id = ''] = /\/restapis\/([^/]+)\//.exec(restUrl) ?? [];
  const read = async (path: string): Promise<unknown> => {
    const response = await fetch(`${endpoint}/restapis/${id}/${path}`, { headers: credentials() });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  };
  const { item } = resources.parse(await read('resources?embed=methods&limit=500'));
  const methods = item.flatMap(({ path, resourceMethods }) =>
    Object.entries(resourceMethods).map(
      ([method, { authorizationType, authorizerId, methodIntegration }]) => ({
        route: `${method} ${path}`,
        type: authorizationType,
        authorizerId: authorizerId ?? null,
        uri: methodIntegration.uri ?? null,
      }),
    ),
  );
  return {
    authorizers: authorizers.parse(await read('authorizers')).item,
    methods: methods.sort((a, b) => a.route.localeCompare(b.route)),
  };
}

/** Emulators read from it which service is asked, and believe the signature. */
function credentials(): Record<string, string> {
  const scope = `${CREDENTIALS.accessKeyId}/20260101/${REGION}/apigateway/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none` };
}
