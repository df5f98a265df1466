import { paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';

/** Below a path of SSM: each parameter by what its name has behind the path. */
export async function readParametersBelow(
  client: SSMClient,
  path: string,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { Parameters = [] } of paginateGetParametersByPath(
    { client },
    { Path: path, Recursive: true },
  )) {
    for (const { Name, Value } of Parameters) {
      if (Name !== undefined && Value !== undefined) found.set(Name.slice(path.length + 1), Value);
    }
  }
  return found;
}
